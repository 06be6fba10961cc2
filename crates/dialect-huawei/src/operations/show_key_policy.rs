//! One key policy.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::keyspace::policy::{Rules, ShownPolicy, find};
use crate::shapes::ANY_UUID;

pub(super) struct ShowKeyPolicy;

#[derive(Deserialize)]
pub(super) struct Input {
    policy_id: String,
}

impl Operation for ShowKeyPolicy {
    const NAME: &'static str = "show-key-policy";
    const INPUT: &'static [Member] = &[Member::required("policy_id", &ANY_UUID)];
    type Input = Input;
    type Output = ShownPolicy<Rules>;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let (record, _) = find(call, &input.policy_id).await?;
        Ok(ShownPolicy::of(&record)?)
    }
}
