//! PostQuantumCryptoSign.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{MessageForm, SigningAlgorithm};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::operations::{key_id, messages};
use crate::shapes::STRING;

/// Signs a message with a post-quantum key: ML-DSA with an empty context.
pub(crate) struct PostQuantumCryptoSign;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    message: String,
    key_id: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    signature: Blob,
}

impl Operation for PostQuantumCryptoSign {
    const NAME: &'static str = "PostQuantumCryptoSign";
    const REQUESTS_PER_SECOND: Option<u32> = Some(20);
    const INPUT: &'static [Member] = &[Member::required("Message", &STRING), Member::required("KeyId", &STRING)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let message = messages::to_sign(&input.message)?;
        let (algorithm, form) = (SigningAlgorithm::MlDsa, MessageForm::Raw);
        let signed = call.engine.sign(&call.scope, &id, algorithm, form, message).await?;
        Ok(Output { signature: signed.signature.into() })
    }
}
