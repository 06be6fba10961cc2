//! DescribeKeys.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Serialize;

use crate::errors::Refusal;
use crate::key_metadata::KeyMetadata;
use crate::operations::{ByKeyIds, distinct, edition};
use crate::shapes::{KEY_IDS, MEMBER_ACCOUNT};

/// Describes up to 100 keys, in the order asked for.
pub(crate) struct DescribeKeys;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_metadatas: Vec<KeyMetadata>,
}

impl Operation for DescribeKeys {
    const NAME: &'static str = "DescribeKeys";
    const INPUT: &'static [Member] =
        &[Member::required("KeyIds", &KEY_IDS), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByKeyIds;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyIds) -> Result<Output, Refusal> {
        let ids = distinct(&input.key_ids)?;
        let edition = edition(call)?;
        let mut key_metadatas = Vec::with_capacity(ids.len());
        for id in &ids {
            let key = call.engine.describe_key(&call.scope, id).await?;
            key_metadatas.push(KeyMetadata::of(&key, edition)?);
        }
        Ok(Output { key_metadatas })
    }
}
