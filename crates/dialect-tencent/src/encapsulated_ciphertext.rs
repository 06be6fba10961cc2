//! The layout of a CiphertextBlob of PostQuantumCryptoEncrypt.
//!
//! Three parts in base64 with `-k-` between them, as those of symmetric keys ([`ciphertext`](crate::ciphertext)), so that
//! clients which take a blob for base64 fail here as they would with any other:
//!
//! | part | bytes | content |
//! |---|---|---|
//! | 1 | 64 | name of the material (32), nonce (12), length (4), tag (16) |
//! | 2 | 16 | the key's UUID |
//! | 3 | 4 + 1568 + padded length | check value (4); ciphertext of ML-KEM-1024 (1568); AES-256-GCM ciphertext, padded to a multiple of 16 with at least one byte |
// Unverified: that the vendor's have this form too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use import_engine::primitives::EncapsulatedData;
use import_engine::{EncapsulatedCiphertext, Error, MaterialId};

use crate::ciphertext::{CHECK, SEPARATOR, TAG, check_value, key_id, padded};

/// Bytes that ML-KEM-1024 makes of a secret.
const ENCAPSULATED: usize = 1568;

/// A ciphertext as text.
///
/// # Errors
/// [`Error::Internal`] if the engine's parts do not have the lengths they always have.
pub(crate) fn encode(ciphertext: &EncapsulatedCiphertext) -> Result<String, Error> {
    let unfit = || Error::internal("a ciphertext of unfit parts");
    let data = &ciphertext.data;
    let material = hex::decode(&ciphertext.material.0).map_err(Error::internal)?;
    let key = hex::decode(ciphertext.key.as_str().replace('-', "")).map_err(Error::internal)?;
    let (body, tag) =
        data.body.len().checked_sub(TAG).and_then(|at| data.body.split_at_checked(at)).ok_or_else(unfit)?;
    let length = u32::try_from(body.len()).map_err(Error::internal)?.to_be_bytes();
    let head = [&material[..], &data.nonce, &length, tag].concat();
    if head.len() != 64 || key.len() != 16 || data.encapsulated.len() != ENCAPSULATED {
        return Err(unfit());
    }
    let mut rest = [&data.encapsulated[..], body].concat();
    rest.resize(ENCAPSULATED + padded(body.len()), 0);
    let check = check_value(&head, &key, &rest);
    Ok([STANDARD.encode(&head), STANDARD.encode(&key), STANDARD.encode([&check[..], &rest].concat())].join(SEPARATOR))
}

/// The ciphertext that text stands for; `None` for anything that [`encode`] does not write.
pub(crate) fn decode(text: &str) -> Option<EncapsulatedCiphertext> {
    let mut parts = text.split(SEPARATOR);
    let head = STANDARD.decode(parts.next()?).ok()?;
    let key = STANDARD.decode(parts.next()?).ok()?;
    let tail = STANDARD.decode(parts.next()?).ok()?;
    if parts.next().is_some() {
        return None;
    }
    let (material, others) = head.split_first_chunk::<32>()?;
    let (nonce, others) = others.split_first_chunk::<12>()?;
    let (length, others) = others.split_first_chunk::<4>()?;
    let tag: &[u8; TAG] = others.try_into().ok()?;
    let key: [u8; 16] = key.try_into().ok()?;
    let (check, rest) = tail.split_first_chunk::<CHECK>()?;
    if *check != check_value(&head, &key, rest) {
        return None;
    }
    let (encapsulated, others) = rest.split_at_checked(ENCAPSULATED)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (body, padding) = others.split_at_checked(length)?;
    if others.len() != padded(length) || padding.iter().any(|byte| *byte != 0) {
        return None;
    }
    let data = EncapsulatedData { encapsulated: encapsulated.to_vec(), nonce: *nonce, body: [body, tag].concat() };
    Some(EncapsulatedCiphertext { key: key_id(&key), material: MaterialId(hex::encode(material)), data })
}

#[cfg(test)]
mod tests {
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
            assert_eq!(sizes, [64, 16, 4 + ENCAPSULATED + padded(length)]);
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
