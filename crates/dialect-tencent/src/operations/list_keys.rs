//! ListKeys.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Error, Key, KeyState};
use serde::{Deserialize, Serialize};

use crate::attributes::Attributes;
use crate::errors::Refusal;
use crate::operations::{hsm_cluster, limit, manager, page};
use crate::shapes::{STRING, UINT64};

/// Identifiers of the keys that are in use, whatever they are for, newest first.
// Unverified: the order.
pub(crate) struct ListKeys;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    offset: Option<u64>,
    limit: Option<u64>,
    role: Option<u64>,
    hsm_cluster_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    keys: Vec<ListedKey>,
    total_count: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListedKey {
    key_id: String,
}

impl Operation for ListKeys {
    const NAME: &'static str = "ListKeys";
    // By the current page; older ones have 50.
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[
        Member::optional("Offset", &UINT64),
        Member::optional("Limit", &UINT64),
        Member::optional("Role", &UINT64),
        Member::optional("HsmClusterId", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let limit = limit(input.limit)?;
        let manager = manager(input.role)?;
        let cluster = hsm_cluster(call, input.hsm_cluster_id)?;
        let mut keys = call.engine.all_keys(&call.scope).await?;
        if let Some(cluster) = cluster {
            keys = in_cluster(keys, &cluster)?;
        }
        keys.retain(|key| {
            key.manager == manager && !matches!(key.state, KeyState::PendingDeletion | KeyState::Archived)
        });
        let total_count = keys.len();
        let keys = page(keys, input.offset.unwrap_or(0), limit)
            .into_iter()
            .map(|key| ListedKey { key_id: key.id.to_string() })
            .collect();
        Ok(Output { keys, total_count })
    }
}

/// Those of the keys that live in a cluster.
fn in_cluster(keys: Vec<Key>, cluster: &str) -> Result<Vec<Key>, Error> {
    let mut found = Vec::new();
    for key in keys {
        if Attributes::of_key(&key)?.hsm_cluster.as_deref() == Some(cluster) {
            found.push(key);
        }
    }
    Ok(found)
}
