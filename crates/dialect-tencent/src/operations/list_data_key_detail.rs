//! ListDataKeyDetail.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::store::Record;
use import_engine::{KeyManager, Origin};
use serde::{Deserialize, Serialize};

use crate::data_keys::HostedDataKey;
use crate::data_keys::metadata::{DataKeyMetadata, describe};
use crate::data_keys::states::State;
use crate::errors::Refusal;
use crate::operations::lists::{cluster, is_ascending, origin};
use crate::operations::{key_id, limit, manager, page};
use crate::record_kinds::DATA_KEY;
use crate::shapes::{MEMBER_ACCOUNTS, STRING, TAG_FILTERS, UINT64};
use crate::tags::{TagFilter, tags_fit};

/// Descriptions of the data keys that pass all filters.
pub(crate) struct ListDataKeyDetail;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    offset: Option<u64>,
    limit: Option<u64>,
    role: Option<u64>,
    order_type: Option<u64>,
    key_state: Option<u64>,
    search_key_alias: Option<String>,
    origin: Option<String>,
    hsm_cluster_id: Option<String>,
    key_id: Option<String>,
    data_key_len: Option<u64>,
    tag_filters: Option<Vec<TagFilter>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    data_key_metadatas: Vec<DataKeyMetadata>,
    total_count: usize,
}

impl Operation for ListDataKeyDetail {
    const NAME: &'static str = "ListDataKeyDetail";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[
        Member::optional("Offset", &UINT64),
        Member::optional("Limit", &UINT64),
        Member::optional("Role", &UINT64),
        Member::optional("OrderType", &UINT64),
        Member::optional("KeyState", &UINT64),
        Member::optional("SearchKeyAlias", &STRING),
        Member::optional("Origin", &STRING),
        Member::optional("HsmClusterId", &STRING),
        Member::optional("KeyId", &STRING),
        Member::optional("DataKeyLen", &UINT64),
        Member::optional("TagFilters", &TAG_FILTERS),
        Member::optional("MemberAccounts", &MEMBER_ACCOUNTS),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let limit = limit(input.limit)?;
        let is_ascending = is_ascending(input.order_type)?;
        let offset = input.offset.unwrap_or(0);
        let filter = Filter::of(call, input)?;
        if let Some(id) = &filter.key_id {
            call.engine.describe_key(&call.scope, &key_id(id)?).await?;
        }
        let mut found = Vec::new();
        for record in call.engine.records(&call.scope, DATA_KEY, None).await? {
            let data_key = HostedDataKey::of(&record.attributes)?;
            if filter.lets_pass(&record, &data_key) {
                found.push((record, data_key));
            }
        }
        if is_ascending {
            found.reverse();
        }
        let total_count = found.len();
        let data_key_metadatas = describe(call, page(found, offset, limit)).await?;
        Ok(Output { data_key_metadatas, total_count })
    }
}

/// The filters, read.
struct Filter {
    manager: KeyManager,
    /// `None`: all.
    state: Option<State>,
    /// In lower case.
    search: String,
    origin: Option<Origin>,
    /// `None`: all; `Some(None)`: the shared one.
    cluster: Option<Option<String>>,
    /// Of the CMK; of the right form.
    key_id: Option<String>,
    /// In bytes.
    length: Option<u64>,
    tags: Vec<TagFilter>,
}

impl Filter {
    fn of(call: &Call, input: Input) -> Result<Self, Refusal> {
        let state = match input.key_state.unwrap_or(0) {
            0 => None,
            1 => Some(State::Enabled),
            2 => Some(State::Disabled),
            3 => Some(State::PendingDelete),
            _ => return Err(Refusal::OutOfBounds("KeyState")),
        };
        let named = input.key_id.filter(|id| !id.is_empty());
        if let Some(id) = &named {
            key_id(id)?;
        }
        Ok(Self {
            manager: manager(input.role)?,
            state,
            search: input.search_key_alias.unwrap_or_default().to_lowercase(),
            origin: origin(input.origin.as_deref())?,
            cluster: cluster(call, input.hsm_cluster_id)?,
            key_id: named,
            // Unverified: that 0, which no data key has, is no filter.
            length: input.data_key_len.filter(|length| *length != 0),
            tags: input.tag_filters.unwrap_or_default(),
        })
    }

    fn lets_pass(&self, record: &Record, data_key: &HostedDataKey) -> bool {
        // Cloud products make none.
        self.manager == KeyManager::Owner
            && self.state.is_none_or(|state| data_key.state(record) == state)
            && self.search_fits(record)
            && self.origin.is_none_or(|origin| data_key.is_imported == (origin == Origin::Imported))
            && self.cluster.as_ref().is_none_or(|cluster| data_key.hsm_cluster == *cluster)
            && self.key_id.as_ref().is_none_or(|id| data_key.key_id == *id)
            && self.length.is_none_or(|length| u64::try_from(data_key.number_of_bytes) == Ok(length))
            && tags_fit(&self.tags, &data_key.tags)
    }

    // Unverified: that letter case does not count, as with keys.
    fn search_fits(&self, record: &Record) -> bool {
        let name = record.name.as_deref().unwrap_or_default().to_lowercase();
        record.id.contains(&self.search) || name.contains(&self.search)
    }
}
