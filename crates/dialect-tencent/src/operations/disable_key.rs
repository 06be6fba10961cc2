//! DisableKey.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Makes a key unusable for now.
pub(crate) struct DisableKey;

impl Operation for DisableKey {
    const NAME: &'static str = "DisableKey";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByKeyId;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        call.engine.disable_key(&call.scope, &id).await?;
        Ok(())
    }
}
