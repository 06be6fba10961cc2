//! Making a key policy of a keyspace.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{KeyIdForm, NewRecord, RecordId};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::identity;
use crate::keyspace::policy::{KeyPolicy, Rules};
use crate::keyspace::{KEY_POLICY, RECORDS_MAX, identifier, unique_name};
use crate::shapes::{ALIAS, ANY_UUID, KEY_POLICY_TEXT, POLICY_DESCRIPTION};

pub(super) struct CreateKeyPolicy;

#[derive(Deserialize)]
pub(super) struct Input {
    keyspace_id: String,
    policy_name: String,
    policy: String,
    description: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Output {
    policy_id: String,
}

impl Operation for CreateKeyPolicy {
    const NAME: &'static str = "create-key-policy";
    const INPUT: &'static [Member] = &[
        Member::required("keyspace_id", &ANY_UUID),
        Member::required("policy_name", &ALIAS),
        Member::required("policy", &KEY_POLICY_TEXT),
        Member::optional("description", &POLICY_DESCRIPTION),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    // Unverified: whether the access points that a policy names must be there. They need not be here,
    // and let nobody in until they are.
    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let rules = Rules::parse(&input.policy).ok_or(Refusal::Parameter("policy"))?;
        let keyspace_id = identifier(&input.keyspace_id);
        let unique = unique_name(&keyspace_id, &input.policy_name);
        let policy = KeyPolicy {
            keyspace_id,
            name: input.policy_name,
            rules,
            description: input.description.unwrap_or_default(),
            created_by: identity::of(call)?.user_id.clone(),
            modified_at: call.engine.now(&call.scope.tenant).await?.0,
            used_at: None,
        };
        let new = NewRecord {
            kind: KEY_POLICY,
            id: RecordId::Fresh(KeyIdForm::RandomUuid),
            name: Some(unique),
            key: None,
            attributes: policy.to_text()?,
            due_at: None,
            secrets: Vec::new(),
            most: Some(RECORDS_MAX),
        };
        let record = call.engine.create_record(&call.scope, new).await?;
        Ok(Output { policy_id: record.id })
    }
}
