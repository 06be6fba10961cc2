//! DescribeWhiteBoxDecryptKey.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::Serialize;

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::STRING;
use crate::white_box::{Act, DECRYPTION, bytes, find};

/// The half of a white-box key that devices get.
pub(crate) struct DescribeWhiteBoxDecryptKey;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    decrypt_key: Blob,
}

impl Operation for DescribeWhiteBoxDecryptKey {
    const NAME: &'static str = "DescribeWhiteBoxDecryptKey";
    const REQUESTS_PER_SECOND: Option<u32> = Some(50);
    const INPUT: &'static [Member] = &[Member::required("KeyId", &STRING)];
    type Input = ByKeyId;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<Output, Refusal> {
        let (record, key) = find(call, &key_id(&input.key_id)?).await?;
        Act::Describe.require(key.status)?;
        let bytes = bytes(call, &record).await?;
        Ok(Output { decrypt_key: DECRYPTION.of(&record.id, key.algorithm, &bytes)? })
    }
}
