//! Destroying imported material.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::Key;
use crate::tenant::{KeyId, Scope};

impl Engine {
    /// Wipes the current imported material. Only the same material can be imported afterwards.
    /// Where the vendor allows it without material, nothing happens.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::OriginUnfit`], [`Error::WrongState`],
    /// [`Error::MaterialNotDeletable`].
    pub async fn delete_material(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        let key = self.change(scope, id, |key, _, policy| key.drop_material(policy)).await?;
        self.forget(&key);
        Ok(key)
    }
}
