//! ListDataKeys.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::KeyManager;
use serde::{Deserialize, Serialize};

use crate::data_keys::HostedDataKey;
use crate::errors::Refusal;
use crate::operations::{hsm_cluster, limit, manager, page};
use crate::record_kinds::DATA_KEY;
use crate::shapes::{STRING, UINT64};

/// Identifiers of the data keys, newest first.
// Unverified: the order; and that those about to be deleted are among them. ListKeys says that it leaves such keys out, this
// action says nothing.
pub(crate) struct ListDataKeys;

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
    data_keys: Vec<ListedDataKey>,
    total_count: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListedDataKey {
    data_key_id: String,
}

impl Operation for ListDataKeys {
    const NAME: &'static str = "ListDataKeys";
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
        let mut ids = Vec::new();
        // Cloud products make none.
        if manager == KeyManager::Owner {
            for record in call.engine.records(&call.scope, DATA_KEY, None).await? {
                if cluster.is_none() || HostedDataKey::of(&record.attributes)?.hsm_cluster == cluster {
                    ids.push(record.id);
                }
            }
        }
        let total_count = ids.len();
        let data_keys = page(ids, input.offset.unwrap_or(0), limit)
            .into_iter()
            .map(|data_key_id| ListedDataKey { data_key_id })
            .collect();
        Ok(Output { data_keys, total_count })
    }
}
