//! Setting the day on which a key vanishes. The days come as text or number.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::codes::Code;
use crate::errors::Refusal;
use crate::key_details::KeyStateInfo;
use crate::shapes::{KEY_ID, PENDING_DAYS, SEQUENCE};

pub(super) struct ScheduleKeyDeletion;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    pending_days: Numeric,
}

impl Operation for ScheduleKeyDeletion {
    const NAME: &'static str = "schedule-key-deletion";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::required("pending_days", &PENDING_DAYS),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = KeyStateInfo;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<KeyStateInfo, Refusal> {
        let days = u32::try_from(input.pending_days.0).map_err(|_| Code::PendingDays)?;
        Ok(call.engine.schedule_deletion(&call.scope, &input.key_id.into(), days).await?.into())
    }
}
