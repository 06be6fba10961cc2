//! The grants of a key, page by page.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::codes::Code;
use crate::errors::Refusal;
use crate::grants::Page;
use crate::shapes::{GRANT_LIMIT, KEY_ID, MARKER, SEQUENCE};

/// How many grants a page has if nobody says: as many as a key may have.
// Unverified.
pub(super) const LIMIT_DEFAULT: usize = 100;

pub(super) struct ListGrants;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    limit: Option<Numeric>,
    marker: Option<Numeric>,
}

impl Operation for ListGrants {
    const NAME: &'static str = "list-grants";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::optional("limit", &GRANT_LIMIT),
        Member::optional("marker", &MARKER),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Page;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Page, Refusal> {
        let (start, limit) = bounds(input.marker, input.limit)?;
        // A key has so few that all are read.
        let all = call.engine.list_grants(&call.scope, &input.key_id.into(), None, None, u32::MAX - 1).await?;
        Ok(Page::of(all.grants, start, limit)?)
    }
}

/// Where a page starts and how many entries it has.
///
/// # Errors
/// KMS.1601, KMS.1602.
pub(super) fn bounds(marker: Option<Numeric>, limit: Option<Numeric>) -> Result<(usize, usize), Refusal> {
    let limit = match limit {
        None => LIMIT_DEFAULT,
        Some(Numeric(limit)) => usize::try_from(limit).map_err(|_| Code::InvalidLimit)?,
    };
    let start = match marker {
        None => 0,
        Some(Numeric(marker)) => usize::try_from(marker).map_err(|_| Code::InvalidMarker)?,
    };
    Ok((start, limit))
}
