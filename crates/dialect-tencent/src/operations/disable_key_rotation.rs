//! DisableKeyRotation.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Lets a key keep its material. Whatever is not rotated hears that it is done.
pub(crate) struct DisableKeyRotation;

impl Operation for DisableKeyRotation {
    const NAME: &'static str = "DisableKeyRotation";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByKeyId;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        // The action has no code for keys that are never rotated.
        if call.engine.describe_key(&call.scope, &id).await?.rotation.is_some() {
            call.engine.stop_rotation(&call.scope, &id).await?;
        }
        Ok(())
    }
}
