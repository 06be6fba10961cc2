//! The layout of a CiphertextBlob of PostQuantumCryptoEncrypt, in the [frame](crate::frame) of them all.
//!
//! | part | bytes | content |
//! |---|---|---|
//! | 1 | 64 | name of the material (32), nonce (12), length (4), tag (16) |
//! | 2 | 16 | the key's UUID |
//! | 3 | 4 + 1568 + padded length | check value (4); ciphertext of ML-KEM-1024 (1568); AES-256-GCM ciphertext, padded |
// Unverified: that the vendor's have this form too.

use import_engine::primitives::EncapsulatedData;
use import_engine::{EncapsulatedCiphertext, Error, MaterialId};

use crate::frame::{Frame, TAG, length, unpadded, without_tag};

/// Bytes that ML-KEM-1024 makes of a secret.
const ENCAPSULATED: usize = 1568;

/// A ciphertext as text.
///
/// # Errors
/// [`Error::Internal`] if the engine's parts do not have the lengths they always have.
pub(crate) fn encode(ciphertext: &EncapsulatedCiphertext) -> Result<String, Error> {
    let data = &ciphertext.data;
    if data.encapsulated.len() != ENCAPSULATED {
        return Err(Error::internal("an encapsulated secret of unfit length"));
    }
    let material = hex::decode(&ciphertext.material.0).map_err(Error::internal)?;
    let (body, tag) = without_tag(&data.body)?;
    let head: [&[u8]; 4] = [&material, &data.nonce, &length(body)?, tag];
    Frame::new(&head, &ciphertext.key, &[&data.encapsulated], body)?.to_text()
}

/// The ciphertext that text stands for; `None` for anything that [`encode`] does not write.
pub(crate) fn decode(text: &str) -> Option<EncapsulatedCiphertext> {
    let Frame { head, key, rest } = Frame::of(text)?;
    let (material, others) = head.split_first_chunk::<32>()?;
    let (nonce, others) = others.split_first_chunk::<12>()?;
    let (length, others) = others.split_first_chunk::<4>()?;
    let tag: &[u8; TAG] = others.try_into().ok()?;
    let (encapsulated, others) = rest.split_at_checked(ENCAPSULATED)?;
    let body = unpadded(others, *length)?;
    let data = EncapsulatedData { encapsulated: encapsulated.to_vec(), nonce: *nonce, body: [body, tag].concat() };
    Some(EncapsulatedCiphertext { key, material: MaterialId(hex::encode(material)), data })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn sample(length: usize) -> EncapsulatedCiphertext {
        EncapsulatedCiphertext {
            key: "23e80852-1e38-11e9-b129-5cb9019b4b01".into(),
            material: MaterialId("ab".repeat(32)),
            data: EncapsulatedData { encapsulated: vec![3; ENCAPSULATED], nonce: [4; 12], body: vec![5; length + TAG] },
        }
    }

    #[test]
    fn comes_back() {
        for length in (0..40).chain([1024, 4096]) {
            let blob = encode(&sample(length)).unwrap();
            assert_eq!(decode(&blob).as_ref(), Some(&sample(length)), "{length}");
            let sizes: Vec<_> = blob.split("-k-").map(|part| STANDARD.decode(part).unwrap().len()).collect();
            assert_eq!(sizes, [64, 16, 4 + ENCAPSULATED + (length / 16 + 1) * 16]);
        }
    }

    #[test]
    fn nothing_else_is_a_blob() {
        let blob = encode(&sample(20)).unwrap();
        for position in (0..blob.len()).step_by(5) {
            assert_eq!(decode(&blob[..position]), None, "{position}");
            let mut damaged = blob.clone().into_bytes();
            damaged[position] = if damaged[position] == b'A' { b'B' } else { b'A' };
            assert_eq!(decode(std::str::from_utf8(&damaged).unwrap()), None, "{position}");
        }
        for bad in ["", "-k-", "-k--k-", &format!("{blob}-k-"), &format!("{blob}A"), &blob.replace("-k-", "")] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        let other = EncapsulatedCiphertext {
            data: EncapsulatedData { encapsulated: vec![3; 1088], ..sample(5).data },
            ..sample(5)
        };
        assert!(encode(&other).is_err());
    }
}
