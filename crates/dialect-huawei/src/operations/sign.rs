//! Signing a message or, by default, its digest.
//!
//! Unverified: that PSS salts are as long as the hash, and that signatures of curves are DER.

use dialect::constraint::Member;
use dialect::wire::{Blob, decode};
use dialect::{Call, Operation};
use import_engine::primitives::sha512;
use import_engine::{MessageForm, SigningAlgorithm};
use serde::{Deserialize, Serialize};

use crate::aliases;
use crate::errors::Refusal;
use crate::names::signing_algorithm;
use crate::shapes::{KEY_NAME_HEX, MESSAGE, MESSAGE_TYPE, SEQUENCE, WORD};

/// A message must be shorter than this, in bytes.
const MESSAGE_END: usize = 4096;

pub(super) struct Sign;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    message: String,
    signing_algorithm: String,
    message_type: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    signature: Blob,
}

impl Operation for Sign {
    const NAME: &'static str = "sign";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_NAME_HEX),
        Member::required("message", &MESSAGE),
        Member::required("signing_algorithm", &WORD),
        Member::optional("message_type", &MESSAGE_TYPE),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let message = message(&input.message)?;
        let algorithm = signing_algorithm(&input.signing_algorithm).ok_or(Refusal::Parameter("signing_algorithm"))?;
        let (form, message) = formed(input.message_type.as_deref(), algorithm, message);
        let key_id = aliases::resolve(call, input.key_id).await?;
        let signed = call.engine.sign(&call.scope, &key_id, algorithm, form, message).await?;
        Ok(Output { key_id: signed.key.id.0, signature: signed.signature.into() })
    }
}

/// The bytes of a message that is to be signed or was.
pub(super) fn message(text: &str) -> Result<Vec<u8>, Refusal> {
    match decode(text) {
        Some(message) if message.len() < MESSAGE_END => Ok(message.expose().to_vec()),
        _ => Err(Refusal::Parameter("message")),
    }
}

/// What the message is. The table lets only two words through.
///
/// Unverified: what a digest is to Ed25519ph. It is taken for the digest that the algorithm itself
/// makes, so that the signature is the standard's for the message, as it is if the message is sent.
pub(super) fn formed(word: Option<&str>, algorithm: SigningAlgorithm, message: Vec<u8>) -> (MessageForm, Vec<u8>) {
    match (word == Some("RAW"), algorithm == SigningAlgorithm::Ed25519ph) {
        (true, true) => (MessageForm::Prehashed, sha512(&message).to_vec()),
        (false, true) => (MessageForm::Prehashed, message),
        (true, false) => (MessageForm::Raw, message),
        (false, false) => (MessageForm::Digest, message),
    }
}
