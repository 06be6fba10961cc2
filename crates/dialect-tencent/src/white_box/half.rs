//! The two halves of a white-box key, as they are handed out.
//!
//! ```text
//! offset  bytes
//!      0      4  "PKWB"
//!      4      1  1, the version of this layout
//!      5      1  "E" or "D": for encryption, for decryption
//!      6      1  the algorithm: 1 AES-256, 2 SM4
//!      7      1  n, the number of the key's bytes: 32 or 16
//!      8     16  the identifier of the key, a UUID
//!     24      n  the key's bytes, each xor the byte of SHA-256 of the first 24 bytes at its place
//! 24 + n     32  SHA-256 of everything before
//! ```
//!
//! The mask keeps the key's bytes from being taken for what they are by accident, and the last hash
//! tells damage. Neither takes a secret, so neither protects anything.

use dialect::wire::Blob;
use import_engine::primitives::sha256;
use import_engine::{Error, Material};

use super::key::Algorithm;

const MAGIC: &[u8; 4] = b"PKWB";
const VERSION: u8 = 1;

/// Bytes before the key's.
const HEAD_LENGTH: usize = 24;

/// Bytes of a hash.
const HASH_LENGTH: usize = 32;

/// What a half is for, as its byte says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Half(u8);

/// The half that encrypts.
pub(crate) const ENCRYPTION: Half = Half(b'E');

/// The half that decrypts.
pub(crate) const DECRYPTION: Half = Half(b'D');

impl Half {
    /// This half of a key.
    ///
    /// # Errors
    /// [`Error::Internal`] if the identifier is no UUID or the key has another length.
    pub(crate) fn of(self, id: &str, algorithm: Algorithm, key: &Material) -> Result<Blob, Error> {
        let length = algorithm.cipher().key_length();
        let identifier = hex::decode(id.replace('-', "")).map_err(Error::internal)?;
        if identifier.len() != HEAD_LENGTH - 8 || key.len() != length {
            return Err(Error::internal("a white-box key of another length"));
        }
        let number = u8::try_from(length).map_err(Error::internal)?;
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(&[VERSION, self.0, algorithm.number(), number]);
        head.extend_from_slice(&identifier);

        // Written in place: it is as good as the key.
        let mut half = Material::zeroed(HEAD_LENGTH + length + HASH_LENGTH);
        let bytes = half.expose_mut();
        bytes[..HEAD_LENGTH].copy_from_slice(&head);
        for (place, (byte, mask)) in key.expose().iter().zip(sha256(&head)).enumerate() {
            bytes[HEAD_LENGTH + place] = byte ^ mask;
        }
        let (before, hash) = bytes.split_at_mut(HEAD_LENGTH + length);
        hash.copy_from_slice(&sha256(before));
        Ok(half.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "23e80852-1e38-11e9-b129-5cb9019b4b01";

    #[test]
    fn the_layout_is_the_one_that_is_written_down() {
        for (algorithm, number, length) in [(Algorithm::Aes256, 1, 32), (Algorithm::Sm4, 2, 16)] {
            let key = Material::new((0..length).collect());
            let half = DECRYPTION.of(ID, algorithm, &key).unwrap();
            let bytes = half.bytes();
            assert_eq!(bytes[..8], [b'P', b'K', b'W', b'B', 1, b'D', number, length]);
            assert_eq!(hex::encode(&bytes[8..24]), ID.replace('-', ""));
            let mask = sha256(&bytes[..24]);
            let end = 24 + usize::from(length);
            let opened: Vec<u8> = bytes[24..end].iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
            assert_eq!(opened, key.expose());
            assert_eq!(bytes[end..], sha256(&bytes[..end]));
            assert_eq!(bytes.len(), end + 32);
        }
    }

    #[test]
    fn halves_differ_and_stay_what_they_are() {
        let key = Material::new(vec![7; 16]);
        let of = |half: Half, id: &str| half.of(id, Algorithm::Sm4, &key).unwrap();
        assert_ne!(of(ENCRYPTION, ID), of(DECRYPTION, ID));
        assert_ne!(of(ENCRYPTION, ID).bytes()[24..40], of(DECRYPTION, ID).bytes()[24..40]);
        assert_ne!(of(DECRYPTION, ID), of(DECRYPTION, "23e80852-1e38-11e9-b129-5cb9019b4b02"));
        assert_eq!(of(DECRYPTION, ID), of(DECRYPTION, ID));
    }

    #[test]
    fn what_is_no_key_has_no_halves() {
        for (id, length) in [("x", 16), ("23e80852-1e38-11e9-b129", 16), (ID, 15), (ID, 32), (ID, 0)] {
            assert!(DECRYPTION.of(id, Algorithm::Sm4, &Material::zeroed(length)).is_err(), "{id} {length}");
        }
    }
}
