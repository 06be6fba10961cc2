//! ScheduleDataKeyDeletion.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::store::Record;
use import_engine::{Error, Timestamp};
use serde::{Deserialize, Serialize};

use crate::data_keys::states::Action;
use crate::data_keys::{HostedDataKey, data_key_id};
use crate::errors::Refusal;
use crate::operations::deletion_window;
use crate::record_kinds::DATA_KEY;
use crate::shapes::{MEMBER_ACCOUNT, STRING, UINT64};

/// A day, in seconds.
const DAY: i64 = 86_400;

/// Lets a data key vanish in 7 to 30 days. It must be disabled.
pub(crate) struct ScheduleDataKeyDeletion;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    data_key_id: String,
    pending_window_in_days: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    deletion_date: i64,
    data_key_id: String,
}

impl Operation for ScheduleDataKeyDeletion {
    const NAME: &'static str = "ScheduleDataKeyDeletion";
    const REQUESTS_PER_SECOND: Option<u32> = Some(20);
    const INPUT: &'static [Member] = &[
        Member::required("DataKeyId", &STRING),
        Member::required("PendingWindowInDays", &UINT64),
        Member::optional("MemberAccount", &MEMBER_ACCOUNT),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = data_key_id(&input.data_key_id)?;
        let window = deletion_window(call, input.pending_window_in_days)?;
        let schedule = |record: Record, now: Timestamp| {
            HostedDataKey::of(&record.attributes)?.require(&record, Action::ScheduleDeletion)?;
            // To the second, because that is what the caller is told.
            let due = Timestamp::from_seconds(now.seconds()).plus_seconds(i64::from(window) * DAY);
            Ok::<_, Refusal>(Record { due_at: Some(due), ..record })
        };
        let record = call.engine.edit_record(&call.scope, DATA_KEY, id, schedule).await?;
        let due = record.due_at.ok_or_else(|| Error::internal("a scheduled data key that stays"))?;
        Ok(Output { deletion_date: due.seconds(), data_key_id: record.id })
    }
}
