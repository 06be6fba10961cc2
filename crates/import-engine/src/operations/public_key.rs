//! The public half of a key.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::tenant::{KeyId, Scope};

/// A public key and the key it belongs to.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// The key as it is now.
    pub key: Key,
    /// `SubjectPublicKeyInfo`, DER; `None` for symmetric kinds, which have no public half.
    pub spki: Option<Vec<u8>>,
}

impl Engine {
    /// The public half of a key. A symmetric key is told apart before its state is looked at.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`].
    pub async fn public_key(&self, scope: &Scope, id: &KeyId) -> Result<PublicKey, Error> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        let key = self.load(scope, id, now, policy).await?;
        if !key.spec.is_asymmetric() {
            return Ok(PublicKey { key, spki: None });
        }
        key.require(KeyOperation::GetPublicKey, policy)?;
        let spki = key.current_material().and_then(|material| material.public_key.clone());
        if spki.is_none() {
            let state = key.state;
            return Err(Error::WrongState { key: key.id, state, operation: KeyOperation::GetPublicKey });
        }
        Ok(PublicKey { key, spki })
    }
}
