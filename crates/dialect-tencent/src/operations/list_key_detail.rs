//! ListKeyDetail.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Error, Key, KeyManager, KeyState, Origin};
use serde::{Deserialize, Serialize};

use crate::attributes::Attributes;
use crate::errors::Refusal;
use crate::key_metadata::KeyMetadata;
use crate::operations::lists::{ALL, cluster, is_ascending, origin};
use crate::operations::{edition, limit, manager, page};
use crate::shapes::{MEMBER_ACCOUNTS, STRING, TAG_FILTERS, UINT64};
use crate::tags::{TagFilter, tags_fit};
use crate::usages::{ENCRYPT_DECRYPT, is_usage, key_usage};

/// Descriptions of the keys that pass all filters.
pub(crate) struct ListKeyDetail;

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
    key_usage: Option<String>,
    tag_filters: Option<Vec<TagFilter>>,
    hsm_cluster_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    total_count: usize,
    key_metadatas: Vec<KeyMetadata>,
}

impl Operation for ListKeyDetail {
    const NAME: &'static str = "ListKeyDetail";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[
        Member::optional("Offset", &UINT64),
        Member::optional("Limit", &UINT64),
        Member::optional("Role", &UINT64),
        Member::optional("OrderType", &UINT64),
        Member::optional("KeyState", &UINT64),
        Member::optional("SearchKeyAlias", &STRING),
        Member::optional("Origin", &STRING),
        Member::optional("KeyUsage", &STRING),
        Member::optional("TagFilters", &TAG_FILTERS),
        Member::optional("HsmClusterId", &STRING),
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
        let mut keys = Vec::new();
        for key in call.engine.all_keys(&call.scope).await? {
            if filter.lets_pass(&key)? {
                keys.push(key);
            }
        }
        if is_ascending {
            keys.reverse();
        }
        let total_count = keys.len();
        let edition = edition(call)?;
        let key_metadatas =
            page(keys, offset, limit).iter().map(|key| KeyMetadata::of(key, edition)).collect::<Result<_, _>>()?;
        Ok(Output { total_count, key_metadatas })
    }
}

/// The filters, read.
struct Filter {
    manager: KeyManager,
    /// `None`: all.
    state: Option<KeyState>,
    /// In lower case.
    search: String,
    origin: Option<Origin>,
    usage: Option<String>,
    tags: Vec<TagFilter>,
    /// `None`: all; `Some(None)`: the shared one.
    cluster: Option<Option<String>>,
}

impl Filter {
    fn of(call: &Call, input: Input) -> Result<Self, Refusal> {
        let manager = manager(input.role)?;
        let state = match input.key_state.unwrap_or(0) {
            0 => None,
            1 => Some(KeyState::Enabled),
            2 => Some(KeyState::Disabled),
            3 => Some(KeyState::PendingDeletion),
            4 => Some(KeyState::PendingImport),
            5 => Some(KeyState::Archived),
            _ => return Err(Refusal::OutOfBounds("KeyState")),
        };
        let origin = origin(input.origin.as_deref())?;
        let usage = match input.key_usage.as_deref().unwrap_or_default() {
            ALL => None,
            "" => Some(ENCRYPT_DECRYPT.to_owned()),
            usage if is_usage(usage) => Some(usage.to_owned()),
            _ => return Err(Refusal::OutOfBounds("KeyUsage")),
        };
        let cluster = cluster(call, input.hsm_cluster_id)?;
        Ok(Self {
            manager,
            state,
            search: input.search_key_alias.unwrap_or_default().to_lowercase(),
            origin,
            usage,
            tags: input.tag_filters.unwrap_or_default(),
            cluster,
        })
    }

    fn lets_pass(&self, key: &Key) -> Result<bool, Error> {
        Ok(key.manager == self.manager
            && self.state.is_none_or(|state| key.state == state)
            && self.origin.is_none_or(|origin| key.origin == origin)
            && self.usage.as_deref().is_none_or(|usage| key_usage(key) == usage)
            && self.search_fits(key)
            && self.tags_fit(key)?
            && self.cluster_fits(key)?)
    }

    // Unverified: that letter case does not count, as in the documented example.
    fn search_fits(&self, key: &Key) -> bool {
        let alias = key.name.as_deref().unwrap_or_default().to_lowercase();
        key.id.as_str().contains(&self.search) || alias.contains(&self.search)
    }

    fn cluster_fits(&self, key: &Key) -> Result<bool, Error> {
        match &self.cluster {
            None => Ok(true),
            Some(cluster) => Ok(Attributes::of_key(key)?.hsm_cluster == *cluster),
        }
    }

    fn tags_fit(&self, key: &Key) -> Result<bool, Error> {
        Ok(self.tags.is_empty() || tags_fit(&self.tags, &Attributes::of_key(key)?.tags))
    }
}
