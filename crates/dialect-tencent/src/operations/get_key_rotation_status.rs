//! GetKeyRotationStatus.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Serialize;

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Shows whether a key's material is replaced unasked.
// Unverified: that it is shown as it was set while the key is to be deleted.
pub(crate) struct GetKeyRotationStatus;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_rotation_enabled: bool,
}

impl Operation for GetKeyRotationStatus {
    const NAME: &'static str = "GetKeyRotationStatus";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByKeyId;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let key = call.engine.describe_key(&call.scope, &id).await?;
        Ok(Output { key_rotation_enabled: key.rotation.is_some() })
    }
}
