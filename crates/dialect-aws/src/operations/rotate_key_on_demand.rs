//! `RotateKeyOnDemand`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::shapes;

/// Gives a key other material at once: fresh material, or what was imported to be rotated to.
pub(crate) struct RotateKeyOnDemand;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
}

impl Operation for RotateKeyOnDemand {
    const NAME: &'static str = "RotateKeyOnDemand";
    const INPUT: &'static [Member] = &[Member::required("KeyId", &shapes::KEY_ID)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let key = call.engine.rotate_key(&target.scope, &target.id).await?;
        Ok(Output { key_id: key_arn(&key.scope, &key.id) })
    }
}
