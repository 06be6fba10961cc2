//! `MultiRegionConfiguration`: the members of a key that lives in several regions.

use import_engine::{Key, KeyId, Scope};
use serde::Serialize;

use crate::identifiers::key_arn;

/// The members, as one of them shows them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MultiRegionConfiguration {
    multi_region_key_type: &'static str,
    primary_key: MultiRegionKey,
    replica_keys: Vec<MultiRegionKey>,
}

/// One member.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MultiRegionKey {
    arn: String,
    region: String,
}

impl MultiRegionKey {
    fn of(scope: &Scope, id: &KeyId) -> Self {
        Self { arn: key_arn(scope, id), region: scope.region.clone() }
    }
}

impl MultiRegionConfiguration {
    /// What a key shows of all `members`, of which it is one; nothing if it lives in one region.
    pub fn of(key: &Key, members: &[Key]) -> Option<Self> {
        let regions = key.multi_region.as_ref()?;
        // Unverified: their order. They come in that of their making.
        let mut replicas: Vec<&Key> = members.iter().filter(|member| member.is_replica()).collect();
        replicas.sort_by_key(|replica| replica.created_at);
        Some(Self {
            multi_region_key_type: if key.is_primary() { "PRIMARY" } else { "REPLICA" },
            primary_key: MultiRegionKey::of(&regions.primary, &key.id),
            replica_keys: replicas.iter().map(|replica| MultiRegionKey::of(&replica.scope, &replica.id)).collect(),
        })
    }
}
