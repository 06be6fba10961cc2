//! The layout of a CiphertextBlob.
//!
//! Three parts in base64 with `-k-` between them, so that the whole is *not* base64, just as the
//! vendor's blobs are not. Their sizes are the vendor's too:
//!
//! | part | bytes | content |
//! |---|---|---|
//! | 1 | 64 | name of the material (32), salt (16), tag (16) |
//! | 2 | 16 | the key's UUID, so that it is constant per key |
//! | 3 | 4 + 16 + padded length | check value (4); nonce (12) and length (4); ciphertext, padded to a multiple of 16 with at least one byte |
//!
//! The check value is the beginning of a hash over all the rest. It keeps damage to the UUID from
//! looking like a key that does not exist; what protects the content is the tag.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dialect::signature::sha256_hex;
use import_engine::{Error, KeyId, MaterialId, SymmetricCiphertext};

pub(crate) const SEPARATOR: &str = "-k-";
const BLOCK: usize = 16;
pub(crate) const TAG: usize = 16;
pub(crate) const CHECK: usize = 4;

/// A ciphertext as text.
///
/// # Errors
/// [`Error::Internal`] if the engine's parts do not have the lengths they always have.
pub(crate) fn encode(ciphertext: &SymmetricCiphertext) -> Result<String, Error> {
    let unfit = || Error::internal("a ciphertext of unfit parts");
    let material = hex::decode(&ciphertext.material.0).map_err(Error::internal)?;
    let (body, tag) =
        ciphertext.body.len().checked_sub(TAG).and_then(|at| ciphertext.body.split_at_checked(at)).ok_or_else(unfit)?;
    let head = [&material[..], &ciphertext.salt, tag].concat();
    let key = hex::decode(ciphertext.key.as_str().replace('-', "")).map_err(Error::internal)?;
    if head.len() != 64 || key.len() != 16 {
        return Err(unfit());
    }
    let length = u32::try_from(body.len()).map_err(Error::internal)?.to_be_bytes();
    let mut rest = [&ciphertext.nonce[..], &length, body].concat();
    rest.resize(BLOCK + padded(body.len()), 0);
    let check = check_value(&head, &key, &rest);
    Ok([STANDARD.encode(&head), STANDARD.encode(&key), STANDARD.encode([&check[..], &rest].concat())].join(SEPARATOR))
}

/// The ciphertext that text stands for; `None` for anything that [`encode`] does not write.
pub(crate) fn decode(text: &str) -> Option<SymmetricCiphertext> {
    let mut parts = text.split(SEPARATOR);
    let head = STANDARD.decode(parts.next()?).ok()?;
    let key = STANDARD.decode(parts.next()?).ok()?;
    let tail = STANDARD.decode(parts.next()?).ok()?;
    if parts.next().is_some() {
        return None;
    }
    let (material, others) = head.split_first_chunk::<32>()?;
    let (salt, others) = others.split_first_chunk::<16>()?;
    let tag: &[u8; TAG] = others.try_into().ok()?;
    let key: [u8; 16] = key.try_into().ok()?;
    let (check, rest) = tail.split_first_chunk::<CHECK>()?;
    if *check != check_value(&head, &key, rest) {
        return None;
    }
    let (nonce, others) = rest.split_first_chunk::<12>()?;
    let (length, others) = others.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (body, padding) = others.split_at_checked(length)?;
    if others.len() != padded(length) || padding.iter().any(|byte| *byte != 0) {
        return None;
    }
    Some(SymmetricCiphertext {
        key: key_id(&key),
        material: MaterialId(hex::encode(material)),
        salt: *salt,
        nonce: *nonce,
        body: [body, tag].concat(),
    })
}

/// The next multiple of a block that leaves room for at least one byte.
pub(crate) const fn padded(length: usize) -> usize {
    (length / BLOCK + 1) * BLOCK
}

/// The beginning of a hash over everything else in a blob.
pub(crate) fn check_value(head: &[u8], key: &[u8], rest: &[u8]) -> [u8; CHECK] {
    let digest = sha256_hex(&[head, key, rest].concat());
    let mut check = [0; CHECK];
    // Eight hex digits are four bytes.
    let _ = hex::decode_to_slice(digest.get(..CHECK * 2).unwrap_or_default(), &mut check);
    check
}

/// The UUID that bytes stand for.
pub(crate) fn key_id(bytes: &[u8; 16]) -> KeyId {
    let mut text = hex::encode(bytes);
    for position in [20, 16, 12, 8] {
        text.insert(position, '-');
    }
    KeyId(text)
}

#[cfg(test)]
mod tests {
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
