//! Random bytes.

use crate::chance::{KeyIdForm, key_id};
use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::Error;
use crate::material::Material;

impl Engine {
    /// So many random bytes, fit for keys.
    pub fn random(&self, length: usize) -> Result<Material, Error> {
        let mut bytes = Material::zeroed(length);
        self.chance.fill_secret(bytes.expose_mut())?;
        Ok(bytes)
    }

    /// An identifier that nobody has: a random UUID.
    ///
    /// # Errors
    /// [`Error::Internal`] if there is no randomness.
    pub fn fresh_uuid(&self) -> Result<String, Error> {
        key_id(self.chance.as_ref(), KeyIdForm::RandomUuid, Timestamp(0))
    }
}
