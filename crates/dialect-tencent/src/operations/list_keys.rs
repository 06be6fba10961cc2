//! ListKeys.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::KeyState;
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::operations::{limit, no_hsm_cluster, page, wants_user_keys};
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
        let wants_user_keys = wants_user_keys(input.role)?;
        no_hsm_cluster(input.hsm_cluster_id.as_deref())?;
        let mut keys = call.engine.all_keys(&call.scope).await?;
        keys.retain(|key| wants_user_keys && key.state != KeyState::PendingDeletion);
        let total_count = keys.len();
        let keys = page(keys, input.offset.unwrap_or(0), limit)
            .into_iter()
            .map(|key| ListedKey { key_id: key.id.to_string() })
            .collect();
        Ok(Output { keys, total_count })
    }
}
