//! A page of aliases: of one key, or of all.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use import_engine::KeyId;
use serde::{Deserialize, Serialize};

use crate::aliases::AliasEntity;
use crate::codes::Code;
use crate::errors::Refusal;
use crate::shapes::{ALIAS_LIMIT, ALIAS_MARKER, KEY_ID};

/// How many aliases a page has if nobody says. Unverified: the vendor names the bounds alone.
const LIMIT_DEFAULT: u32 = 100;

pub(super) struct ListAliases;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: Option<String>,
    limit: Option<Numeric>,
    marker: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Output {
    aliases: Vec<AliasEntity>,
    page_info: PageInfo,
}

#[derive(Serialize)]
struct PageInfo {
    next_marker: String,
    current_count: usize,
}

impl Operation for ListAliases {
    const NAME: &'static str = "list-aliases";
    const INPUT: &'static [Member] = &[
        Member::optional("key_id", &KEY_ID),
        Member::optional("limit", &ALIAS_LIMIT),
        Member::optional("marker", &ALIAS_MARKER),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let limit = match input.limit {
            None => LIMIT_DEFAULT,
            Some(Numeric(limit)) => u32::try_from(limit).map_err(|_| Code::InvalidLimit)?,
        };
        let key = input.key_id.map(KeyId::from);
        let after = input.marker.as_deref();
        let page = call.engine.list_labels(&call.scope, key.as_ref(), after, limit).await?;
        // A marker is the last alias of the page before.
        let last = page.labels.last().filter(|_| page.truncated);
        let next_marker = last.map(|label| label.name.clone()).unwrap_or_default();
        let page_info = PageInfo { next_marker, current_count: page.labels.len() };
        Ok(Output { aliases: page.labels.into_iter().map(AliasEntity::from).collect(), page_info })
    }
}
