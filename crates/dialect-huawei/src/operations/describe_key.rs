//! Everything that is known of a key.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::aliases;
use crate::errors::Refusal;
use crate::key_details::{KeyDetails, KeyInfo};
use crate::shapes::OPERATE_NAMED_KEY;

pub(super) struct DescribeKey;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
}

impl Operation for DescribeKey {
    const NAME: &'static str = "describe-key";
    const INPUT: &'static [Member] = OPERATE_NAMED_KEY;
    type Input = Input;
    type Output = KeyInfo<KeyDetails>;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let key = call.engine.describe_key(&call.scope, &aliases::resolve(call, input.key_id).await?).await?;
        Ok(KeyInfo { key_info: key.into() })
    }
}
