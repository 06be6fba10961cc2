//! Changing how often a key is rotated. Another interval counts from now. The days come as number or
//! text.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use serde::Deserialize;

use super::rotation::refusal;
use crate::codes::Code;
use crate::errors::Refusal;
use crate::shapes::{KEY_ID, ROTATION_INTERVAL, SEQUENCE};

pub(super) struct UpdateKeyRotationInterval;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    rotation_interval: Numeric,
}

impl Operation for UpdateKeyRotationInterval {
    const NAME: &'static str = "update-key-rotation-interval";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::required("rotation_interval", &ROTATION_INTERVAL),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let days = u32::try_from(input.rotation_interval.0).map_err(|_| Code::RotationInterval)?;
        let changed = call.engine.change_rotation(&call.scope, &input.key_id.into(), days).await;
        changed.map(|_| ()).map_err(refusal)
    }
}
