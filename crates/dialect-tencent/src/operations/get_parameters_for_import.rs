//! GetParametersForImport.

use dialect::constraint::Member;
use dialect::wire::encode;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::names::{wrapping_algorithm, wrapping_key_spec};
use crate::operations::key_id;
use crate::shapes::STRING;

/// Hands out a wrapping key and a token, and makes the key's earlier ones void.
pub(crate) struct GetParametersForImport;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    wrapping_algorithm: String,
    wrapping_key_spec: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    import_token: String,
    public_key: String,
    parameters_valid_to: i64,
}

impl Operation for GetParametersForImport {
    const NAME: &'static str = "GetParametersForImport";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &STRING),
        Member::required("WrappingAlgorithm", &STRING),
        Member::required("WrappingKeySpec", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let algorithm =
            wrapping_algorithm(&input.wrapping_algorithm).ok_or(Refusal::OutOfBounds("WrappingAlgorithm"))?;
        let wrapping_key =
            wrapping_key_spec(&input.wrapping_key_spec).ok_or(Refusal::OutOfBounds("WrappingKeySpec"))?;
        let parameters = call.engine.get_import_parameters(&call.scope, &id, algorithm, wrapping_key).await?;
        Ok(Output {
            key_id: parameters.key.id.to_string(),
            import_token: encode(&parameters.token).to_string(),
            public_key: encode(&parameters.public_key).to_string(),
            parameters_valid_to: parameters.valid_to.seconds(),
        })
    }
}
