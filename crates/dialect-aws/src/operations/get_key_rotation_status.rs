//! `GetKeyRotationStatus`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::KeyOperation;
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Shows whether and when a key's material is replaced unasked. A rotation on demand is done before it
/// is answered, so none is ever seen on its way.
///
/// Unverified: that keys which cannot be rotated (asymmetric, HMAC) are answered with `false`, as the
/// older guide says, and not refused.
pub(crate) struct GetKeyRotationStatus;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_rotation_enabled: bool,
    key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_period_in_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_rotation_date: Option<f64>,
}

impl Operation for GetKeyRotationStatus {
    const NAME: &'static str = "GetKeyRotationStatus";
    const INPUT: &'static [Member] = &[Member::required("KeyId", &shapes::KEY_ID)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let target = admit(call, &input.key_id, Accepts::KEY, &Access::to(Self::NAME)).await?;
        let key = call.engine.describe_key(&target.scope, &target.id).await?;
        key.require_generated()?;
        key.require(KeyOperation::ShowRotation, call.engine.policy(&target.scope)?)?;
        let schedule = key.rotation_schedule();
        Ok(Output {
            key_rotation_enabled: schedule.is_some(),
            key_id: key_arn(&key.scope, &key.id),
            rotation_period_in_days: schedule.map(|schedule| schedule.period_days),
            next_rotation_date: schedule.map(|schedule| names::epoch_seconds(schedule.next_at)),
        })
    }
}
