//! The private key of a custom access point.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Kept, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::keyspace::access_point::{AccessPoint, CUSTOM, PRIVATE_KEY};
use crate::keyspace::{ACCESS_POINT, identifier};
use crate::shapes::ANY_UUID;

pub(super) struct GetAccessPointPrivatekey;

#[derive(Deserialize)]
pub(super) struct Input {
    access_point_id: String,
}

#[derive(Serialize)]
pub(super) struct Output {
    access_point_id: String,
    private_key: Blob,
}

impl Operation for GetAccessPointPrivatekey {
    const NAME: &'static str = "get-access-point-privatekey";
    const INPUT: &'static [Member] = &[Member::required("access_point_id", &ANY_UUID)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    // Unverified: PKCS#8 in base64, as often as it is asked for, enabled or not.
    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = identifier(&input.access_point_id);
        let record = call.engine.record(&call.scope, ACCESS_POINT, &id).await?;
        if AccessPoint::of(&record.attributes)?.kind != CUSTOM {
            return Err(Refusal::Parameter("access_point_id"));
        }
        let private_key = call.engine.record_secret(&call.scope, ACCESS_POINT, &id, PRIVATE_KEY).await?;
        Ok(Output { access_point_id: record.id, private_key: private_key.into() })
    }
}
