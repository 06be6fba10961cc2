//! `DisableKey`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::shapes;

/// Makes a key unusable for now.
pub(crate) struct DisableKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
}

impl Operation for DisableKey {
    const NAME: &'static str = "DisableKey";
    const INPUT: &'static [Member] = &[Member::required("KeyId", &shapes::KEY_ID)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        call.engine.disable_key(&target.scope, &target.id).await?;
        Ok(())
    }
}
