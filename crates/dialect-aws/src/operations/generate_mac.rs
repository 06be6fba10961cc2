//! `GenerateMac`.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{Error, MacAlgorithm};
use serde::{Deserialize, Serialize};

use super::checks;
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Makes a message authentication code.
pub(crate) struct GenerateMac;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    message: Blob,
    key_id: String,
    mac_algorithm: String,
    grant_tokens: Option<Vec<String>>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    mac: Blob,
    mac_algorithm: &'static str,
    key_id: String,
}

impl Operation for GenerateMac {
    const NAME: &'static str = "GenerateMac";
    const INPUT: &'static [Member] = &[
        Member::required("Message", &shapes::PLAINTEXT),
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("MacAlgorithm", &shapes::MAC_ALGORITHM_SPEC),
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
        let signed = call.engine.generate_mac(&target.scope, &target.id, algorithm, input.message.bytes()).await?;
        let output = Output {
            mac: signed.signature.into(),
            mac_algorithm: names::mac_word(algorithm),
            key_id: key_arn(&signed.key.scope, &signed.key.id),
        };
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}

/// The algorithm of a word; the table lets only known ones through.
pub(crate) fn algorithm(word: &str) -> Result<MacAlgorithm, Refusal> {
    Ok(names::mac_algorithm(word).ok_or_else(|| Error::internal("a MAC algorithm that the table does not know"))?)
}
