//! DescribeDataKey.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::Error;
use serde::Serialize;

use crate::data_keys::metadata::{DataKeyMetadata, describe};
use crate::data_keys::{data_key_id, find};
use crate::errors::Refusal;
use crate::operations::ByDataKeyId;
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Describes one data key, in whatever state.
pub(crate) struct DescribeDataKey;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    data_key_metadata: DataKeyMetadata,
}

impl Operation for DescribeDataKey {
    const NAME: &'static str = "DescribeDataKey";
    const INPUT: &'static [Member] =
        &[Member::required("DataKeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByDataKeyId;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByDataKeyId) -> Result<Output, Refusal> {
        let found = find(call, data_key_id(&input.data_key_id)?).await?;
        let described = describe(call, vec![found]).await?.pop();
        let data_key_metadata = described.ok_or_else(|| Error::internal("a data key without a description"))?;
        Ok(Output { data_key_metadata })
    }
}
