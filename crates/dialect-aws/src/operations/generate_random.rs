//! `GenerateRandom`.

use dialect::attestation::hand_over;
use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{ConnectionState, KeyStoreKind};
use serde::{Deserialize, Serialize};

use super::recipient::{RecipientInfo, attested, measurements};
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
    recipient: Option<RecipientInfo>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext: Option<Blob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_for_recipient: Option<Blob>,
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
        let recipient = attested(call, input.recipient).await?;
        let access = Access::to(Self::NAME).with_measurements(measurements(recipient.as_ref()));
        authorization::on_account(call, &access).await?;
        let Some(length) = input.number_of_bytes else {
            return Err(Refusal::Validation("NumberOfBytes is required.".to_owned()));
        };
        if let Some(id) = input.custom_key_store_id {
            let store = call.engine.key_store(&call.scope, &id).await?;
            if store.kind != KeyStoreKind::Module {
                // Unverified: the text.
                return Err(Refusal::Unsupported(
                    "GenerateRandom is not supported for external key stores.".to_owned(),
                ));
            }
            store.require(&[ConnectionState::Connected])?;
        }
        let handed = hand_over(&call.engine, recipient, call.engine.random(length)?).await?;
        Ok(Output { plaintext: handed.open, ciphertext_for_recipient: handed.sealed })
    }
}
