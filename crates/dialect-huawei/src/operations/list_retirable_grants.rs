//! The grants that the caller was named to give up, of keys of any project of the region.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use import_engine::store::Grant;
use serde::Deserialize;

use super::list_grants::bounds;
use crate::VENDOR;
use crate::errors::Refusal;
use crate::grants::{self, Page};
use crate::identity;
use crate::shapes::{GRANT_LIMIT, MARKER, SEQUENCE};

/// How many grants are read in one go.
const BATCH: u32 = 500;

pub(super) struct ListRetirableGrants;

#[derive(Deserialize)]
pub(super) struct Input {
    limit: Option<Numeric>,
    marker: Option<Numeric>,
}

impl Operation for ListRetirableGrants {
    const NAME: &'static str = "list-retirable-grants";
    const INPUT: &'static [Member] = &[
        Member::optional("limit", &GRANT_LIMIT),
        Member::optional("marker", &MARKER),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Page;
    type Refusal = Refusal;

    // Unverified: that grants are listed only to whom they name as retiring principal, not to who
    // made them and to grantees who may retire them.
    async fn run(call: &Call, input: Input) -> Result<Page, Refusal> {
        let (start, limit) = bounds(input.marker, input.limit)?;
        let name = grants::user(&identity::of(call)?.user_id);
        let mut all: Vec<Grant> = Vec::new();
        loop {
            let after = all.last().map(Grant::place);
            let page = call.engine.list_retirable_grants(VENDOR, call.region(), &name, after.as_ref(), BATCH).await?;
            all.extend(page.grants);
            if !page.truncated {
                return Ok(Page::of(all, start, limit)?);
            }
        }
    }
}
