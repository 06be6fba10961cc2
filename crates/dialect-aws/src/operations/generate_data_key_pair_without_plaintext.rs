//! `GenerateDataKeyPairWithoutPlaintext`.

use std::collections::BTreeMap;

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use super::checks;
use super::generate_data_key_pair::{SealedPair, make, seal};
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::shapes;

/// Makes a key pair and shows its private half only sealed.
pub(crate) struct GenerateDataKeyPairWithoutPlaintext;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    encryption_context: Option<BTreeMap<String, String>>,
    key_id: String,
    key_pair_spec: String,
    grant_tokens: Option<Vec<String>>,
    dry_run: Option<bool>,
}

impl Operation for GenerateDataKeyPairWithoutPlaintext {
    const NAME: &'static str = "GenerateDataKeyPairWithoutPlaintext";
    const INPUT: &'static [Member] = &[
        Member::optional("EncryptionContext", &shapes::ENCRYPTION_CONTEXT),
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("KeyPairSpec", &shapes::DATA_KEY_PAIR_SPEC),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("DryRun", &shapes::BOOLEAN),
    ];
    type Input = Input;
    type Output = SealedPair;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<SealedPair, Refusal> {
        let context = checks::encryption_context(input.encryption_context.unwrap_or_default(), true)?;
        let tokens = input.grant_tokens.unwrap_or_default();
        let access = Access::to(Self::NAME).with_tokens(&tokens).with_context(&context);
        let target = admit(call, &input.key_id, Accepts::ANY, &access).await?;
        let pair = make(call, &target, &input.key_pair_spec, &context, input.dry_run).await?;
        let output = seal(&pair, input.key_pair_spec)?;
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}
