//! Making a key unusable for now.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::key_details::{KeyInfo, KeyStateInfo};
use crate::shapes::OPERATE_KEY;

pub(super) struct DisableKey;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
}

impl Operation for DisableKey {
    const NAME: &'static str = "disable-key";
    const INPUT: &'static [Member] = OPERATE_KEY;
    type Input = Input;
    type Output = KeyInfo<KeyStateInfo>;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let key = call.engine.disable_key(&call.scope, &input.key_id.into()).await?;
        Ok(KeyInfo { key_info: key.into() })
    }
}
