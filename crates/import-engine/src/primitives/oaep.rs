//! RSA-OAEP (RFC 8017, 7.1) with an empty label and one hash for both label and MGF1.

use openssl::encrypt::{Decrypter, Encrypter};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{HasPublic, PKeyRef, Private};
use openssl::rsa::Padding;

use super::Refused;
use crate::material::Material;

/// The hash of an OAEP, for label and mask alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OaepHash {
    Sha1,
    Sha256,
}

impl OaepHash {
    fn digest(self) -> MessageDigest {
        match self {
            Self::Sha1 => MessageDigest::sha1(),
            Self::Sha256 => MessageDigest::sha256(),
        }
    }

    /// Encrypts. Too long a plaintext is an error of OpenSSL's.
    pub(super) fn encrypt<T: HasPublic>(self, key: &PKeyRef<T>, plaintext: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let mut encrypter = Encrypter::new(key)?;
        encrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
        encrypter.set_rsa_oaep_md(self.digest())?;
        encrypter.set_rsa_mgf1_md(self.digest())?;
        let mut ciphertext = vec![0; key.size()];
        let length = encrypter.encrypt(plaintext, &mut ciphertext)?;
        ciphertext.truncate(length);
        Ok(ciphertext)
    }

    /// Decrypts. OpenSSL judges the padding uniformly; it would take a ciphertext shorter than the
    /// modulus, though, and MGF1 silently follows the label's hash if it is not set.
    pub(crate) fn decrypt(self, key: &PKeyRef<Private>, ciphertext: &[u8]) -> Result<Material, Refused> {
        let genuine = ciphertext.len() == key.size();
        let substitute = substitute(key.size());
        let mut decrypter = Decrypter::new(key)?;
        decrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
        decrypter.set_rsa_oaep_md(self.digest())?;
        decrypter.set_rsa_mgf1_md(self.digest())?;
        let mut plaintext = Material::zeroed(key.size());
        let length = decrypter.decrypt(if genuine { ciphertext } else { &substitute }, plaintext.expose_mut())?;
        if !genuine {
            return Err(Refused);
        }
        plaintext.truncate(length);
        Ok(plaintext)
    }
}

/// A ciphertext that is always below the modulus, for the private operation to work on when the
/// given one has the wrong length: the refusal then takes as long as any other.
pub(super) fn substitute(size: usize) -> Vec<u8> {
    let mut block = vec![1; size];
    if let Some(first) = block.first_mut() {
        *first = 0;
    }
    block
}
