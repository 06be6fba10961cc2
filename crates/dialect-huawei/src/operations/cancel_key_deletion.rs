//! Keeping a key that was to vanish. Unlike other changes of state it does not wrap its answer.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::key_details::KeyStateInfo;
use crate::shapes::OPERATE_KEY;

pub(super) struct CancelKeyDeletion;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
}

impl Operation for CancelKeyDeletion {
    const NAME: &'static str = "cancel-key-deletion";
    const INPUT: &'static [Member] = OPERATE_KEY;
    type Input = Input;
    type Output = KeyStateInfo;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        Ok(call.engine.cancel_deletion(&call.scope, &input.key_id.into()).await?.into())
    }
}
