//! Describing a dedicated key store. What is shown does not tell whether it is enabled.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::keystores::{Keystore, KeystoreDetails};
use crate::shapes::OPERATE_KEYSTORE;

pub(super) struct ShowKeystore;

#[derive(Deserialize)]
pub(super) struct Input {
    keystore_id: String,
}

impl Operation for ShowKeystore {
    const NAME: &'static str = "show-keystore";
    const INPUT: &'static [Member] = OPERATE_KEYSTORE;
    type Input = Input;
    type Output = Keystore<KeystoreDetails>;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let store = call.engine.key_store(&call.scope, &input.keystore_id).await?;
        Ok(Keystore { keystore: store.try_into()? })
    }
}
