//! Decrypting what encrypt-data made, or the private half of a data key pair. The key is named
//! inside, except for asymmetric ones.

use dialect::constraint::Member;
use dialect::wire::{Blob, decode};
use dialect::{Call, Operation};
use import_engine::{Decrypted, EncryptionAlgorithm, KeyId, KeyOperation};
use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

use super::encrypt_data::{algorithm, refuse_sha1};
use crate::ciphertext::Frame;
use crate::codes::Code;
use crate::context::Binding;
use crate::errors::Refusal;
use crate::shapes::{AAD, CIPHER_TEXT, CONTEXT, KEY_ID_HEX, SEQUENCE, WORD};

pub(super) struct DecryptData;

#[derive(Deserialize)]
pub(super) struct Input {
    cipher_text: String,
    encryption_algorithm: Option<String>,
    key_id: Option<String>,
    #[serde(flatten)]
    binding: Binding,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    #[serde(serialize_with = "as_text")]
    plain_text: Blob,
    plain_text_base64: Blob,
}

impl Operation for DecryptData {
    const NAME: &'static str = "decrypt-data";
    const INPUT: &'static [Member] = &[
        Member::required("cipher_text", &CIPHER_TEXT),
        Member::optional("encryption_algorithm", &WORD),
        Member::optional("key_id", &KEY_ID_HEX),
        Member::optional("additional_authenticated_data", &AAD),
        Member::optional("encryption_context", &CONTEXT),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let algorithm = algorithm(input.encryption_algorithm.as_deref())?;
        let bytes = decode(&input.cipher_text).ok_or(Code::InvalidCiphertext)?;
        let key_id = input.key_id.map(KeyId::from);
        let bound = input.binding.checked()?;
        let Decrypted { key, plaintext } = if algorithm == EncryptionAlgorithm::Symmetric {
            let (kind, frame) = Frame::parse_data(bytes.expose()).ok_or(Code::InvalidCiphertext)?;
            // Unverified: a key id that is not asked for here, but contradicts.
            if key_id.is_some_and(|key_id| key_id != frame.ciphertext.key) {
                return Err(Code::InvalidCiphertext.into());
            }
            let context = bound.context(kind, frame.length);
            let mut decrypted = call.engine.decrypt(&call.scope, &frame.ciphertext, &context).await?;
            decrypted.plaintext.truncate(usize::from(frame.length));
            decrypted
        } else {
            let key_id = key_id.ok_or(Code::Missing)?;
            if !bound.is_empty() {
                return Err(Refusal::Parameter("additional_authenticated_data"));
            }
            refuse_sha1(call, &key_id, algorithm, KeyOperation::Decrypt).await?;
            let block = bytes.expose().to_vec();
            call.engine.decrypt_asymmetric(&call.scope, &key_id, algorithm, block).await?
        };
        Ok(Output { key_id: key.id.0, plain_text: plaintext.clone().into(), plain_text_base64: plaintext.into() })
    }
}

/// Bytes that are no text (encrypted by others, with the public key) are shown as well as it goes;
/// the base64 beside them is exact.
fn as_text<S: Serializer>(plaintext: &Blob, serializer: S) -> Result<S::Ok, S::Error> {
    match std::str::from_utf8(plaintext.bytes()) {
        Ok(text) => serializer.serialize_str(text),
        Err(_) => serializer.serialize_str(&Zeroizing::new(String::from_utf8_lossy(plaintext.bytes()).into_owned())),
    }
}
