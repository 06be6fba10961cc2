//! A new data key, sealed only.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Serialize;

use super::create_datakey;
use crate::errors::Refusal;
use crate::texts::UpperHex;

pub(super) struct CreateDatakeyWithoutPlaintext;

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    cipher_text: UpperHex,
}

impl Operation for CreateDatakeyWithoutPlaintext {
    const NAME: &'static str = "create-datakey-without-plaintext";
    const INPUT: &'static [Member] = create_datakey::INPUT;
    type Input = create_datakey::Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Self::Input) -> Result<Output, Refusal> {
        let made = create_datakey::make(call, input).await?;
        Ok(Output { key_id: made.key_id, cipher_text: made.sealed.into() })
    }
}
