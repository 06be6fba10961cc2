//! VerifyByAsymmetricKey.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::SigningAlgorithm;
use import_engine::primitives::signature_der;
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::names::{message_form, signing_algorithm};
use crate::operations::{key_id, messages};
use crate::shapes::STRING;

/// Bytes of an SM2 signature that is r and s one after another.
const SM2_CONCATENATED: usize = 64;

/// Says whether a signature is right. One that is not, or is none at all, is an answer and no error.
pub(crate) struct VerifyByAsymmetricKey;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    signature_value: String,
    message: String,
    algorithm: String,
    message_type: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    pub(super) signature_valid: bool,
}

impl Operation for VerifyByAsymmetricKey {
    const NAME: &'static str = "VerifyByAsymmetricKey";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &STRING),
        Member::required("SignatureValue", &STRING),
        Member::required("Message", &STRING),
        Member::required("Algorithm", &STRING),
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
        let message = messages::to_verify(&input.message)?;
        let signature = messages::signature(&input.signature_value)?;
        // Clients in the field hold SM2 signatures of both forms.
        let other_form = match algorithm {
            SigningAlgorithm::Sm2Dsa if signature.len() == SM2_CONCATENATED => signature_der(&signature),
            _ => None,
        };
        let verify = |signature| call.engine.verify(&call.scope, &id, algorithm, form, message.clone(), signature);
        let mut signature_valid = verify(signature).await?.valid;
        if let (false, Some(signature)) = (signature_valid, other_form) {
            signature_valid = verify(signature).await?.valid;
        }
        Ok(Output { signature_valid })
    }
}
