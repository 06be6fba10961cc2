//! The ciphertext blob of symmetric keys.
//!
//! It begins as AWS's own does and is exactly 152 bytes longer than the plaintext, so that nothing
//! that sizes a column or looks at the first characters (`AQIDAHg`) is surprised:
//!
//! ```text
//! 5   01 02 03 00 78
//! 1   form of the key id: 0 a UUID, 1 mrk-
//! 16  key id
//! 32  material id
//! 16  salt of the message key
//! 12  nonce
//! 54  check: the first bytes of SHA-512 over all of the above
//! n   encrypted bytes
//! 16  tag
//! ```
//!
//! The check makes every damage to the head the same refusal as damage to the body; without it,
//! a changed key id would look like somebody else's key.

use dialect::signature::sha512;
use import_engine::{KeyId, MaterialId, SymmetricCiphertext};

const MAGIC: [u8; 5] = [1, 2, 3, 0, 0x78];
const FORM_UUID: u8 = 0;
const FORM_MULTI_REGION: u8 = 1;
const CHECK_LENGTH: usize = 54;
const TAG_LENGTH: usize = 16;

/// The blob of a ciphertext; `None` if its key or material id is none of this dialect's.
pub(crate) fn to_blob(ciphertext: &SymmetricCiphertext) -> Option<Vec<u8>> {
    let (form, id) = pack_id(&ciphertext.key)?;
    let material: [u8; 32] = hex::decode(&ciphertext.material.0).ok()?.try_into().ok()?;
    let mut blob = Vec::with_capacity(152 + ciphertext.body.len());
    blob.extend_from_slice(&MAGIC);
    blob.push(form);
    blob.extend_from_slice(&id);
    blob.extend_from_slice(&material);
    blob.extend_from_slice(&ciphertext.salt);
    blob.extend_from_slice(&ciphertext.nonce);
    let check = check_of(&blob);
    blob.extend_from_slice(&check);
    blob.extend_from_slice(&ciphertext.body);
    Some(blob)
}

/// The ciphertext in a blob; `None` if it is not one that [`to_blob`] makes.
pub(crate) fn from_blob(blob: &[u8]) -> Option<SymmetricCiphertext> {
    let (magic, rest) = blob.split_first_chunk::<5>()?;
    let ([form], rest) = rest.split_first_chunk::<1>()?;
    let (id, rest) = rest.split_first_chunk::<16>()?;
    let (material, rest) = rest.split_first_chunk::<32>()?;
    let (salt, rest) = rest.split_first_chunk::<16>()?;
    let (nonce, rest) = rest.split_first_chunk::<12>()?;
    let (check, body) = rest.split_first_chunk::<CHECK_LENGTH>()?;
    let head = blob.get(..blob.len() - rest.len())?;
    if *magic != MAGIC || *check != check_of(head) || body.len() < TAG_LENGTH {
        return None;
    }
    Some(SymmetricCiphertext {
        key: unpack_id(*form, id)?,
        material: MaterialId(hex::encode(material)),
        salt: *salt,
        nonce: *nonce,
        body: body.to_vec(),
    })
}

fn check_of(head: &[u8]) -> [u8; CHECK_LENGTH] {
    let mut check = [0; CHECK_LENGTH];
    check.iter_mut().zip(sha512(head)).for_each(|(byte, digest)| *byte = digest);
    check
}

fn pack_id(id: &KeyId) -> Option<(u8, [u8; 16])> {
    let (form, digits) = match id.as_str().strip_prefix("mrk-") {
        Some(digits) => (FORM_MULTI_REGION, digits.to_owned()),
        None => (FORM_UUID, id.as_str().replace('-', "")),
    };
    let bytes = hex::decode(digits).ok()?.try_into().ok()?;
    // What does not come back as it was cannot be packed.
    (unpack_id(form, &bytes).as_ref() == Some(id)).then_some((form, bytes))
}

fn unpack_id(form: u8, bytes: &[u8; 16]) -> Option<KeyId> {
    let digits = hex::encode(bytes);
    match form {
        FORM_UUID => {
            let parts = [digits.get(..8)?, digits.get(8..12)?, digits.get(12..16)?, digits.get(16..20)?];
            Some(KeyId(format!("{}-{}", parts.join("-"), digits.get(20..)?)))
        }
        FORM_MULTI_REGION => Some(KeyId(format!("mrk-{digits}"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ciphertext(key: &str, length: usize) -> SymmetricCiphertext {
        SymmetricCiphertext {
            key: key.into(),
            material: MaterialId("0f".repeat(32)),
            salt: [7; 16],
            nonce: [8; 12],
            body: vec![9; length + TAG_LENGTH],
        }
    }

    #[test]
    fn comes_back_and_is_152_bytes_longer() {
        for key in ["1234abcd-12ab-34cd-56ef-1234567890ab", "mrk-1234567890abcdef1234567890abcdef"] {
            for length in [1, 32, 4096] {
                let ciphertext = ciphertext(key, length);
                let blob = to_blob(&ciphertext).unwrap();
                assert_eq!(blob.len(), length + 152);
                assert_eq!(from_blob(&blob).unwrap(), ciphertext);
                assert!(dialect::wire::encode(&blob).starts_with("AQIDAHg"));
            }
        }
    }

    #[test]
    fn damage_to_the_head_is_seen() {
        let blob = to_blob(&ciphertext("1234abcd-12ab-34cd-56ef-1234567890ab", 0)).unwrap();
        for position in 0..blob.len() {
            assert_eq!(from_blob(&blob[..position]), None);
            let mut damaged = blob.clone();
            damaged[position] ^= 1;
            assert_eq!(from_blob(&damaged).is_none(), position < blob.len() - TAG_LENGTH, "{position}");
        }
        assert_eq!(from_blob(b""), None);
        assert_eq!(from_blob(&[0xff; 6144]), None);
    }

    #[test]
    fn other_identifiers_are_not_packed() {
        for key in ["", "x", "1234ABCD-12ab-34cd-56ef-1234567890ab", "1234abcd12ab34cd56ef1234567890ab"] {
            assert_eq!(to_blob(&ciphertext(key, 1)), None, "{key}");
        }
    }
}
