//! Sealing a data key that the caller has. The digest of the data key comes right behind it.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use import_engine::primitives::{sha256, sm3};
use import_engine::{
    Ciphertext, EncryptionAlgorithm, Error, KeyFamily, KeyOperation, KeySpec, KeyUsage, Material, constant_time_eq,
};
use serde::{Deserialize, Serialize};

use super::create_datakey::seal_under_rsa;
use crate::aliases;
use crate::ciphertext::{Frame, Kind};
use crate::codes::Code;
use crate::context::Binding;
use crate::errors::Refusal;
use crate::shapes::{AAD, CONTEXT, DATA_KEY_BYTES, KEY_NAME, PLAIN_DATA_KEY, SEQUENCE};
use crate::texts::{UpperHex, unhex};
use dialect::SecretText;

/// Bytes of the digest behind a data key.
const DIGEST: usize = 32;

pub(super) struct EncryptDatakey;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    plain_text: SecretText,
    datakey_plain_length: Numeric,
    #[serde(flatten)]
    binding: Binding,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    cipher_text: UpperHex,
    datakey_length: String,
}

impl Operation for EncryptDatakey {
    const NAME: &'static str = "encrypt-datakey";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_NAME),
        Member::required("plain_text", &PLAIN_DATA_KEY),
        Member::required("datakey_plain_length", &DATA_KEY_BYTES),
        Member::optional("additional_authenticated_data", &AAD),
        Member::optional("encryption_context", &CONTEXT),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let mut data_key = unhex(input.plain_text.expose()).ok_or(Code::InvalidPlaintext)?;
        let length = usize::try_from(input.datakey_plain_length.0).map_err(|_| Code::PlainLength)?;
        if data_key.len() != length + DIGEST {
            return Err(Code::PlainLengthDiffers.into());
        }
        let bound = input.binding.checked()?;
        let key_id = aliases::resolve(call, input.key_id).await?;
        let key = call
            .engine
            .permitted(&call.scope, &key_id, KeyOperation::GenerateDataKey, KeyUsage::EncryptDecrypt)
            .await?;
        let sent = Material::copy_of(data_key.expose().get(length..).unwrap_or_default());
        data_key.truncate(length);
        if !constant_time_eq(&digest(key.spec, &data_key)?, sent.expose()) {
            return Err(Code::PlainDigest.into());
        }
        let cipher_text = match (key.spec.family(), key.spec.rsa_bits()) {
            (KeyFamily::Symmetric, _) => {
                let framed_length = u16::try_from(length).map_err(Error::internal)?;
                let context = bound.context(Kind::DataKey, framed_length);
                let sealed = call
                    .engine
                    .encrypt(&call.scope, &key_id, EncryptionAlgorithm::Symmetric, data_key, &context)
                    .await?;
                match sealed.ciphertext {
                    Ciphertext::Symmetric(ciphertext) => {
                        Frame { length: framed_length, ciphertext }.to_bytes(Kind::DataKey)?
                    }
                    Ciphertext::Asymmetric(_) => return Err(Code::Asymmetric.into()),
                }
            }
            (_, Some(_)) => seal_under_rsa(call, &key_id, data_key, &bound).await?,
            (_, None) => return Err(Code::Asymmetric.into()),
        };
        Ok(Output { key_id: key_id.0, cipher_text: cipher_text.into(), datakey_length: length.to_string() })
    }
}

/// The digest that goes with a data key: SM3 under SM4, SHA-256 under everything else.
pub(super) fn digest(spec: KeySpec, data_key: &Material) -> Result<[u8; DIGEST], Error> {
    if spec == KeySpec::Sm4 { sm3(data_key.expose()) } else { Ok(sha256(data_key.expose())) }
}
