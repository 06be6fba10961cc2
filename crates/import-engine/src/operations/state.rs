//! Enabling and disabling.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::Key;
use crate::tenant::{KeyId, Scope};

impl Engine {
    /// Makes a key usable again; without material it then waits for an import.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`].
    pub async fn enable_key(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        self.change(scope, id, |key, now, policy| key.enable(now, policy)).await
    }

    /// Makes a key unusable for now.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`].
    pub async fn disable_key(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        let key = self.change(scope, id, |key, _, policy| key.disable(policy)).await?;
        self.forget(&key);
        Ok(key)
    }
}
