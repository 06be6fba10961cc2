//! CancelKeyArchive.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Takes a key out of the archive. It is enabled afterwards, whatever it was before.
// Unverified: a key whose material is gone waits for an import.
pub(crate) struct CancelKeyArchive;

impl Operation for CancelKeyArchive {
    const NAME: &'static str = "CancelKeyArchive";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByKeyId;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        call.engine.unarchive_key(&call.scope, &id).await?;
        Ok(())
    }
}
