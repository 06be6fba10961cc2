//! Random bytes.

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
}
