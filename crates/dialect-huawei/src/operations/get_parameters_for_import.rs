//! What an import needs: a public wrapping key and a token, good for 24 hours.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use super::imports;
use crate::errors::Refusal;
use crate::names::wrapping;
use crate::shapes::{KEY_ID, SEQUENCE, WORD};

pub(super) struct GetParametersForImport;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    wrapping_algorithm: String,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    import_token: Blob,
    /// Seconds, and a number: unlike nearly all other times of this vendor.
    expiration_time: i64,
    /// SubjectPublicKeyInfo in DER.
    public_key: Blob,
}

impl Operation for GetParametersForImport {
    const NAME: &'static str = "get-parameters-for-import";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::required("wrapping_algorithm", &WORD),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let (algorithm, wrapping_key) =
            wrapping(&input.wrapping_algorithm).ok_or(Refusal::Parameter("wrapping_algorithm"))?;
        let parameters = call
            .engine
            .get_import_parameters(&call.scope, &input.key_id.into(), algorithm, wrapping_key)
            .await
            .map_err(imports::refusal)?;
        Ok(Output {
            key_id: parameters.key.id.0,
            import_token: parameters.token.into(),
            expiration_time: parameters.valid_to.seconds(),
            public_key: parameters.public_key.into(),
        })
    }
}
