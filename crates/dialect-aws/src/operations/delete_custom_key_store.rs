//! `DeleteCustomKeyStore`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use super::checks::Nothing;
use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::shapes;

/// Removes a custom key store that is disconnected and has no keys.
pub(crate) struct DeleteCustomKeyStore;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    custom_key_store_id: String,
}

impl Operation for DeleteCustomKeyStore {
    const NAME: &'static str = "DeleteCustomKeyStore";
    const INPUT: &'static [Member] = &[Member::required("CustomKeyStoreId", &shapes::CUSTOM_KEY_STORE_ID)];
    type Input = Input;
    type Output = Nothing;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Nothing, Refusal> {
        authorization::on_account(call, &Access::to(Self::NAME)).await?;
        call.engine.delete_key_store(&call.scope, &input.custom_key_store_id).await?;
        Ok(Nothing {})
    }
}
