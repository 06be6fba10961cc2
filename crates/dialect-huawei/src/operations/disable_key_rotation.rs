//! Letting a key keep its material.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use super::rotation::refusal;
use crate::errors::Refusal;
use crate::shapes::OPERATE_KEY;

pub(super) struct DisableKeyRotation;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
}

impl Operation for DisableKeyRotation {
    const NAME: &'static str = "disable-key-rotation";
    const INPUT: &'static [Member] = OPERATE_KEY;
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let ended = call.engine.end_rotation(&call.scope, &input.key_id.into()).await;
        ended.map(|_| ()).map_err(refusal)
    }
}
