//! Changing what a key policy says. It holds at once, for capsules that are there already too.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::Timestamp;
use import_engine::store::Record;
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::keyspace::policy::{KeyPolicy, Rules};
use crate::keyspace::{KEY_POLICY, identifier};
use crate::shapes::{ANY_UUID, KEY_POLICY_TEXT, POLICY_DESCRIPTION};
use crate::texts::iso_seconds;

pub(super) struct UpdateKeyPolicy;

#[derive(Deserialize)]
pub(super) struct Input {
    policy_id: String,
    policy: String,
    description: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Output {
    policy_id: String,
    policy: Rules,
    description: String,
    last_modify_time: String,
}

impl Operation for UpdateKeyPolicy {
    const NAME: &'static str = "update-key-policy";
    const INPUT: &'static [Member] = &[
        Member::required("policy_id", &ANY_UUID),
        Member::required("policy", &KEY_POLICY_TEXT),
        Member::optional("description", &POLICY_DESCRIPTION),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    // Unverified: that a description stays if none is sent.
    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let rules = Rules::parse(&input.policy).ok_or(Refusal::Parameter("policy"))?;
        let change = |record: Record, now: Timestamp| {
            let before = KeyPolicy::of(&record.attributes)?;
            let description = input.description.clone().unwrap_or_else(|| before.description.clone());
            let after = KeyPolicy { rules: rules.clone(), description, modified_at: now.0, ..before };
            Ok::<_, Refusal>(Record { attributes: after.to_text()?, ..record })
        };
        let id = identifier(&input.policy_id);
        let record = call.engine.edit_record(&call.scope, KEY_POLICY, &id, change).await?;
        let KeyPolicy { rules, description, modified_at, .. } = KeyPolicy::of(&record.attributes)?;
        Ok(Output {
            policy_id: record.id,
            policy: rules,
            description,
            last_modify_time: iso_seconds(Timestamp(modified_at)),
        })
    }
}
