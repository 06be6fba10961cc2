//! How many keys a project has, default master keys not counted.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;

pub(super) struct UserInstances;

#[derive(Deserialize)]
pub(super) struct Input {}

#[derive(Serialize)]
pub(super) struct Output {
    instance_num: usize,
}

impl Operation for UserInstances {
    const NAME: &'static str = "user-instances";
    const INPUT: &'static [Member] = &[];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, _: Input) -> Result<Output, Refusal> {
        Ok(Output { instance_num: call.engine.count_keys(&call.scope).await? })
    }
}
