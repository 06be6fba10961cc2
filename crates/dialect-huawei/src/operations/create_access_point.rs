//! Making an access point of a keyspace. A custom one gets a key pair, whose private half can be
//! fetched.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Kept, Operation};
use import_engine::{KeyIdForm, NewRecord, RecordId};
use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::errors::Refusal;
use crate::identity;
use crate::keyspace::access_point::{AccessPoint, CLUSTER, CUSTOM, PRIVATE_KEY, SERVER};
use crate::keyspace::{ACCESS_POINT, RECORDS_MAX, identifier, unique_name};
use crate::shapes::{ACCESS_POINT_DESCRIPTION, ACCESS_POINT_TYPE, ALIAS, ANY_UUID, IDENTITY};

pub(super) struct CreateAccessPoint;

#[derive(Deserialize)]
pub(super) struct Input {
    keyspace_id: String,
    access_point_name: String,
    #[serde(rename = "type")]
    kind: Numeric,
    identity: Option<String>,
    cluster_id: Option<String>,
    description: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Output {
    access_point_id: String,
}

impl Operation for CreateAccessPoint {
    const NAME: &'static str = "create-access-point";
    const INPUT: &'static [Member] = &[
        Member::required("keyspace_id", &ANY_UUID),
        Member::required("access_point_name", &ALIAS),
        Member::required("type", &ACCESS_POINT_TYPE),
        Member::optional("identity", &IDENTITY),
        Member::optional("cluster_id", &IDENTITY),
        Member::optional("description", &ACCESS_POINT_DESCRIPTION),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let Input {
            keyspace_id,
            access_point_name: name,
            kind: Numeric(kind),
            identity: known_by,
            cluster_id,
            description,
        } = input;
        if matches!(kind, SERVER | CLUSTER) {
            require(known_by.as_deref(), "identity")?;
        }
        if kind == CLUSTER {
            require(cluster_id.as_deref(), "cluster_id")?;
        }
        let keyspace_id = identifier(&keyspace_id);
        let unique = unique_name(&keyspace_id, &name);
        // No key pair is taken for what cannot be.
        if call.engine.record_named(&call.scope, ACCESS_POINT, &unique).await?.is_some() {
            return Err(Refusal::Parameter("access_point_name"));
        }
        let pair = if kind == CUSTOM { Some(call.engine.pair_for_another().await?) } else { None };
        let (public_key, secrets) = match pair {
            Some(pair) => (hex::encode(pair.public_key), vec![(PRIVATE_KEY, pair.private_key)]),
            None => (String::new(), Vec::new()),
        };
        let point = AccessPoint {
            keyspace_id,
            name,
            kind,
            // Unverified: that a new one can be used at once.
            is_enabled: true,
            identity: known_by,
            cluster_id,
            description,
            created_by: identity::of(call)?.user_id.clone(),
            modified_at: call.engine.now(&call.scope.tenant).await?.0,
            public_key,
        };
        let new = NewRecord {
            kind: ACCESS_POINT,
            id: RecordId::Fresh(KeyIdForm::RandomUuid),
            name: Some(unique),
            key: None,
            attributes: point.to_text()?,
            due_at: None,
            secrets,
            most: Some(RECORDS_MAX),
        };
        let record = call.engine.create_record(&call.scope, new).await?;
        Ok(Output { access_point_id: record.id })
    }
}

/// Refuses a member that this type of access point needs and that is missing or empty.
fn require(value: Option<&str>, member: &'static str) -> Result<(), Refusal> {
    match value {
        None => Err(Code::Missing.into()),
        Some("") => Err(Refusal::Parameter(member)),
        Some(_) => Ok(()),
    }
}
