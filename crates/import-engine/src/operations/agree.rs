//! Agreeing on a secret.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::material::Material;
use crate::spec::KeyUsage;
use crate::tenant::{KeyId, Scope};

/// A secret that two parties share, and the key that took part.
#[derive(Debug)]
pub struct SharedSecret {
    /// The key as it is now.
    pub key: Key,
    /// The x coordinate, as long as the curve's field; or the 32 bytes of a KEM.
    pub secret: Material,
}

impl Engine {
    /// The secret that a key shares with the owner of `peer`, a `SubjectPublicKeyInfo` in DER on
    /// the key's own curve: elliptic-curve Diffie-Hellman without any derivation after it.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::WrongUsage`],
    /// [`Error::PeerKeyUnfit`].
    pub async fn derive_shared_secret(&self, scope: &Scope, id: &KeyId, peer: Vec<u8>) -> Result<SharedSecret, Error> {
        let (key, _, loaded) = self.usable(scope, id, KeyOperation::DeriveSharedSecret, KeyUsage::KeyAgreement).await?;
        let secret = self.compute(loaded.is_slow(), move || loaded.agree(&peer)).await?;
        Ok(SharedSecret { key, secret })
    }
}
