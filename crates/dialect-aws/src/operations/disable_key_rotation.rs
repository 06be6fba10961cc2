//! `DisableKeyRotation`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::shapes;

/// Lets a key keep its material until somebody rotates it on demand.
pub(crate) struct DisableKeyRotation;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
}

impl Operation for DisableKeyRotation {
    const NAME: &'static str = "DisableKeyRotation";
    const INPUT: &'static [Member] = &[Member::required("KeyId", &shapes::KEY_ID)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        call.engine.stop_rotation(&target.scope, &target.id).await?;
        Ok(())
    }
}
