//! DescribeWhiteBoxKey.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Serialize;

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::STRING;
use crate::white_box::{Act, WhiteBoxKeyInfo, bytes, find};

/// The description of one white-box key, with both its halves.
pub(crate) struct DescribeWhiteBoxKey;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_info: WhiteBoxKeyInfo,
}

impl Operation for DescribeWhiteBoxKey {
    const NAME: &'static str = "DescribeWhiteBoxKey";
    const INPUT: &'static [Member] = &[Member::required("KeyId", &STRING)];
    type Input = ByKeyId;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<Output, Refusal> {
        let (record, key) = find(call, &key_id(&input.key_id)?).await?;
        Act::Describe.require(key.status)?;
        let bytes = bytes(call, &record).await?;
        Ok(Output { key_info: WhiteBoxKeyInfo::of(&record, key, &bytes)? })
    }
}
