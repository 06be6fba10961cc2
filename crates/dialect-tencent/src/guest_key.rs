//! `EncryptionPublicKey` and `EncryptionAlgorithm`: an answer's plaintext under a key of the caller's.

use dialect::wire::Blob;
use dialect::{Call, pem};
use import_engine::Material;
use import_engine::primitives::GuestCipher;

use crate::errors::Refusal;
use crate::names::guest_cipher;

/// The caller's key and how it shall be used.
pub(crate) struct GuestKey {
    /// `SubjectPublicKeyInfo` in DER; `None` if the text was no PEM of one.
    spki: Option<Vec<u8>>,
    cipher: GuestCipher,
}

impl GuestKey {
    /// What the two parameters say; `None` if there is no key. An algorithm without a key means nothing.
    ///
    /// # Errors
    /// [`Refusal::OutOfBounds`] for an unknown algorithm.
    // Unverified: this code. That a bad key is told last, once there is something to encrypt, follows from its code.
    pub fn of(public_key: Option<&str>, algorithm: Option<&str>) -> Result<Option<Self>, Refusal> {
        let Some(text) = public_key.filter(|text| !text.is_empty()) else { return Ok(None) };
        let cipher = guest_cipher(algorithm.unwrap_or_default()).ok_or(Refusal::OutOfBounds("EncryptionAlgorithm"))?;
        Ok(Some(Self { spki: pem::read_public_key(text), cipher }))
    }
}

/// A plaintext as it is answered: open, or under the caller's key.
///
/// # Errors
/// [`Refusal::EncryptionError`] if the key is none, does not go with the algorithm, or is too small for the plaintext.
pub(crate) async fn answer(call: &Call, guest: Option<GuestKey>, plaintext: Material) -> Result<Blob, Refusal> {
    let Some(GuestKey { spki, cipher }) = guest else { return Ok(plaintext.into()) };
    let spki = spki.ok_or(Refusal::EncryptionError)?;
    let encrypted = call.engine.encrypt_for(spki, cipher, plaintext).await?;
    encrypted.map(Blob::new).ok_or(Refusal::EncryptionError)
}
