//! DescribeWhiteBoxDeviceFingerprints.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Serialize;

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::STRING;
use crate::white_box::{Act, DeviceFingerprint, find};

/// The devices of a white-box key, in the order in which they were written.
pub(crate) struct DescribeWhiteBoxDeviceFingerprints;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    device_fingerprints: Vec<DeviceFingerprint>,
}

impl Operation for DescribeWhiteBoxDeviceFingerprints {
    const NAME: &'static str = "DescribeWhiteBoxDeviceFingerprints";
    const INPUT: &'static [Member] = &[Member::required("KeyId", &STRING)];
    type Input = ByKeyId;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<Output, Refusal> {
        let (_, key) = find(call, &key_id(&input.key_id)?).await?;
        Act::Describe.require(key.status)?;
        Ok(Output { device_fingerprints: key.fingerprints })
    }
}
