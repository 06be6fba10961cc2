//! Pages of what a keyspace has.

use dialect::Call;
use dialect::constraint::Member;
use dialect::wire::Numeric;
use import_engine::Error;
use import_engine::store::Record;
use serde::{Deserialize, Serialize};

use super::{identifier, unique_name};
use crate::codes::Code;
use crate::errors::Refusal;
use crate::shapes::{ANY_UUID, KEYSPACE_LIMIT};

/// How many entries a page has if nobody says.
const LIMIT_DEFAULT: usize = 50;

/// Which page is asked for.
#[derive(Deserialize)]
pub(crate) struct Input {
    keyspace_id: String,
    limit: Option<Numeric>,
    marker: Option<String>,
}

/// The members of a call that asks for a page.
pub(crate) const INPUT: &[Member] = &[
    Member::required("keyspace_id", &ANY_UUID),
    Member::optional("limit", &KEYSPACE_LIMIT),
    Member::optional("marker", &ANY_UUID),
];

/// What stands beside the entries of a page.
#[derive(Serialize)]
pub(crate) struct PageInfo {
    next_marker: String,
    current_count: usize,
}

/// One page of a kind, in the order of identifiers.
// Unverified: the order, and what a marker means. It has the form of an identifier, so it is taken
// for the last one of the page before.
pub(crate) async fn page(call: &Call, kind: &str, input: Input) -> Result<(PageInfo, Vec<Record>), Refusal> {
    let limit = match input.limit {
        None => LIMIT_DEFAULT,
        Some(Numeric(limit)) => usize::try_from(limit).map_err(|_| Code::InvalidLimit)?,
    };
    let prefix = unique_name(&identifier(&input.keyspace_id), "");
    let marker = input.marker.map(|marker| identifier(&marker)).unwrap_or_default();
    let mut found = call.engine.records(&call.scope, kind, None).await?;
    found.retain(|record| is_named(record, &prefix) && record.id > marker);
    found.sort_by(|one, other| one.id.cmp(&other.id));
    let is_truncated = found.len() > limit;
    found.truncate(limit);
    let next_marker =
        if is_truncated { found.last().map(|last| last.id.clone()).unwrap_or_default() } else { String::new() };
    Ok((PageInfo { next_marker, current_count: found.len() }, found))
}

fn is_named(record: &Record, prefix: &str) -> bool {
    record.name.as_deref().is_some_and(|name| name.starts_with(prefix))
}

/// The entries of a page as they are shown.
pub(crate) fn shown<T>(records: &[Record], show: impl Fn(&Record) -> Result<T, Error>) -> Result<Vec<T>, Refusal> {
    records.iter().map(|record| show(record).map_err(Refusal::from)).collect()
}
