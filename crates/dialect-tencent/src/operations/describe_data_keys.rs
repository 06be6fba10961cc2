//! DescribeDataKeys.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Serialize;

use crate::data_keys::metadata::{DataKeyMetadata, describe};
use crate::data_keys::{distinct_ids, find_all};
use crate::errors::Refusal;
use crate::operations::ByDataKeyIds;
use crate::shapes::{KEY_IDS, MEMBER_ACCOUNT};

/// Describes up to 100 data keys, in the order asked for.
pub(crate) struct DescribeDataKeys;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    data_key_metadatas: Vec<DataKeyMetadata>,
}

impl Operation for DescribeDataKeys {
    const NAME: &'static str = "DescribeDataKeys";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] =
        &[Member::required("DataKeyIds", &KEY_IDS), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByDataKeyIds;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByDataKeyIds) -> Result<Output, Refusal> {
        let found = find_all(call, &distinct_ids(&input.data_key_ids)?).await?;
        Ok(Output { data_key_metadatas: describe(call, found).await? })
    }
}
