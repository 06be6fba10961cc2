//! Encryption under a symmetric key: a fresh key for every message.
//!
//! GCM under one key stops being safe after about 2^32 random nonces. So the key proper only ever
//! derives: HKDF-SHA-256 over it with a random salt of 16 bytes gives the message's own key. The
//! caller's `info` separates whatever else is derived from the same material.

use openssl::cipher::CipherRef;

use super::gcm::{aes_256_gcm, open, seal, sm4_gcm};
use super::kdf::hkdf_sha256;
use super::maximum::SEALED_MAX;
use crate::chance::Chance;
use crate::error::Error;
use crate::material::Material;

/// What a symmetric key made of a plaintext. None of it is secret, all of it is needed to open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealedData {
    /// Salt of the message key.
    pub salt: [u8; 16],
    /// Nonce of GCM.
    pub nonce: [u8; 12],
    /// Encrypted bytes and, at the end, 16 bytes of tag.
    pub body: Vec<u8>,
}

/// Which block cipher runs in GCM.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BlockCipher {
    Aes256,
    Sm4,
}

impl BlockCipher {
    fn cipher(self) -> Result<&'static CipherRef, Error> {
        match self {
            Self::Aes256 => aes_256_gcm(),
            Self::Sm4 => sm4_gcm(),
        }
    }

    fn message_key(self, material: &Material, salt: &[u8; 16], info: &[u8]) -> Result<Material, Error> {
        let length = match self {
            Self::Aes256 => 32,
            Self::Sm4 => 16,
        };
        hkdf_sha256(material.expose(), salt, info, length)
    }

    /// Encrypts under a fresh message key.
    pub(super) fn seal(
        self,
        material: &Material,
        info: &[u8],
        aad: &[u8],
        plaintext: &[u8],
        chance: &dyn Chance,
    ) -> Result<SealedData, Error> {
        if plaintext.len() > SEALED_MAX {
            return Err(Error::PlaintextTooLong { maximum: SEALED_MAX });
        }
        let (mut salt, mut nonce) = ([0; 16], [0; 12]);
        chance.fill(&mut salt)?;
        chance.fill(&mut nonce)?;
        let key = self.message_key(material, &salt, info)?;
        let body = seal(self.cipher()?, &key, &nonce, aad, plaintext)?;
        Ok(SealedData { salt, nonce, body })
    }

    /// Opens what [`Self::seal`] made with the same `info` and `aad`.
    pub(super) fn open(
        self,
        material: &Material,
        info: &[u8],
        aad: &[u8],
        data: &SealedData,
    ) -> Result<Material, Error> {
        let key = self.message_key(material, &data.salt, info)?;
        open(self.cipher()?, &key, &data.nonce, aad, &data.body)
    }
}
