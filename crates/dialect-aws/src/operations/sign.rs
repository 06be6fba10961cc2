//! `Sign`, and what it shares with `Verify`.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{Error, MessageForm, SigningAlgorithm};
use serde::{Deserialize, Serialize};

use super::checks;
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Signs a message, a digest or µ.
pub(crate) struct Sign;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    message: Blob,
    message_type: Option<String>,
    grant_tokens: Option<Vec<String>>,
    signing_algorithm: String,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    signature: Blob,
    signing_algorithm: &'static str,
}

impl Operation for Sign {
    const NAME: &'static str = "Sign";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("Message", &shapes::PLAINTEXT),
        Member::optional("MessageType", &shapes::MESSAGE_TYPE),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::required("SigningAlgorithm", &shapes::SIGNING_ALGORITHM_SPEC),
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
        let message = input.message.bytes().to_vec();
        let signed = call.engine.sign(&target.scope, &target.id, algorithm, form, message).await;
        let signed = signed.map_err(|error| name_algorithm(error, algorithm))?;
        let output = Output {
            key_id: key_arn(&signed.key.scope, &signed.key.id),
            signature: signed.signature.into(),
            signing_algorithm: names::signing_word(algorithm),
        };
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}

/// The algorithm of a word.
pub(crate) fn algorithm(word: &str) -> Result<SigningAlgorithm, Refusal> {
    // The table of the operation lets no other word through.
    names::signing_algorithm(word).ok_or_else(|| Error::internal("a signing algorithm without a name").into())
}

/// The form of the message; raw if nothing is said.
pub(crate) fn form(word: Option<&str>) -> Result<MessageForm, Refusal> {
    match word {
        None => Ok(MessageForm::Raw),
        Some(word) => names::message_form(word).ok_or_else(|| Error::MessageFormUnfit.into()),
    }
}

/// Adds the algorithm to the refusal of a digest's length.
pub(crate) fn name_algorithm(error: Error, algorithm: SigningAlgorithm) -> Refusal {
    match error {
        Error::DigestLength => Refusal::DigestLength(names::signing_word(algorithm)),
        other => other.into(),
    }
}
