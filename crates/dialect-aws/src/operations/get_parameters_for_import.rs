//! `GetParametersForImport`.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::Error;
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Hands out what an import needs.
pub(crate) struct GetParametersForImport;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    wrapping_algorithm: String,
    wrapping_key_spec: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    import_token: Blob,
    public_key: Blob,
    parameters_valid_to: f64,
}

impl Operation for GetParametersForImport {
    const NAME: &'static str = "GetParametersForImport";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("WrappingAlgorithm", &shapes::ALGORITHM_SPEC),
        Member::required("WrappingKeySpec", &shapes::WRAPPING_KEY_SPEC),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        // The table lets only known words through.
        let algorithm = names::wrapping_algorithm(&input.wrapping_algorithm).ok_or(Error::WrappingNotOffered)?;
        let wrapping_key = names::wrapping_key(&input.wrapping_key_spec).ok_or(Error::WrappingNotOffered)?;
        let parameters = call.engine.get_import_parameters(&target.scope, &target.id, algorithm, wrapping_key).await?;
        Ok(Output {
            key_id: key_arn(&parameters.key.scope, &parameters.key.id),
            import_token: parameters.token.into(),
            public_key: parameters.public_key.into(),
            parameters_valid_to: names::epoch_seconds(parameters.valid_to),
        })
    }
}
