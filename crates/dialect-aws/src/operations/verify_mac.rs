//! `VerifyMac`.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use super::checks;
use super::generate_mac::algorithm;
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Checks a message authentication code. A bad one is an exception, never `MacValid: false`.
pub(crate) struct VerifyMac;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    message: Blob,
    key_id: String,
    mac_algorithm: String,
    mac: Blob,
    grant_tokens: Option<Vec<String>>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    mac_valid: bool,
    mac_algorithm: &'static str,
}

impl Operation for VerifyMac {
    const NAME: &'static str = "VerifyMac";
    const INPUT: &'static [Member] = &[
        Member::required("Message", &shapes::PLAINTEXT),
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("MacAlgorithm", &shapes::MAC_ALGORITHM_SPEC),
        Member::required("Mac", &shapes::CIPHERTEXT),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("DryRun", &shapes::BOOLEAN),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let tokens = input.grant_tokens.unwrap_or_default();
        let access = Access::to(Self::NAME).with_tokens(&tokens);
        let target = admit(call, &input.key_id, Accepts::KEY, &access).await?;
        let algorithm = algorithm(&input.mac_algorithm)?;
        let (message, mac) = (input.message.bytes(), input.mac.bytes());
        let checked = call.engine.verify_mac(&target.scope, &target.id, algorithm, message, mac).await?;
        if !checked.valid {
            return Err(Refusal::InvalidMac);
        }
        let output = Output {
            key_id: key_arn(&checked.key.scope, &checked.key.id),
            mac_valid: true,
            mac_algorithm: names::mac_word(algorithm),
        };
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}
