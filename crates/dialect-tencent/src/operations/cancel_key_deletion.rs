//! CancelKeyDeletion.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Serialize;

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Keeps a key that was to vanish. It is disabled afterwards.
// Unverified: a key without material waits for an import afterwards.
pub(crate) struct CancelKeyDeletion;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
}

impl Operation for CancelKeyDeletion {
    const NAME: &'static str = "CancelKeyDeletion";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByKeyId;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let key = call.engine.cancel_deletion(&call.scope, &id).await?;
        Ok(Output { key_id: key.id.to_string() })
    }
}
