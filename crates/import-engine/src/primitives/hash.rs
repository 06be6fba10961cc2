//! Hashes that vendors put beside what they encrypt.

use openssl::hash::{MessageDigest, hash};

use crate::error::Error;

/// SHA-256.
pub fn sha256(message: &[u8]) -> [u8; 32] {
    openssl::sha::sha256(message)
}

/// SHA-512.
pub fn sha512(message: &[u8]) -> [u8; 64] {
    openssl::sha::sha512(message)
}

/// SM3 (GB/T 32905).
///
/// # Errors
/// [`Error::Internal`] if the build of OpenSSL has no SM3.
pub fn sm3(message: &[u8]) -> Result<[u8; 32], Error> {
    let digest = hash(MessageDigest::sm3(), message).map_err(Error::internal)?;
    (*digest).try_into().map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_published() {
        // FIPS 180-4 and GB/T 32905, A.1.
        let abc = b"abc";
        assert_eq!(hex::encode(sha256(abc)), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(hex::encode(sha512(abc)).starts_with("ddaf35a193617abacc417349ae204131"));
        assert_eq!(hex::encode(sm3(abc).unwrap()), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }
}
