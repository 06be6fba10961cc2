//! `EnableKeyRotation`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::shapes;

/// The period where none is named.
const PERIOD_DAYS: u32 = 365;

/// Lets a key's material be replaced every so many days, or changes how many. Unverified: that another
/// period counts from now, and that the same one again leaves the next date as it is.
pub(crate) struct EnableKeyRotation;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    rotation_period_in_days: Option<u32>,
}

impl Operation for EnableKeyRotation {
    const NAME: &'static str = "EnableKeyRotation";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::optional("RotationPeriodInDays", &shapes::ROTATION_PERIOD_IN_DAYS),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let period_days = input.rotation_period_in_days.unwrap_or(PERIOD_DAYS);
        call.engine.set_rotation(&target.scope, &target.id, period_days).await?;
        Ok(())
    }
}
