//! Checking a message authentication code. A wrong one is an answer, not an error; unlike with
//! signatures the answer is a JSON boolean.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use super::generate_mac::message;
use crate::aliases;
use crate::errors::Refusal;
use crate::names::mac_algorithm;
use crate::shapes::{KEY_NAME, MAC, MESSAGE, WORD};
use crate::texts::unhex;

pub(super) struct VerifyMac;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    mac_algorithm: String,
    message: String,
    mac: String,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    mac_algorithm: String,
    mac_valid: bool,
}

impl Operation for VerifyMac {
    const NAME: &'static str = "verify-mac";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_NAME),
        Member::required("mac_algorithm", &WORD),
        Member::required("message", &MESSAGE),
        Member::required("mac", &MAC),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let algorithm = mac_algorithm(&input.mac_algorithm).ok_or(Refusal::Parameter("mac_algorithm"))?;
        let message = message(&input.message)?;
        let mac = unhex(&input.mac).ok_or(Refusal::Parameter("mac"))?;
        let key_id = aliases::resolve(call, input.key_id).await?;
        let checked = call.engine.verify_mac(&call.scope, &key_id, algorithm, message.expose(), mac.expose()).await?;
        Ok(Output { key_id: checked.key.id.0, mac_algorithm: input.mac_algorithm, mac_valid: checked.valid })
    }
}
