//! The keys that have some tags and a name, or how many they are.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use import_engine::{Key, KeyManager};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::codes::Code;
use crate::errors::Refusal;
use crate::key_details::{Attributes, KeyDetails};
use crate::settings::Settings;
use crate::shapes::{ANY, RESOURCE_TYPE, SEQUENCE, TAG_FILTER_ACTION, TAG_FILTER_LIMIT, TAG_FILTERS, TAG_LIST};
use crate::tags::{self, Tag, TagItem};

/// How many keys a page has if nobody says.
const LIMIT_DEFAULT: usize = 10;
/// The most characters of what a name is matched with.
const MATCH_MAX: usize = 255;

pub(super) struct ListKmsByTags;

#[derive(Deserialize)]
pub(super) struct Input {
    limit: Option<Numeric>,
    offset: Option<Value>,
    action: Option<String>,
    tags: Option<Vec<TagFilter>>,
    matches: Option<Vec<TagItem>>,
}

/// A tag to look for: with any of some values, or with any at all.
#[derive(Deserialize)]
struct TagFilter {
    key: String,
    values: Option<Vec<String>>,
}

#[derive(Serialize)]
pub(super) struct Output {
    /// None if only their number was asked for.
    resources: Option<Vec<Resource>>,
    total_count: usize,
}

#[derive(Serialize)]
struct Resource {
    resource_id: String,
    resource_detail: KeyDetails,
    resource_name: String,
    tags: Vec<Tag>,
}

impl From<Key> for Resource {
    fn from(key: Key) -> Self {
        Self {
            resource_id: key.id.0.clone(),
            resource_name: key.name.clone().unwrap_or_default(),
            tags: Attributes::of_key(&key).tags,
            resource_detail: key.into(),
        }
    }
}

impl Operation for ListKmsByTags {
    const NAME: &'static str = "list-kms-by-tags";
    const INPUT: &'static [Member] = &[
        Member::required("resource_instances", &RESOURCE_TYPE),
        Member::optional("limit", &TAG_FILTER_LIMIT),
        // Looked at below: it has a code of its own here.
        Member::optional("offset", &ANY),
        Member::optional("action", &TAG_FILTER_ACTION),
        Member::optional("tags", &TAG_FILTERS),
        Member::optional("matches", &TAG_LIST),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        // Unverified: that keys are listed if nobody says whether to list or to count.
        let counts = input.action.as_deref() == Some("count");
        let offset = input.offset.filter(|offset| !offset.is_null());
        if counts && (offset.is_some() || input.limit.is_some()) {
            return Err(Code::OffsetNotRequired.into());
        }
        let start = offset.map_or(Ok(0), |offset| start(&offset))?;
        let limit = match input.limit {
            None => LIMIT_DEFAULT,
            Some(Numeric(limit)) => usize::try_from(limit).map_err(|_| Code::InvalidLimit)?,
        };
        let name = name_to_match(input.matches.unwrap_or_default())?;
        let filters = input.tags.unwrap_or_default();
        check_filters(&filters, call.settings::<Settings>()?)?;

        let mut found = call.engine.all_keys(&call.scope).await?;
        found.retain(|key| fits(key, name.as_deref(), &filters));
        let total_count = found.len();
        let page = || found.into_iter().skip(start).take(limit).map(Resource::from).collect();
        Ok(Output { resources: (!counts).then(page), total_count })
    }
}

/// Whether a key is looked for. Unverified: that a name is matched by any part of it, letter case
/// counting; that default master keys are none of the keys that are looked for here, and that keys with
/// days to live are.
fn fits(key: &Key, name: Option<&str>, filters: &[TagFilter]) -> bool {
    let tags = Attributes::of_key(key).tags;
    let has = |filter: &TagFilter| {
        let values = filter.values.as_deref().unwrap_or_default();
        tags.iter().any(|tag| tag.key == filter.key && (values.is_empty() || values.contains(&tag.value)))
    };
    key.manager == KeyManager::Owner
        && name.is_none_or(|part| key.name.as_deref().is_some_and(|name| name.contains(part)))
        && filters.iter().all(has)
}

/// Where a page starts: a number, or the text of one.
fn start(offset: &Value) -> Result<usize, Code> {
    let Numeric(offset) = Numeric::deserialize(offset).map_err(|_| Code::InvalidTagOffset)?;
    usize::try_from(offset).map_err(|_| Code::InvalidTagOffset)
}

/// What names must contain, if anything. There is only one field to match, and none may stand twice.
fn name_to_match(matches: Vec<TagItem>) -> Result<Option<String>, Code> {
    if matches.iter().any(|item| item.key != "resource_name") {
        return Err(Code::InvalidMatchKey);
    }
    if matches.len() > 1 {
        return Err(Code::InvalidMatches);
    }
    let Some(item) = matches.into_iter().next() else { return Ok(None) };
    let value = item.value.unwrap_or_default();
    let fits = (1..=MATCH_MAX).contains(&value.chars().count());
    if fits { Ok(Some(value)) } else { Err(Code::InvalidMatchValue) }
}

/// Unverified: the codes for lists that are too long or say something twice.
fn check_filters(filters: &[TagFilter], settings: &Settings) -> Result<(), Code> {
    if filters.len() > settings.tags_per_key {
        return Err(Code::TagListSize);
    }
    for filter in filters {
        tags::check_key(&filter.key, settings)?;
        let values = filter.values.as_deref().unwrap_or_default();
        if values.len() > settings.tags_per_key {
            return Err(Code::TooManyTagValues);
        }
        for value in values {
            tags::check_value(value, settings)?;
        }
        if tags::has_repeated(values.iter().map(String::as_str)) {
            return Err(Code::InvalidTags);
        }
    }
    if tags::has_repeated(filters.iter().map(|filter| filter.key.as_str())) {
        return Err(Code::InvalidTags);
    }
    Ok(())
}
