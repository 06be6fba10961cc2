//! Making a replica of a key in another region, in the caller's project there.
//!
//! The replica has identifier, material and rotation from the key, and alias, description, enterprise
//! project and tags of its own. Unverified: nearly all that goes beyond the names of the members.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{Error, NewReplica, Origin, Scope, Tenant};
use serde::{Deserialize, Serialize};

use crate::VENDOR;
use crate::accounts::domain_id;
use crate::codes::Code;
use crate::default_keys::ENDING;
use crate::errors::Refusal;
use crate::identity;
use crate::key_details::Attributes;
use crate::settings::Settings;
use crate::shapes::{ALIAS, DESCRIPTION, ENTERPRISE_PROJECT, KEY_ID, PROJECT, REGION, TAG_LIST};
use crate::tags::{self, TagItem};

pub(super) struct ReplicateKey;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    replica_region: String,
    replica_project_id: String,
    key_alias: String,
    key_description: Option<String>,
    enterprise_project_id: Option<String>,
    tags: Option<Vec<TagItem>>,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    domain_id: String,
    region: String,
}

impl Operation for ReplicateKey {
    const NAME: &'static str = "replicate-key";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::required("replica_region", &REGION),
        Member::required("key_alias", &ALIAS),
        Member::optional("key_description", &DESCRIPTION),
        Member::optional("enterprise_project_id", &ENTERPRISE_PROJECT),
        Member::required("replica_project_id", &PROJECT),
        Member::optional("tags", &TAG_LIST),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        if input.key_alias.ends_with(ENDING) {
            return Err(Code::InvalidAlias.into());
        }
        let settings = call.settings::<Settings>()?;
        let scope = place(call, settings, &input.replica_project_id, input.replica_region)?;
        let mut attributes = Attributes::default();
        if let Some(id) = input.enterprise_project_id {
            attributes.enterprise_project_id = id;
        }
        attributes.tags = tags::wanted(input.tags.unwrap_or_default(), settings)?;
        let new = NewReplica {
            scope,
            name: Some(input.key_alias),
            description: input.key_description.unwrap_or_default(),
            attributes: attributes.to_text()?,
            settling_seconds: 0,
        };
        let replica = call.engine.replicate_key(&call.scope, &input.key_id.into(), new).await.map_err(refusal)?;
        Ok(Output {
            domain_id: domain_id(&replica.scope.tenant.account),
            key_id: replica.id.0,
            region: replica.scope.region,
        })
    }
}

/// Where the replica shall live: a region that is served and is not the call's, and a project of the
/// caller's own that is not known to lie elsewhere.
fn place(call: &Call, settings: &Settings, project: &str, region: String) -> Result<Scope, Refusal> {
    if region == call.region() || !settings.regions.contains(&region) {
        return Err(Refusal::Parameter("replica_region"));
    }
    let holder = &identity::of(call)?.holder;
    let account = holder.account(project).ok_or(Code::ForeignProject)?;
    let lies_elsewhere = |other: &&String| **other != region && holder.is_told(project, other);
    if settings.regions.iter().any(|other| lies_elsewhere(&other)) {
        return Err(Refusal::Parameter("replica_project_id"));
    }
    Ok(Scope::new(Tenant::new(VENDOR, account), region))
}

/// What keys in key stores do not do.
fn refusal(error: Error) -> Refusal {
    match error {
        Error::OriginUnfit { origin: Origin::Module | Origin::Outside, .. } => Code::NoKeystore.into(),
        error => error.into(),
    }
}
