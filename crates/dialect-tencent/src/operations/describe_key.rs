//! DescribeKey.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Serialize;

use crate::errors::Refusal;
use crate::key_metadata::KeyMetadata;
use crate::operations::{ByKeyId, edition, key_id};
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Describes one key, in whatever state.
pub(crate) struct DescribeKey;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_metadata: KeyMetadata,
}

impl Operation for DescribeKey {
    const NAME: &'static str = "DescribeKey";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByKeyId;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let key = call.engine.describe_key(&call.scope, &id).await?;
        Ok(Output { key_metadata: KeyMetadata::of(&key, edition(call)?)? })
    }
}
