//! `ReplicateKey`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{NewReplica, Scope};
use serde::{Deserialize, Serialize};

use crate::attributes::{Attributes, Tag, check_tags};
use crate::authorization::{self, Access};
use crate::circumstances::Circumstances;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn, partition};
use crate::key_metadata::KeyMetadata;
use crate::settings::Settings;
use crate::{key_policy, shapes};

/// Makes a replica of a multi-Region primary key in another region.
pub(crate) struct ReplicateKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    replica_region: String,
    policy: Option<String>,
    bypass_policy_lockout_safety_check: Option<bool>,
    description: Option<String>,
    tags: Option<Vec<Tag>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    replica_key_metadata: KeyMetadata,
    replica_policy: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replica_tags: Vec<Tag>,
}

impl Operation for ReplicateKey {
    const NAME: &'static str = "ReplicateKey";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("ReplicaRegion", &shapes::REGION),
        Member::optional("Policy", &shapes::POLICY),
        Member::optional("BypassPolicyLockoutSafetyCheck", &shapes::BOOLEAN),
        Member::optional("Description", &shapes::DESCRIPTION),
        Member::optional("Tags", &shapes::TAG_LIST),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let settings = &call.settings::<Circumstances>()?.settings;
        let tags = input.tags.unwrap_or_default();
        let there = in_region(call, &input.replica_region);
        authorization::on_account(&there, &Access::to("CreateKey")).await?;
        if !tags.is_empty() {
            authorization::on_new_key(&there, &Access::to("TagResource")).await?;
        }
        check_region(&target.scope, &there.scope, settings)?;
        check_tags(&tags)?;
        if let Some(policy) = &input.policy {
            let bypass_lockout = input.bypass_policy_lockout_safety_check == Some(true);
            key_policy::check(&there, policy, &key_arn(&there.scope, &target.id), bypass_lockout).await?;
        }
        let attributes = Attributes { policy: input.policy, tags };
        let new = NewReplica {
            scope: there.scope.clone(),
            name: None,
            description: input.description.unwrap_or_default(),
            attributes: attributes.to_text()?,
            settling_seconds: settings.settling_seconds,
        };
        let replica = call.engine.replicate_key(&target.scope, &target.id, new).await?;
        let members = call.engine.members(&target.scope, &target.id).await?;
        Ok(Output {
            replica_key_metadata: KeyMetadata::of(&replica, &members),
            replica_policy: attributes.policy.unwrap_or_else(|| key_policy::default_policy(&there.scope)),
            replica_tags: attributes.tags,
        })
    }
}

/// The same caller in another region.
fn in_region(call: &Call, region: &str) -> Call {
    let mut there = call.clone();
    region.clone_into(&mut there.scope.region);
    there
}

/// Refuses a region that there is not, or not for these keys. Unverified: exceptions and texts.
fn check_region(here: &Scope, there: &Scope, settings: &Settings) -> Result<(), Refusal> {
    if !settings.serves(&there.region) {
        return Err(Refusal::Unsupported(format!("The replica Region {} is not supported.", there.region)));
    }
    if partition(&here.region) != partition(&there.region) {
        let message = format!("The replica Region {} is in another partition than the primary key.", there.region);
        return Err(Refusal::Unsupported(message));
    }
    Ok(())
}
