//! Destroying imported material.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, MaterialId};
use crate::tenant::{KeyId, Scope};

/// What is left, and what went.
#[derive(Clone, Debug)]
pub struct Deleted {
    /// The key as it is now.
    pub key: Key,
    /// The material that was meant; `None` if none was named and the key never had any.
    pub material: Option<MaterialId>,
}

impl Engine {
    /// Wipes one of a key's imported materials, the current one if none is named. A key that needs it
    /// can only be given the same material again. Where the vendor allows it without material,
    /// nothing happens.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::OriginUnfit`], [`Error::WrongState`],
    /// [`Error::MaterialNotDeletable`], [`Error::MaterialNotFound`].
    pub async fn delete_material(
        &self,
        scope: &Scope,
        id: &KeyId,
        which: Option<&MaterialId>,
    ) -> Result<Deleted, Error> {
        let key = self.change(scope, id, |key, _, policy| key.drop_material(which, policy)).await?;
        let material = which.or(key.current_material().map(|material| &material.id)).cloned();
        if let Some(material) = &material {
            self.forget_material(&key, material);
        }
        Ok(Deleted { key, material })
    }
}
