//! Disabling a dedicated key store. Its keys are of no use from then on.
//!
//! Unverified: that disabling a disabled one changes nothing and is no error.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::keystores::{Keystore, KeystoreState};
use crate::shapes::OPERATE_KEYSTORE;

pub(super) struct DisableKeystore;

#[derive(Deserialize)]
pub(super) struct Input {
    keystore_id: String,
}

impl Operation for DisableKeystore {
    const NAME: &'static str = "disable-keystore";
    const INPUT: &'static [Member] = OPERATE_KEYSTORE;
    type Input = Input;
    type Output = Keystore<KeystoreState>;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let store = call.engine.key_store(&call.scope, &input.keystore_id).await?;
        if !store.is_connected() {
            return Ok(Keystore { keystore: store.into() });
        }
        let store = call.engine.disconnect_key_store(&call.scope, &input.keystore_id, 0).await?;
        Ok(Keystore { keystore: store.into() })
    }
}
