//! `ScheduleKeyDeletion`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Error, Key};
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

const WINDOW_DAYS_DEFAULT: u32 = 30;

/// Lets a key vanish in so many days.
pub(crate) struct ScheduleKeyDeletion;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    pending_window_in_days: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<f64>,
    key_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_window_in_days: Option<u32>,
}

impl Operation for ScheduleKeyDeletion {
    const NAME: &'static str = "ScheduleKeyDeletion";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::optional("PendingWindowInDays", &shapes::PENDING_WINDOW_IN_DAYS),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let window_days = input.pending_window_in_days.unwrap_or(WINDOW_DAYS_DEFAULT);
        // The shape allows more than the service does. A member that is wrong in itself is told
        // before anything about the key.
        if !call.engine.policy(&call.scope)?.deletion_window_days.contains(&window_days) {
            return Err(Error::DeletionWindow.into());
        }
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let key = call.engine.schedule_deletion(&target.scope, &target.id, window_days).await?;
        Ok(Output {
            key_id: key_arn(&key.scope, &key.id),
            deletion_date: key.deletion.map(|deletion| names::epoch_seconds(deletion.at)),
            key_state: names::state_word(key.state),
            pending_window_in_days: window(&key),
        })
    }
}

/// The window that has begun, or that begins when the last replica is gone.
fn window(key: &Key) -> Option<u32> {
    let waiting = key.multi_region.as_ref().and_then(|regions| regions.waiting);
    key.deletion.map(|deletion| deletion.window_days).or(waiting.map(|waiting| waiting.window_days))
}
