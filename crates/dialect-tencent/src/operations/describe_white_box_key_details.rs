//! DescribeWhiteBoxKeyDetails.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::Error;
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::operations::page;
use crate::record_kinds::WHITE_BOX_KEY;
use crate::shapes::{INT64, TAG_FILTERS, UINT64};
use crate::tags::{TagFilter, tags_fit};
use crate::white_box::{Act, Status, WhiteBoxKey, WhiteBoxKeyInfo, bytes};

/// Descriptions of the white-box keys that pass all filters, each with both its halves.
// Unverified: newest first.
pub(crate) struct DescribeWhiteBoxKeyDetails;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_status: Option<i64>,
    offset: Option<u64>,
    limit: Option<u64>,
    tag_filters: Option<Vec<TagFilter>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_infos: Vec<WhiteBoxKeyInfo>,
    total_count: usize,
}

impl Operation for DescribeWhiteBoxKeyDetails {
    const NAME: &'static str = "DescribeWhiteBoxKeyDetails";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[
        Member::optional("KeyStatus", &INT64),
        Member::optional("Offset", &UINT64),
        Member::optional("Limit", &UINT64),
        Member::optional("TagFilters", &TAG_FILTERS),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let status = match input.key_status {
            None => None,
            Some(0) => Some(Status::Disabled),
            Some(1) => Some(Status::Enabled),
            Some(_) => return Err(Refusal::OutOfBounds("KeyStatus")),
        };
        let limit = limit(input.limit);
        let tags = input.tag_filters.unwrap_or_default();
        let mut found = Vec::new();
        for record in call.engine.records(&call.scope, WHITE_BOX_KEY, None).await? {
            let key = WhiteBoxKey::of(&record.attributes)?;
            if status.is_none_or(|status| key.status == status) && tags_fit(&tags, &key.tags) {
                Act::Describe.require(key.status)?;
                found.push((record, key));
            }
        }
        let total_count = found.len();
        let mut key_infos = Vec::new();
        for (record, key) in page(found, input.offset.unwrap_or(0), limit) {
            match bytes(call, &record).await {
                Ok(bytes) => key_infos.push(WhiteBoxKeyInfo::of(&record, key, &bytes)?),
                // It was deleted since the list was read.
                Err(Error::RecordNotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Output { key_infos, total_count })
    }
}

/// How many keys are shown. Here alone, 0 means all of them, and there is no most.
fn limit(asked: Option<u64>) -> u64 {
    match asked {
        None | Some(0) => u64::MAX,
        Some(limit) => limit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_limit_is_none() {
        assert_eq!([None, Some(0), Some(1), Some(201)].map(limit), [u64::MAX, u64::MAX, 1, 201]);
    }
}
