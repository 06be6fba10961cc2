//! A page of keys. Without `key_spec` only AES_256 keys are listed.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use import_engine::{Key, KeySpec};
use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::errors::Refusal;
use crate::key_details::{Attributes, KeyDetails};
use crate::names::{key_spec, key_state};
use crate::shapes::{ENTERPRISE_PROJECT_FILTER, LIMIT, MARKER, SEQUENCE, STATE_FILTER, WORD};

/// How many keys a page has if nobody says.
const LIMIT_DEFAULT: usize = 2000;

pub(super) struct ListKeys;

#[derive(Deserialize)]
pub(super) struct Input {
    limit: Option<Numeric>,
    marker: Option<Numeric>,
    key_state: Option<String>,
    key_spec: Option<String>,
    enterprise_project_id: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Page {
    keys: Vec<String>,
    key_details: Vec<KeyDetails>,
    next_marker: String,
    truncated: &'static str,
    total: usize,
}

impl Operation for ListKeys {
    const NAME: &'static str = "list-keys";
    const INPUT: &'static [Member] = &[
        Member::optional("limit", &LIMIT),
        Member::optional("marker", &MARKER),
        Member::optional("key_state", &STATE_FILTER),
        Member::optional("key_spec", &WORD),
        Member::optional("enterprise_project_id", &ENTERPRISE_PROJECT_FILTER),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Page;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Page, Refusal> {
        let limit = match input.limit {
            None => LIMIT_DEFAULT,
            Some(Numeric(limit)) => usize::try_from(limit).map_err(|_| Code::InvalidLimit)?,
        };
        let start = match input.marker {
            None => 0,
            Some(Numeric(marker)) => usize::try_from(marker).map_err(|_| Code::InvalidMarker)?,
        };
        let spec = match input.key_spec.as_deref() {
            None => Some(KeySpec::Aes256),
            Some("ALL") => None,
            Some(word) => Some(key_spec(word).ok_or(Refusal::Parameter("key_spec"))?),
        };
        let project = input.enterprise_project_id.filter(|project| project != "all");
        let wanted = |key: &Key| {
            spec.is_none_or(|spec| key.spec == spec)
                && input.key_state.as_deref().is_none_or(|state| key_state(key.state) == state)
                && project.as_deref().is_none_or(|project| Attributes::of_key(key).enterprise_project_id == project)
        };
        let mut found = call.engine.all_keys(&call.scope).await?;
        found.retain(wanted);
        let total = found.len();
        let page: Vec<Key> = found.into_iter().skip(start).take(limit).collect();
        let next = start.saturating_add(page.len());
        let is_truncated = next < total;
        Ok(Page {
            keys: page.iter().map(|key| key.id.0.clone()).collect(),
            key_details: page.into_iter().map(KeyDetails::from).collect(),
            next_marker: if is_truncated { next.to_string() } else { String::new() },
            truncated: if is_truncated { "true" } else { "false" },
            total,
        })
    }
}
