//! Letting an access point be handed data keys again.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::keyspace::access_point::switch;
use crate::shapes::ANY_UUID;

pub(super) struct EnableAccessPoint;

#[derive(Deserialize)]
pub(super) struct Input {
    access_point_id: String,
}

impl Operation for EnableAccessPoint {
    const NAME: &'static str = "enable-access-point";
    const INPUT: &'static [Member] = &[Member::required("access_point_id", &ANY_UUID)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        switch(call, &input.access_point_id, true).await
    }
}
