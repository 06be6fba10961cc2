//! All tags of a project's keys: each name once, with everything it says anywhere.

use std::collections::{BTreeMap, BTreeSet};

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::key_details::Attributes;

pub(super) struct ListKmsTags;

#[derive(Deserialize)]
pub(super) struct Input {}

#[derive(Serialize)]
pub(super) struct Output {
    tags: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    key: String,
    values: BTreeSet<String>,
}

impl Operation for ListKmsTags {
    const NAME: &'static str = "list-kms-tags";
    const INPUT: &'static [Member] = &[];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    // Unverified: the order, which is that of names and values.
    async fn run(call: &Call, _: Input) -> Result<Output, Refusal> {
        let mut merged: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for key in call.engine.all_keys(&call.scope).await? {
            for tag in Attributes::of_key(&key).tags {
                merged.entry(tag.key).or_default().insert(tag.value);
            }
        }
        Ok(Output { tags: merged.into_iter().map(|(key, values)| Line { key, values }).collect() })
    }
}
