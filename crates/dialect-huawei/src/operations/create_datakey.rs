//! A new data key, in the clear and sealed. The call without plaintext is the same but for one
//! member of the answer.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use import_engine::{EncryptionAlgorithm, Error, KeyId, Material};
use serde::{Deserialize, Serialize};

use crate::aliases;
use crate::ciphertext::{Frame, Kind};
use crate::codes::Code;
use crate::context::{Binding, Bound};
use crate::errors::Refusal;
use crate::names::data_key_length;
use crate::shapes::{AAD, BITS, CONTEXT, KEY_NAME, SEQUENCE, WORD};
use crate::texts::UpperHex;

/// The most bytes of data key under an RSA key: 1520 bits.
// Unverified: the bound is told without the size of the modulus, so it holds for all.
pub(super) const RSA_MAX: usize = 190;

pub(super) struct CreateDatakey;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    key_spec: Option<String>,
    datakey_length: Option<Numeric>,
    #[serde(flatten)]
    binding: Binding,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    plain_text: UpperHex,
    cipher_text: UpperHex,
}

pub(super) const INPUT: &[Member] = &[
    Member::required("key_id", &KEY_NAME),
    Member::optional("key_spec", &WORD),
    Member::optional("datakey_length", &BITS),
    Member::optional("additional_authenticated_data", &AAD),
    Member::optional("encryption_context", &CONTEXT),
    Member::optional("sequence", &SEQUENCE),
];

impl Operation for CreateDatakey {
    const NAME: &'static str = "create-datakey";
    const INPUT: &'static [Member] = INPUT;
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let made = make(call, input).await?;
        Ok(Output { key_id: made.key_id, plain_text: made.plain.into(), cipher_text: made.sealed.into() })
    }
}

/// A data key.
pub(super) struct Made {
    pub key_id: String,
    pub plain: Material,
    pub sealed: Vec<u8>,
}

/// Makes a data key and seals it.
pub(super) async fn make(call: &Call, input: Input) -> Result<Made, Refusal> {
    let length = length(&input)?;
    let framed_length = u16::try_from(length).map_err(Error::internal)?;
    let bound = input.binding.checked()?;
    let key_id = aliases::resolve(call, input.key_id).await?;
    let context = bound.context(Kind::DataKey, framed_length);
    match call.engine.generate_data_key(&call.scope, &key_id, length, &context).await {
        Ok(made) => {
            let frame = Frame { length: framed_length, ciphertext: made.ciphertext };
            Ok(Made { key_id: made.key.id.0, plain: made.plaintext, sealed: frame.to_bytes(Kind::DataKey)? })
        }
        Err(Error::AlgorithmUnfit { spec, .. }) if spec.rsa_bits().is_some() => {
            let plain = call.engine.random(length)?;
            let sealed = seal_under_rsa(call, &key_id, plain.clone(), &bound).await?;
            Ok(Made { key_id: key_id.0, plain, sealed })
        }
        // Unverified: other encrypting keys.
        Err(Error::AlgorithmUnfit { .. }) => Err(Code::Asymmetric.into()),
        Err(error) => Err(error.into()),
    }
}

/// In bytes. A length in bits wins over a kind; with neither it is 256 bits.
fn length(input: &Input) -> Result<usize, Refusal> {
    let by_spec = match input.key_spec.as_deref() {
        None => 32,
        Some(word) => data_key_length(word).ok_or(Code::DatakeySpec)?,
    };
    let Some(Numeric(bits)) = input.datakey_length else { return Ok(by_spec) };
    let bits = usize::try_from(bits).map_err(|_| Code::DatakeyLength)?;
    if bits % 8 == 0 { Ok(bits / 8) } else { Err(Code::DatakeyLengthBits.into()) }
}

/// A data key under an encrypting RSA key: a plain RSA-OAEP block, without a frame.
pub(super) async fn seal_under_rsa(
    call: &Call,
    key_id: &KeyId,
    data_key: Material,
    bound: &Bound,
) -> Result<Vec<u8>, Refusal> {
    if data_key.len() > RSA_MAX {
        return Err(Code::DatakeyTooLong.into());
    }
    // Unverified: nothing can be bound to an RSA block, so asking for it is refused.
    if !bound.is_empty() {
        return Err(Refusal::Parameter("additional_authenticated_data"));
    }
    let context = bound.context(Kind::DataKey, 0);
    let sealed =
        call.engine.encrypt(&call.scope, key_id, EncryptionAlgorithm::RsaOaepSha256, data_key, &context).await?;
    match sealed.ciphertext {
        import_engine::Ciphertext::Asymmetric(block) => Ok(block),
        import_engine::Ciphertext::Symmetric(_) => {
            Err(Error::internal("an RSA key made a symmetric ciphertext").into())
        }
    }
}
