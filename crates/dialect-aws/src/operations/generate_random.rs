//! `GenerateRandom`.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::checks;
use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::shapes;

/// Makes random bytes.
pub(crate) struct GenerateRandom;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    number_of_bytes: Option<usize>,
    custom_key_store_id: Option<String>,
    recipient: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    plaintext: Blob,
}

impl Operation for GenerateRandom {
    const NAME: &'static str = "GenerateRandom";
    const INPUT: &'static [Member] = &[
        Member::optional("NumberOfBytes", &shapes::NUMBER_OF_BYTES),
        Member::optional("CustomKeyStoreId", &shapes::CUSTOM_KEY_STORE_ID),
        Member::optional("Recipient", &shapes::RECIPIENT_INFO),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        authorization::on_account(call, &Access::to(Self::NAME)).await?;
        let Some(length) = input.number_of_bytes else {
            return Err(Refusal::Validation("NumberOfBytes is required.".to_owned()));
        };
        if let Some(id) = input.custom_key_store_id {
            // There are none.
            return Err(import_engine::Error::KeyStoreNotFound(id).into());
        }
        checks::recipient(input.recipient.as_ref())?;
        Ok(Output { plaintext: call.engine.random(length)?.into() })
    }
}
