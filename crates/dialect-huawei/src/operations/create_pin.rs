//! A PIN for a key store of the fourth level of compliance. There are none here, and what a PIN
//! would be good for is not told, so none is made.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::codes::Code;
use crate::errors::Refusal;
use crate::shapes::{PIN_TYPE, WORD};

pub(super) struct CreatePin;

#[derive(Deserialize)]
pub(super) struct Input {
    pin_type: Option<String>,
    keystore_id: Option<String>,
}

impl Operation for CreatePin {
    const NAME: &'static str = "create-pin";
    const INPUT: &'static [Member] = &[Member::optional("pin_type", &PIN_TYPE), Member::optional("keystore_id", &WORD)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(_: &Call, input: Input) -> Result<(), Refusal> {
        // A PIN that comes encrypted does so under a key of the store.
        let is_plain = input.pin_type.as_deref() == Some("PlainText");
        if !is_plain && input.keystore_id.is_none() {
            return Err(Code::Missing.into());
        }
        Err(Code::NoKeystore.into())
    }
}
