//! Removing an access point, with its private key.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::keyspace::{ACCESS_POINT, identifier};
use crate::shapes::ANY_UUID;

pub(super) struct DeleteAccessPoint;

#[derive(Deserialize)]
pub(super) struct Input {
    access_point_id: String,
}

impl Operation for DeleteAccessPoint {
    const NAME: &'static str = "delete-access-point";
    const INPUT: &'static [Member] = &[Member::required("access_point_id", &ANY_UUID)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    // Unverified: that one may be removed while it is enabled, or while policies name it.
    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let id = identifier(&input.access_point_id);
        call.engine.remove_record(&call.scope, ACCESS_POINT, &id, |_, _| Ok::<_, Refusal>(())).await?;
        Ok(())
    }
}
