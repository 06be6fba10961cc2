//! Checking a signature. A wrong one is an answer, not an error; the answer is text.

use dialect::constraint::Member;
use dialect::wire::decode;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use super::sign::{formed, message};
use crate::aliases;
use crate::errors::Refusal;
use crate::names::signing_algorithm;
use crate::shapes::{KEY_NAME_HEX, MESSAGE, MESSAGE_TYPE, SEQUENCE, SIGNATURE, WORD};

pub(super) struct Verify;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    message: String,
    signature: String,
    signing_algorithm: String,
    message_type: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    signature_valid: String,
}

impl Operation for Verify {
    const NAME: &'static str = "verify";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_NAME_HEX),
        Member::required("message", &MESSAGE),
        Member::required("signature", &SIGNATURE),
        Member::required("signing_algorithm", &WORD),
        Member::optional("message_type", &MESSAGE_TYPE),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let message = message(&input.message)?;
        let signature = decode(&input.signature).ok_or(Refusal::Parameter("signature"))?.expose().to_vec();
        let algorithm = signing_algorithm(&input.signing_algorithm).ok_or(Refusal::Parameter("signing_algorithm"))?;
        let (form, message) = formed(input.message_type.as_deref(), algorithm, message);
        let key_id = aliases::resolve(call, input.key_id).await?;
        let checked = call.engine.verify(&call.scope, &key_id, algorithm, form, message, signature).await?;
        Ok(Output { key_id: checked.key.id.0, signature_valid: checked.valid.to_string() })
    }
}
