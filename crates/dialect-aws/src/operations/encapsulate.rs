//! `Encapsulate`.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use super::checks;
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Makes a secret and encapsulates it with the public half of a key.
pub(crate) struct Encapsulate;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    grant_tokens: Option<Vec<String>>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    shared_secret: Blob,
    shared_secret_ciphertext_blob: Blob,
    encapsulation_algorithm: &'static str,
}

impl Operation for Encapsulate {
    const NAME: &'static str = "Encapsulate";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("EncapsulationAlgorithm", &shapes::ENCAPSULATION_ALGORITHM_SPEC),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("DryRun", &shapes::BOOLEAN),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let tokens = input.grant_tokens.unwrap_or_default();
        let access = Access::to(Self::NAME).with_tokens(&tokens);
        let target = admit(call, &input.key_id, Accepts::ANY, &access).await?;
        let made = call.engine.encapsulate(&target.scope, &target.id).await?;
        let output = Output {
            key_id: key_arn(&made.key.scope, &made.key.id),
            shared_secret: made.secret.into(),
            shared_secret_ciphertext_blob: made.ciphertext.into(),
            encapsulation_algorithm: names::ENCAPSULATION_ALGORITHM,
        };
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}
