//! Removing a dedicated key store that is disabled and has no keys.
//!
//! Unverified: that these are the conditions, and the code for each.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::shapes::OPERATE_KEYSTORE;

pub(super) struct DeleteKeystore;

#[derive(Deserialize)]
pub(super) struct Input {
    keystore_id: String,
}

impl Operation for DeleteKeystore {
    const NAME: &'static str = "delete-keystore";
    const INPUT: &'static [Member] = OPERATE_KEYSTORE;
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        Ok(call.engine.delete_key_store(&call.scope, &input.keystore_id).await?)
    }
}
