//! `Verify`.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use super::checks;
use super::sign::{algorithm, form, name_algorithm};
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Checks a signature. A bad one is an exception, never `SignatureValid: false`.
pub(crate) struct Verify;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    message: Blob,
    message_type: Option<String>,
    signature: Blob,
    signing_algorithm: String,
    grant_tokens: Option<Vec<String>>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    signature_valid: bool,
    signing_algorithm: &'static str,
}

impl Operation for Verify {
    const NAME: &'static str = "Verify";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("Message", &shapes::PLAINTEXT),
        Member::optional("MessageType", &shapes::MESSAGE_TYPE),
        Member::required("Signature", &shapes::CIPHERTEXT),
        Member::required("SigningAlgorithm", &shapes::SIGNING_ALGORITHM_SPEC),
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
        let algorithm = algorithm(&input.signing_algorithm)?;
        let form = form(input.message_type.as_deref())?;
        let (message, signature) = (input.message.bytes().to_vec(), input.signature.bytes().to_vec());
        let checked = call.engine.verify(&target.scope, &target.id, algorithm, form, message, signature).await;
        let checked = checked.map_err(|error| name_algorithm(error, algorithm))?;
        if !checked.valid {
            return Err(Refusal::InvalidSignature);
        }
        let output = Output {
            key_id: key_arn(&checked.key.scope, &checked.key.id),
            signature_valid: true,
            signing_algorithm: names::signing_word(algorithm),
        };
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}
