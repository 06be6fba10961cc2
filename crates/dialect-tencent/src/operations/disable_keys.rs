//! DisableKeys.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::errors::Refusal;
use crate::operations::{ByKeyIds, distinct};
use crate::shapes::{KEY_IDS, MEMBER_ACCOUNT};

/// Makes up to 100 keys unusable for now.
// Unverified: all of them or none.
pub(crate) struct DisableKeys;

impl Operation for DisableKeys {
    const NAME: &'static str = "DisableKeys";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] =
        &[Member::required("KeyIds", &KEY_IDS), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByKeyIds;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyIds) -> Result<(), Refusal> {
        let ids = distinct(&input.key_ids)?;
        call.engine.disable_keys(&call.scope, &ids).await?;
        Ok(())
    }
}
