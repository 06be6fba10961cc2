//! Enabling a dedicated key store, so that its keys are of use.
//!
//! Unverified: that enabling an enabled one changes nothing and is no error.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::keystores::{Keystore, KeystoreState};
use crate::shapes::OPERATE_KEYSTORE;

pub(super) struct EnableKeystore;

#[derive(Deserialize)]
pub(super) struct Input {
    keystore_id: String,
}

impl Operation for EnableKeystore {
    const NAME: &'static str = "enable-keystore";
    const INPUT: &'static [Member] = OPERATE_KEYSTORE;
    type Input = Input;
    type Output = Keystore<KeystoreState>;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let store = call.engine.connect_key_store(&call.scope, &input.keystore_id, None, 0).await?;
        Ok(Keystore { keystore: store.into() })
    }
}
