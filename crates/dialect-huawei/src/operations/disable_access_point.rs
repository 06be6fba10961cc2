//! Keeping data keys from an access point for now.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::keyspace::access_point::switch;
use crate::shapes::ANY_UUID;

pub(super) struct DisableAccessPoint;

#[derive(Deserialize)]
pub(super) struct Input {
    access_point_id: String,
}

impl Operation for DisableAccessPoint {
    const NAME: &'static str = "disable-access-point";
    const INPUT: &'static [Member] = &[Member::required("access_point_id", &ANY_UUID)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        switch(call, &input.access_point_id, false).await
    }
}
