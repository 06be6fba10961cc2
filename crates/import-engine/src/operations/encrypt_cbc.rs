//! Encrypting under a key that a dialect keeps in a record and hands out: whoever has it opens what
//! is made here without us.

use crate::engine::Engine;
use crate::error::Error;
use crate::material::Material;
use crate::primitives::{CBC_BLOCK_LENGTH, CbcCipher};

/// What came out, and what it takes to open it besides the key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CbcCiphertext {
    /// The initialization vector: the caller's, or a random one.
    pub initialization_vector: [u8; CBC_BLOCK_LENGTH],
    /// The encrypted bytes with their padding; nothing proves that they are untouched.
    pub body: Vec<u8>,
}

impl Engine {
    /// Encrypts in CBC with the padding of PKCS#7. Without an initialization vector a random one is taken.
    ///
    /// # Errors
    /// [`Error::PlaintextTooLong`]; [`Error::Internal`] if the key does not have the cipher's length.
    pub fn encrypt_cbc(
        &self,
        cipher: CbcCipher,
        key: &Material,
        initialization_vector: Option<[u8; CBC_BLOCK_LENGTH]>,
        plaintext: &Material,
    ) -> Result<CbcCiphertext, Error> {
        let initialization_vector = match initialization_vector {
            Some(given) => given,
            None => {
                let mut random = [0; CBC_BLOCK_LENGTH];
                self.chance.fill(&mut random)?;
                random
            }
        };
        let body = cipher.encrypt(key, &initialization_vector, plaintext)?;
        Ok(CbcCiphertext { initialization_vector, body })
    }
}
