//! EncryptByWhiteBox.

use dialect::constraint::Member;
use dialect::wire::{Blob, decode};
use dialect::{Call, Operation, SecretText};
use import_engine::primitives::CBC_BLOCK_LENGTH;
use serde::{Deserialize, Serialize};

use super::encrypt::PLAINTEXT_MAX;
use crate::errors::Refusal;
use crate::operations::key_id;
use crate::shapes::{SECRET, STRING};
use crate::white_box::{Act, bytes, find};

/// Encrypts up to 4096 bytes for the devices that have the other half of a white-box key.
pub(crate) struct EncryptByWhiteBox;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    plain_text: SecretText,
    initialization_vector: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    initialization_vector: Blob,
    cipher_text: Blob,
}

impl Operation for EncryptByWhiteBox {
    const NAME: &'static str = "EncryptByWhiteBox";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &STRING),
        Member::required("PlainText", &SECRET),
        Member::optional("InitializationVector", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        // Unverified: that an empty plaintext is one; padded, it makes a block like any other.
        let plaintext = input
            .plain_text
            .decode()
            .filter(|plaintext| plaintext.len() <= PLAINTEXT_MAX)
            .ok_or(Refusal::OutOfBounds("PlainText"))?;
        let initialization_vector = initialization_vector(input.initialization_vector.as_deref())?;
        let (record, key) = find(call, &id).await?;
        Act::Encrypt.require(key.status)?;
        let bytes = bytes(call, &record).await?;
        let made = call.engine.encrypt_cbc(key.algorithm.cipher(), &bytes, initialization_vector, &plaintext)?;
        Ok(Output { initialization_vector: made.initialization_vector.to_vec().into(), cipher_text: made.body.into() })
    }
}

/// The 16 bytes that a caller has chosen.
// Unverified: that an empty text is none.
fn initialization_vector(text: Option<&str>) -> Result<Option<[u8; CBC_BLOCK_LENGTH]>, Refusal> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let bytes = decode(text).and_then(|bytes| bytes.expose().try_into().ok());
    bytes.map(Some).ok_or(Refusal::OutOfBounds("InitializationVector"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::wire::encode;

    #[test]
    fn a_vector_has_sixteen_bytes_or_is_not_there() {
        for none in [None, Some("")] {
            assert_eq!(initialization_vector(none), Ok(None));
        }
        assert_eq!(initialization_vector(Some(&encode(&[7; 16]))), Ok(Some([7; 16])));
        for bad in ["x", "AAA", "=", &encode(&[7; 15]), &encode(&[7; 17]), &encode(&[7; 4096])] {
            assert_eq!(initialization_vector(Some(bad)), Err(Refusal::OutOfBounds("InitializationVector")), "{bad}");
        }
    }
}
