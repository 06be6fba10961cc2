//! Making a message authentication code. It goes as lower-case hex.

use dialect::constraint::Member;
use dialect::wire::decode;
use dialect::{Call, Operation};
use import_engine::Material;
use serde::{Deserialize, Serialize};

use crate::aliases;
use crate::errors::Refusal;
use crate::names::mac_algorithm;
use crate::shapes::{KEY_NAME, MESSAGE, WORD};

/// The most bytes of a message.
const MESSAGE_MAX: usize = 4096;

pub(super) struct GenerateMac;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    mac_algorithm: String,
    message: String,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    mac_algorithm: String,
    mac: String,
}

impl Operation for GenerateMac {
    const NAME: &'static str = "generate-mac";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_NAME),
        Member::required("mac_algorithm", &WORD),
        Member::required("message", &MESSAGE),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let algorithm = mac_algorithm(&input.mac_algorithm).ok_or(Refusal::Parameter("mac_algorithm"))?;
        let message = message(&input.message)?;
        let key_id = aliases::resolve(call, input.key_id).await?;
        let made = call.engine.generate_mac(&call.scope, &key_id, algorithm, message.expose()).await?;
        Ok(Output { key_id: made.key.id.0, mac_algorithm: input.mac_algorithm, mac: hex::encode(made.signature) })
    }
}

/// The bytes of a message that gets a MAC or has one.
pub(super) fn message(text: &str) -> Result<Material, Refusal> {
    decode(text).filter(|message| message.len() <= MESSAGE_MAX).ok_or(Refusal::Parameter("message"))
}
