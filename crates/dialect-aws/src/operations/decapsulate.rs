//! `Decapsulate`.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use super::checks;
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Recovers an encapsulated secret. What is not meant for the key gives other bytes, not an error.
pub(crate) struct Decapsulate;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    shared_secret_ciphertext_blob: Blob,
    grant_tokens: Option<Vec<String>>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    shared_secret: Blob,
    encapsulation_algorithm: &'static str,
}

impl Operation for Decapsulate {
    const NAME: &'static str = "Decapsulate";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("SharedSecretCiphertextBlob", &shapes::CIPHERTEXT),
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
        let blob = input.shared_secret_ciphertext_blob.bytes();
        let shared = call.engine.decapsulate(&target.scope, &target.id, blob).await?;
        let output = Output {
            key_id: key_arn(&shared.key.scope, &shared.key.id),
            shared_secret: shared.secret.into(),
            encapsulation_algorithm: names::ENCAPSULATION_ALGORITHM,
        };
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}
