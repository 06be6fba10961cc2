//! Letting a key be rotated once a year.
//!
//! Unverified: that a key's kind is told before its origin, and both before its state.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use super::rotation::{INTERVAL_DEFAULT, refusal};
use crate::errors::Refusal;
use crate::shapes::OPERATE_KEY;

pub(super) struct EnableKeyRotation;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
}

impl Operation for EnableKeyRotation {
    const NAME: &'static str = "enable-key-rotation";
    const INPUT: &'static [Member] = OPERATE_KEY;
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let started = call.engine.start_rotation(&call.scope, &input.key_id.into(), INTERVAL_DEFAULT).await;
        started.map(|_| ()).map_err(refusal)
    }
}
