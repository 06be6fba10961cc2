//! PostQuantumCryptoVerify.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{MessageForm, SigningAlgorithm};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::operations::verify_by_asymmetric_key::Output;
use crate::operations::{key_id, messages};
use crate::shapes::STRING;

/// Says whether a signature of a post-quantum key is right.
pub(crate) struct PostQuantumCryptoVerify;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    signature_value: String,
    message: String,
}

impl Operation for PostQuantumCryptoVerify {
    const NAME: &'static str = "PostQuantumCryptoVerify";
    // Unverified: presumed of its siblings.
    const REQUESTS_PER_SECOND: Option<u32> = Some(20);
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &STRING),
        Member::required("SignatureValue", &STRING),
        Member::required("Message", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let message = messages::to_verify(&input.message)?;
        let signature = messages::signature(&input.signature_value)?;
        let (algorithm, form) = (SigningAlgorithm::MlDsa, MessageForm::Raw);
        let checked = call.engine.verify(&call.scope, &id, algorithm, form, message, signature).await?;
        Ok(Output { signature_valid: checked.valid })
    }
}
