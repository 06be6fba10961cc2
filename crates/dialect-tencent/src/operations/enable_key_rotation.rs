//! EnableKeyRotation.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::operations::key_id;
use crate::shapes::{MEMBER_ACCOUNT, STRING, UINT64};

/// Days between two rotations unless told otherwise.
const ROTATE_DAYS_DEFAULT: u64 = 365;

/// Lets a key's material be replaced every so many days.
// Unverified: that another period counts from now, and the same one again changes nothing.
pub(crate) struct EnableKeyRotation;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    rotate_days: Option<u64>,
}

impl Operation for EnableKeyRotation {
    const NAME: &'static str = "EnableKeyRotation";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &STRING),
        Member::optional("RotateDays", &UINT64),
        Member::optional("MemberAccount", &MEMBER_ACCOUNT),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        let bounds = &call.engine.policy(&call.scope)?.rotation.period_days;
        let days = u32::try_from(input.rotate_days.unwrap_or(ROTATE_DAYS_DEFAULT)).unwrap_or(u32::MAX);
        if !bounds.contains(&days) {
            return Err(Refusal::NotAllowed("RotateDays"));
        }
        call.engine.set_rotation(&call.scope, &id, days).await?;
        Ok(())
    }
}
