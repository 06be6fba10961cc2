//! A page of the key policies of a keyspace.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Serialize;

use crate::errors::Refusal;
use crate::keyspace::KEY_POLICY;
use crate::keyspace::page::{self, PageInfo};
use crate::keyspace::policy::{ListedRules, ShownPolicy};

pub(super) struct ListKeyPolicies;

#[derive(Serialize)]
pub(super) struct Page {
    page_info: PageInfo,
    keyspace_policies: Vec<ShownPolicy<ListedRules>>,
}

impl Operation for ListKeyPolicies {
    const NAME: &'static str = "list-key-policies";
    const INPUT: &'static [Member] = page::INPUT;
    type Input = page::Input;
    type Output = Page;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Self::Input) -> Result<Page, Refusal> {
        let (page_info, records) = page::page(call, KEY_POLICY, input).await?;
        Ok(Page { page_info, keyspace_policies: page::shown(&records, ShownPolicy::of)? })
    }
}
