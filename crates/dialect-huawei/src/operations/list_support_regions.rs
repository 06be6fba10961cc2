//! The regions in which a key can have replicas: all that are served.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use super::paging::Window;
use crate::errors::Refusal;
use crate::settings::Settings;
use crate::shapes::{LIMIT, WORD};

pub(super) struct ListSupportRegions;

#[derive(Deserialize)]
pub(super) struct Input {
    limit: Option<Numeric>,
    offset: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Page {
    regions: Vec<String>,
}

impl Operation for ListSupportRegions {
    const NAME: &'static str = "list-support-regions";
    const INPUT: &'static [Member] = &[Member::optional("limit", &LIMIT), Member::optional("offset", &WORD)];
    type Input = Input;
    type Output = Page;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Page, Refusal> {
        let window = Window::of(input.limit, input.offset.as_deref())?;
        // Unverified: the vendor has replicas in few regions, and not from each to each.
        let regions = call.settings::<Settings>()?.regions.clone();
        Ok(Page { regions: window.over(regions).collect() })
    }
}
