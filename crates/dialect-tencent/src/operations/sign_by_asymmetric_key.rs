//! SignByAsymmetricKey.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::names::{message_form, signing_algorithm};
use crate::operations::{key_id, messages};
use crate::shapes::STRING;

/// Signs a message, or a digest that the caller has made of one. Signatures on curves and with SM2 are DER.
pub(crate) struct SignByAsymmetricKey;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    algorithm: String,
    message: String,
    key_id: String,
    message_type: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    signature: Blob,
}

impl Operation for SignByAsymmetricKey {
    const NAME: &'static str = "SignByAsymmetricKey";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[
        Member::required("Algorithm", &STRING),
        Member::required("Message", &STRING),
        Member::required("KeyId", &STRING),
        Member::optional("MessageType", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let algorithm = signing_algorithm(&input.algorithm).ok_or(Refusal::OutOfBounds("Algorithm"))?;
        let form = input.message_type.as_deref().unwrap_or_default();
        let form = message_form(form).ok_or(Refusal::OutOfBounds("MessageType"))?;
        let message = messages::to_sign(&input.message)?;
        let signed = call.engine.sign(&call.scope, &id, algorithm, form, message).await?;
        Ok(Output { signature: signed.signature.into() })
    }
}
