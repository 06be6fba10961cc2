//! ScheduleKeyDeletion.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::operations::{deletion_window, key_id};
use crate::shapes::{MEMBER_ACCOUNT, STRING, UINT64};

/// Lets a key vanish in 7 to 30 days. It must not be enabled.
pub(crate) struct ScheduleKeyDeletion;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    pending_window_in_days: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    deletion_date: i64,
    key_id: String,
}

impl Operation for ScheduleKeyDeletion {
    const NAME: &'static str = "ScheduleKeyDeletion";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &STRING),
        Member::required("PendingWindowInDays", &UINT64),
        Member::optional("MemberAccount", &MEMBER_ACCOUNT),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let window = deletion_window(call, input.pending_window_in_days)?;
        let key = call.engine.schedule_deletion(&call.scope, &id, window).await?;
        let deletion_date = key.deletion.map_or(0, |deletion| deletion.at.seconds());
        Ok(Output { deletion_date, key_id: key.id.to_string() })
    }
}
