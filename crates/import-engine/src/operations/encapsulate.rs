//! Encapsulating secrets and getting them back.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::material::Material;
use crate::operations::agree::SharedSecret;
use crate::spec::KeyUsage;
use crate::tenant::{KeyId, Scope};

/// A fresh secret, open and encapsulated, and the key whose public half did it.
#[derive(Debug)]
pub struct Encapsulated {
    /// The key as it is now.
    pub key: Key,
    /// The secret, 32 bytes.
    pub secret: Material,
    /// The secret for whoever has the private half.
    pub ciphertext: Vec<u8>,
}

impl Engine {
    /// Makes a secret and encapsulates it with a key's public half.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::WrongUsage`].
    pub async fn encapsulate(&self, scope: &Scope, id: &KeyId) -> Result<Encapsulated, Error> {
        let usage = KeyUsage::EncapsulateDecapsulate;
        let (key, _, loaded) = self.usable(scope, id, KeyOperation::Encapsulate, usage).await?;
        let (secret, ciphertext) = loaded.encapsulate(self.chance.as_ref())?;
        Ok(Encapsulated { key, secret, ciphertext })
    }

    /// The secret in an encapsulated form. A form that was damaged, or made for another key, gives other bytes and no
    /// error: whether both sides have the same secret is for them to find out.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::WrongUsage`]; [`Error::CiphertextInvalid`] for a form
    /// of the wrong length.
    pub async fn decapsulate(&self, scope: &Scope, id: &KeyId, ciphertext: &[u8]) -> Result<SharedSecret, Error> {
        let usage = KeyUsage::EncapsulateDecapsulate;
        let (key, _, loaded) = self.usable(scope, id, KeyOperation::Decapsulate, usage).await?;
        let secret = loaded.decapsulate(ciphertext)?;
        Ok(SharedSecret { key, secret })
    }
}
