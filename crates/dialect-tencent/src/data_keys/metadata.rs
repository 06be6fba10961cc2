//! `DataKeyMetadata`: the vendor's description of a data key.

use std::collections::BTreeMap;

use dialect::Call;
use import_engine::store::Record;
use import_engine::{Error, KeyId, Timestamp};
use serde::Serialize;

use super::HostedDataKey;
use crate::identity::{resource_id, uin_number};
use crate::key_metadata::Elsewhere;

/// The `Owner` of data keys that users made. Cloud products make none here.
const USER: &str = "user";

/// What DescribeDataKey shows. Members that do not apply are there all the same, with a value of their type.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DataKeyMetadata {
    data_key_id: String,
    key_id: String,
    key_name: String,
    data_key_name: String,
    number_of_bytes: usize,
    create_time: i64,
    description: String,
    key_state: &'static str,
    creator_uin: u64,
    owner: &'static str,
    deletion_date: i64,
    origin: &'static str,
    hsm_cluster_id: String,
    resource_id: String,
    #[serde(flatten)]
    elsewhere: Elsewhere,
}

/// Descriptions of data keys, in the order given.
///
/// # Errors
/// [`Error::Internal`].
pub(crate) async fn describe(
    call: &Call,
    data_keys: Vec<(Record, HostedDataKey)>,
) -> Result<Vec<DataKeyMetadata>, Error> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut described = Vec::with_capacity(data_keys.len());
    for (record, data_key) in data_keys {
        let key_name = match names.get(&data_key.key_id) {
            Some(name) => name.clone(),
            None => {
                let name = cmk_name(call, &data_key.key_id).await?;
                names.insert(data_key.key_id.clone(), name.clone());
                name
            }
        };
        described.push(DataKeyMetadata::of(record, data_key, key_name));
    }
    Ok(described)
}

/// The alias of a CMK. Unverified: that one which is gone has none.
async fn cmk_name(call: &Call, id: &str) -> Result<String, Error> {
    match call.engine.describe_key(&call.scope, &KeyId::from(id)).await {
        Ok(key) => Ok(key.name.unwrap_or_default()),
        Err(Error::KeyNotFound(_)) => Ok(String::new()),
        Err(error) => Err(error),
    }
}

impl DataKeyMetadata {
    fn of(record: Record, data_key: HostedDataKey, key_name: String) -> Self {
        let account = &record.scope.tenant.account;
        let creator_uin = data_key.creator.as_deref().unwrap_or(account).to_owned();
        let key_state = data_key.state(&record).word();
        Self {
            key_id: data_key.key_id,
            key_name,
            data_key_name: record.name.unwrap_or_default(),
            number_of_bytes: data_key.number_of_bytes,
            create_time: record.created_at.seconds(),
            description: data_key.description,
            key_state,
            creator_uin: uin_number(&creator_uin),
            owner: USER,
            deletion_date: record.due_at.map_or(0, Timestamp::seconds),
            origin: if data_key.is_imported { "EXTERNAL" } else { "TENCENT_KMS" },
            hsm_cluster_id: data_key.hsm_cluster.unwrap_or_default(),
            resource_id: resource_id(&creator_uin, &record.id),
            data_key_id: record.id,
            elsewhere: Elsewhere::of(account, creator_uin),
        }
    }
}
