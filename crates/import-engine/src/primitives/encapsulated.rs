//! Encryption under the public half of an ML-KEM key: a secret is encapsulated for it, and the message is encrypted with
//! AES-256-GCM under a key that HKDF-SHA-256 makes of that secret. Every message has a secret of its own.

use super::gcm::{aes256_gcm_open, aes256_gcm_seal};
use super::kdf::hkdf_sha256;
use super::loaded::LoadedKey;
use super::maximum::SEALED_MAX;
use crate::chance::Chance;
use crate::error::Error;
use crate::material::Material;

/// Bytes of a message's key.
const KEY: usize = 32;

/// What an encapsulation key made of a plaintext. None of it is secret, all of it is needed to open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EncapsulatedData {
    /// The secret for whoever has the private half; as long as the parameter set says.
    pub encapsulated: Vec<u8>,
    /// Nonce of GCM.
    pub nonce: [u8; 12],
    /// Encrypted bytes and, at the end, 16 bytes of tag.
    pub body: Vec<u8>,
}

impl LoadedKey {
    /// Encrypts under the public half.
    ///
    /// # Errors
    /// [`Error::PlaintextTooLong`] beyond one mebibyte; [`Error::Internal`].
    pub fn seal_encapsulated(
        &self,
        info: &[u8],
        aad: &[u8],
        plaintext: &[u8],
        chance: &dyn Chance,
    ) -> Result<EncapsulatedData, Error> {
        if plaintext.len() > SEALED_MAX {
            return Err(Error::PlaintextTooLong { maximum: SEALED_MAX });
        }
        let (secret, encapsulated) = self.encapsulate(chance)?;
        let mut nonce = [0; 12];
        chance.fill(&mut nonce)?;
        // With the encapsulated form as salt, the key belongs to it and not to the secret alone.
        let key = hkdf_sha256(secret.expose(), &encapsulated, info, KEY)?;
        let body = aes256_gcm_seal(&key, &nonce, aad, plaintext)?;
        Ok(EncapsulatedData { encapsulated, nonce, body })
    }

    /// Opens what [`Self::seal_encapsulated`] made with the same `info` and `aad`.
    ///
    /// # Errors
    /// [`Error::CiphertextInvalid`] if anything about it is wrong; [`Error::Internal`].
    pub fn open_encapsulated(&self, info: &[u8], aad: &[u8], data: &EncapsulatedData) -> Result<Material, Error> {
        // A damaged form gives another secret (implicit rejection), under which the tag is wrong.
        let secret = self.decapsulate(&data.encapsulated)?;
        let key = hkdf_sha256(secret.expose(), &data.encapsulated, info, KEY)?;
        aes256_gcm_open(&key, &data.nonce, aad, &data.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SystemChance;
    use crate::primitives::generate;
    use crate::spec::KeySpec;

    fn loaded(spec: KeySpec) -> LoadedKey {
        LoadedKey::load(spec, &generate(spec, &SystemChance).unwrap()).unwrap()
    }

    #[test]
    fn only_the_private_half_opens_it_and_only_unchanged() {
        for (spec, length) in [(KeySpec::MlKem512, 768), (KeySpec::MlKem768, 1088), (KeySpec::MlKem1024, 1568)] {
            let key = loaded(spec);
            let good = key.seal_encapsulated(b"info", b"aad", b"message", &SystemChance).unwrap();
            assert_eq!((good.encapsulated.len(), good.body.len()), (length, 7 + 16));
            assert_eq!(key.open_encapsulated(b"info", b"aad", &good).unwrap().expose(), b"message");
            assert_ne!(key.seal_encapsulated(b"info", b"aad", b"message", &SystemChance).unwrap(), good);
            for (info, aad) in [(&b"other"[..], &b"aad"[..]), (b"info", b"other")] {
                assert_eq!(key.open_encapsulated(info, aad, &good), Err(Error::CiphertextInvalid));
            }
            assert_eq!(loaded(spec).open_encapsulated(b"info", b"aad", &good), Err(Error::CiphertextInvalid));
            let mut bad = vec![good.clone(); 4];
            bad[0].encapsulated[length - 1] ^= 1;
            bad[1].encapsulated.pop();
            bad[2].nonce[0] ^= 1;
            bad[3].body[0] ^= 1;
            for bad in bad {
                assert_eq!(key.open_encapsulated(b"info", b"aad", &bad), Err(Error::CiphertextInvalid));
            }
        }
    }

    #[test]
    fn nothing_and_much_are_messages() {
        let key = loaded(KeySpec::MlKem512);
        for length in [0, SEALED_MAX] {
            let sealed = key.seal_encapsulated(b"", b"", &vec![7; length], &SystemChance).unwrap();
            assert_eq!(key.open_encapsulated(b"", b"", &sealed).unwrap().len(), length);
        }
        let too_long = key.seal_encapsulated(b"", b"", &vec![7; SEALED_MAX + 1], &SystemChance);
        assert_eq!(too_long, Err(Error::PlaintextTooLong { maximum: SEALED_MAX }));
    }
}
