//! The layout of a CiphertextBlob of Encrypt and its like, in the [frame](crate::frame) of them all.
//! The sizes are the vendor's too.
//!
//! | part | bytes | content |
//! |---|---|---|
//! | 1 | 64 | name of the material (32), salt (16), tag (16) |
//! | 2 | 16 | the key's UUID |
//! | 3 | 4 + 16 + padded length | check value (4); nonce (12) and length (4); ciphertext, padded |

use import_engine::{Error, MaterialId, SymmetricCiphertext};

use crate::frame::{Frame, TAG, length, unpadded, without_tag};

/// A ciphertext as text.
///
/// # Errors
/// [`Error::Internal`] if the engine's parts do not have the lengths they always have.
pub(crate) fn encode(ciphertext: &SymmetricCiphertext) -> Result<String, Error> {
    let material = hex::decode(&ciphertext.material.0).map_err(Error::internal)?;
    let (body, tag) = without_tag(&ciphertext.body)?;
    let head: [&[u8]; 3] = [&material, &ciphertext.salt, tag];
    Frame::new(&head, &ciphertext.key, &[&ciphertext.nonce, &length(body)?], body)?.to_text()
}

/// The ciphertext that text stands for; `None` for anything that [`encode`] does not write.
pub(crate) fn decode(text: &str) -> Option<SymmetricCiphertext> {
    let Frame { head, key, rest } = Frame::of(text)?;
    let (material, others) = head.split_first_chunk::<32>()?;
    let (salt, others) = others.split_first_chunk::<16>()?;
    let tag: &[u8; TAG] = others.try_into().ok()?;
    let (nonce, others) = rest.split_first_chunk::<12>()?;
    let (length, others) = others.split_first_chunk::<4>()?;
    let body = unpadded(others, *length)?;
    Some(SymmetricCiphertext {
        key,
        material: MaterialId(hex::encode(material)),
        salt: *salt,
        nonce: *nonce,
        body: [body, tag].concat(),
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn sample(length: usize) -> SymmetricCiphertext {
        SymmetricCiphertext {
            key: "23e80852-1e38-11e9-b129-5cb9019b4b01".into(),
            material: MaterialId("ab".repeat(32)),
            salt: [3; 16],
            nonce: [4; 12],
            body: vec![5; length + TAG],
        }
    }

    #[test]
    fn comes_back() {
        for length in (0..70).chain([1024, 4096]) {
            assert_eq!(decode(&encode(&sample(length)).unwrap()).as_ref(), Some(&sample(length)), "{length}");
        }
    }

    #[test]
    fn parts_have_the_vendors_sizes() {
        for (length, last) in [(5, 36), (16, 52), (32, 68)] {
            let blob = encode(&sample(length)).unwrap();
            let sizes: Vec<_> = blob.split("-k-").map(|part| STANDARD.decode(part).unwrap().len()).collect();
            assert_eq!(sizes, [64, 16, last]);
            assert!(STANDARD.decode(&blob).is_err());
        }
    }

    #[test]
    fn nothing_else_is_a_blob() {
        let blob = encode(&sample(20)).unwrap();
        for end in 0..blob.len() {
            assert_eq!(decode(&blob[..end]), None, "{end}");
        }
        for position in 0..blob.len() {
            let mut damaged = blob.clone().into_bytes();
            damaged[position] = if damaged[position] == b'A' { b'B' } else { b'A' };
            assert_eq!(decode(std::str::from_utf8(&damaged).unwrap()), None, "{position}");
        }
        for bad in ["", "-k-", "-k--k-", &format!("{blob}-k-"), &format!("{blob}A"), &blob.replace("-k-", "")] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
