//! AES-256 and SM4 in CBC with the padding of PKCS#7 (RFC 5652, 6.3), one way: for what somebody
//! else opens. Nothing here decrypts, so no padding is ever judged.

use openssl::symm::{Cipher, encrypt};

use super::maximum::SEALED_MAX;
use crate::error::Error;
use crate::material::Material;

/// Bytes of a block, and of an initialization vector.
pub const CBC_BLOCK_LENGTH: usize = 16;

/// A block cipher in CBC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CbcCipher {
    /// AES with a key of 32 bytes.
    Aes256,
    /// SM4, with a key of 16 bytes.
    Sm4,
}

impl CbcCipher {
    /// Bytes of a key.
    pub const fn key_length(self) -> usize {
        match self {
            Self::Aes256 => 32,
            Self::Sm4 => 16,
        }
    }

    /// Encrypts. There is always padding: the result is longer than `plaintext`, by 1 to 16 bytes.
    ///
    /// # Errors
    /// [`Error::PlaintextTooLong`] beyond a mebibyte; [`Error::Internal`] if the key has another length.
    pub(crate) fn encrypt(
        self,
        key: &Material,
        initialization_vector: &[u8; CBC_BLOCK_LENGTH],
        plaintext: &Material,
    ) -> Result<Vec<u8>, Error> {
        // The crate panics on a short key.
        if key.len() != self.key_length() {
            return Err(Error::internal("a length that the block cipher does not take"));
        }
        if plaintext.len() > SEALED_MAX {
            return Err(Error::PlaintextTooLong { maximum: SEALED_MAX });
        }
        let cipher = match self {
            Self::Aes256 => Cipher::aes_256_cbc(),
            Self::Sm4 => Cipher::sm4_cbc(),
        };
        encrypt(cipher, key.expose(), Some(initialization_vector), plaintext.expose()).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::symm::decrypt;

    fn material(digits: &str) -> Material {
        Material::new(hex::decode(digits).unwrap())
    }

    #[test]
    fn as_published() {
        let block = |digits: &str| <[u8; 16]>::try_from(hex::decode(digits).unwrap()).unwrap();
        for (cipher, key, vector, plaintext, ciphertext) in [
            // NIST SP 800-38A, F.2.5.
            (
                CbcCipher::Aes256,
                "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                "000102030405060708090a0b0c0d0e0f",
                "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
                "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
            ),
            // draft-ribose-cfrg-sm4, A.2.2.1.
            (
                CbcCipher::Sm4,
                "0123456789abcdeffedcba9876543210",
                "000102030405060708090a0b0c0d0e0f",
                "aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb",
                "78ebb11cc40b0a48312aaeb2040244cb4cb7016951909226979b0d15dc6a8f6d",
            ),
        ] {
            let made = cipher.encrypt(&material(key), &block(vector), &material(plaintext)).unwrap();
            // What is published has no padding, which is a block more.
            assert_eq!(hex::encode(&made[..32]), ciphertext, "{cipher:?}");
            assert_eq!(made.len(), 48);
        }
    }

    #[test]
    fn every_length_is_padded() {
        for cipher in [CbcCipher::Aes256, CbcCipher::Sm4] {
            let key = Material::new(vec![7; cipher.key_length()]);
            let theirs = if cipher == CbcCipher::Sm4 { Cipher::sm4_cbc() } else { Cipher::aes_256_cbc() };
            for length in [0, 1, 15, 16, 17, 4096] {
                let plaintext = Material::new(vec![9; length]);
                let made = cipher.encrypt(&key, &[3; 16], &plaintext).unwrap();
                assert_eq!(made.len(), length / 16 * 16 + 16);
                assert_eq!(decrypt(theirs, key.expose(), Some(&[3; 16]), &made).unwrap(), plaintext.expose());
            }
        }
    }

    #[test]
    fn lengths_are_held() {
        let plaintext = Material::new(Vec::new());
        for length in [0, 15, 17, 31, 33] {
            for cipher in [CbcCipher::Aes256, CbcCipher::Sm4] {
                let refused = cipher.encrypt(&Material::zeroed(length), &[0; 16], &plaintext);
                assert!(matches!(refused, Err(Error::Internal(_))), "{cipher:?} {length}");
            }
        }
        let long = CbcCipher::Sm4.encrypt(&Material::zeroed(16), &[0; 16], &Material::zeroed(SEALED_MAX + 1));
        assert_eq!(long, Err(Error::PlaintextTooLong { maximum: SEALED_MAX }));
    }
}
