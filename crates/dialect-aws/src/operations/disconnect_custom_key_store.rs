//! `DisconnectCustomKeyStore`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use super::checks::Nothing;
use crate::authorization::{self, Access};
use crate::circumstances::Circumstances;
use crate::errors::Refusal;
use crate::shapes;

/// Begins to disconnect a custom key store. Its keys are unavailable at once.
pub(crate) struct DisconnectCustomKeyStore;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    custom_key_store_id: String,
}

impl Operation for DisconnectCustomKeyStore {
    const NAME: &'static str = "DisconnectCustomKeyStore";
    const INPUT: &'static [Member] = &[Member::required("CustomKeyStoreId", &shapes::CUSTOM_KEY_STORE_ID)];
    type Input = Input;
    type Output = Nothing;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Nothing, Refusal> {
        authorization::on_account(call, &Access::to(Self::NAME)).await?;
        let settling = call.settings::<Circumstances>()?.settings.key_stores.settling_seconds;
        call.engine.disconnect_key_store(&call.scope, &input.custom_key_store_id, settling.into()).await?;
        Ok(Nothing {})
    }
}
