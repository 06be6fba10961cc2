//! `GenerateDataKeyWithoutPlaintext`.

use std::collections::BTreeMap;

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use super::checks;
use super::generate_data_key::{SealedDataKey, length, seal};
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::shapes;

/// Makes a data key and shows it only sealed.
pub(crate) struct GenerateDataKeyWithoutPlaintext;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    encryption_context: Option<BTreeMap<String, String>>,
    key_spec: Option<String>,
    number_of_bytes: Option<usize>,
    grant_tokens: Option<Vec<String>>,
    dry_run: Option<bool>,
}

impl Operation for GenerateDataKeyWithoutPlaintext {
    const NAME: &'static str = "GenerateDataKeyWithoutPlaintext";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::optional("EncryptionContext", &shapes::ENCRYPTION_CONTEXT),
        Member::optional("KeySpec", &shapes::DATA_KEY_SPEC),
        Member::optional("NumberOfBytes", &shapes::NUMBER_OF_BYTES),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("DryRun", &shapes::BOOLEAN),
    ];
    type Input = Input;
    type Output = SealedDataKey;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<SealedDataKey, Refusal> {
        let length = length(input.key_spec.as_deref(), input.number_of_bytes)?;
        let context = checks::encryption_context(input.encryption_context.unwrap_or_default(), true)?;
        let tokens = input.grant_tokens.unwrap_or_default();
        let access = Access::to(Self::NAME).with_tokens(&tokens).with_context(&context);
        let target = admit(call, &input.key_id, Accepts::ANY, &access).await?;
        let data_key = call.engine.generate_data_key(&target.scope, &target.id, length, &context).await?;
        let output = seal(&data_key)?;
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}
