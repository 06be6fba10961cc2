//! Removing a key policy. Capsules that were made under it let nobody in from then on.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::keyspace::{KEY_POLICY, identifier};
use crate::shapes::ANY_UUID;

pub(super) struct DeleteKeyPolicy;

#[derive(Deserialize)]
pub(super) struct Input {
    policy_id: String,
}

impl Operation for DeleteKeyPolicy {
    const NAME: &'static str = "delete-key-policy";
    const INPUT: &'static [Member] = &[Member::required("policy_id", &ANY_UUID)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let id = identifier(&input.policy_id);
        call.engine.remove_record(&call.scope, KEY_POLICY, &id, |_, _| Ok::<_, Refusal>(())).await?;
        Ok(())
    }
}
