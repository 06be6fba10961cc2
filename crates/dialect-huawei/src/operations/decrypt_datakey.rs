//! Opening a sealed data key. The member that sounds like the ciphertext's length is the data
//! key's, in bytes.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use import_engine::{EncryptionAlgorithm, KeyFamily, KeyOperation, KeyUsage};
use serde::{Deserialize, Serialize};

use super::encrypt_datakey::digest;
use crate::aliases;
use crate::ciphertext::{Frame, Kind};
use crate::codes::Code;
use crate::context::Binding;
use crate::errors::Refusal;
use crate::shapes::{AAD, CONTEXT, DATA_KEY_BYTES, KEY_NAME, SEALED_DATA_KEY, SEQUENCE};
use crate::texts::{UpperHex, unhex};

pub(super) struct DecryptDatakey;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    cipher_text: String,
    datakey_cipher_length: Numeric,
    #[serde(flatten)]
    binding: Binding,
}

#[derive(Serialize)]
pub(super) struct Output {
    data_key: UpperHex,
    datakey_length: String,
    datakey_dgst: UpperHex,
}

impl Operation for DecryptDatakey {
    const NAME: &'static str = "decrypt-datakey";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_NAME),
        Member::required("cipher_text", &SEALED_DATA_KEY),
        Member::required("datakey_cipher_length", &DATA_KEY_BYTES),
        Member::optional("additional_authenticated_data", &AAD),
        Member::optional("encryption_context", &CONTEXT),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let sealed = unhex(&input.cipher_text).ok_or(Code::InvalidCiphertext)?;
        let bound = input.binding.checked()?;
        let key_id = aliases::resolve(call, input.key_id).await?;
        let frame = Frame::parse(Kind::DataKey, sealed.expose()).filter(|frame| frame.ciphertext.key == key_id);
        let opened = match frame {
            Some(frame) => {
                let context = bound.context(Kind::DataKey, frame.length);
                call.engine.decrypt(&call.scope, &frame.ciphertext, &context).await?
            }
            None => {
                // What is wrong with the key is told before what is wrong with the ciphertext.
                let key = call
                    .engine
                    .permitted(&call.scope, &key_id, KeyOperation::GenerateDataKey, KeyUsage::EncryptDecrypt)
                    .await?;
                match (key.spec.family(), key.spec.rsa_bits()) {
                    (KeyFamily::Private, None) => return Err(Code::Asymmetric.into()),
                    (KeyFamily::Private, Some(_)) if bound.is_empty() => {}
                    _ => return Err(Code::InvalidCiphertext.into()),
                }
                let block = sealed.expose().to_vec();
                call.engine.decrypt_asymmetric(&call.scope, &key_id, EncryptionAlgorithm::RsaOaepSha256, block).await?
            }
        };
        let data_key = opened.plaintext;
        if usize::try_from(input.datakey_cipher_length.0).ok() != Some(data_key.len()) {
            return Err(Code::CipherLengthDiffers.into());
        }
        Ok(Output {
            datakey_length: data_key.len().to_string(),
            datakey_dgst: digest(opened.key.spec, &data_key)?.to_vec().into(),
            data_key: data_key.into(),
        })
    }
}
