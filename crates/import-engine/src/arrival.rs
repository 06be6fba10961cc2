//! What becomes of material that comes.

use crate::clock::Timestamp;
use crate::error::Error;
use crate::key::{Expiry, Key, KeyOperation, KeyState, MaterialId, MaterialRecord, MaterialRole};
use crate::policy::Policy;

/// What a caller says about the material that it brings. An import that turns out otherwise is
/// refused.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Expected {
    /// Nothing: it is the key's first, or one that the key has had before.
    #[default]
    Anything,
    /// The key has had it before; where an identifier is given, it is this one.
    Known(Option<MaterialId>),
    /// The key has never had it. Unless it is the key's first, it waits for a rotation.
    New,
}

impl Key {
    /// Takes in material that was unwrapped and found fit. The first becomes current. What the key has
    /// had before comes back, and its expiry is what this import says. Other material is refused,
    /// unless it is said to be new and the vendor's keys can have several: then it waits for a
    /// rotation, one at a time.
    pub fn accept(
        mut self,
        id: MaterialId,
        public_key: Option<Vec<u8>>,
        expiry: Expiry,
        expected: &Expected,
        now: Timestamp,
        policy: &Policy,
    ) -> Result<Self, Error> {
        self.require_imported()?;
        self.require(KeyOperation::ImportMaterial, policy)?;
        let role = self.role_of_arrival(&id, expected, policy)?;
        match self.materials.iter_mut().find(|material| material.id == id) {
            Some(known) => {
                known.present = true;
                known.imported_at = now;
                known.expiry = expiry;
            }
            None => {
                let generation = self.next_generation();
                self.materials.push(MaterialRecord {
                    id,
                    role,
                    present: true,
                    imported_at: now,
                    expiry,
                    description: String::new(),
                    public_key,
                    generation,
                    rotated: None,
                });
            }
        }
        if self.state == KeyState::PendingImport && self.has_all_material() {
            self.state = KeyState::Enabled;
        }
        self.settle_later(policy);
        Ok(self)
    }

    /// Sets the free text of one of the key's materials.
    #[must_use]
    pub fn describe_material(mut self, id: &MaterialId, description: &str) -> Self {
        if let Some(material) = self.materials.iter_mut().find(|material| material.id == *id) {
            description.clone_into(&mut material.description);
        }
        self
    }

    /// The part that arriving material will play.
    fn role_of_arrival(&self, id: &MaterialId, expected: &Expected, policy: &Policy) -> Result<MaterialRole, Error> {
        if *expected == Expected::New && self.is_replica() {
            return Err(Error::NotPrimary(self.id.clone()));
        }
        let known = self.materials.iter().find(|material| material.id == *id);
        match (known, expected) {
            (Some(_), Expected::New) => Err(Error::MaterialDiffers),
            (Some(_), Expected::Known(Some(named))) if named != id => Err(Error::MaterialDiffers),
            (Some(known), _) => Ok(known.role),
            (None, Expected::Anything | Expected::New) if self.materials.is_empty() => Ok(MaterialRole::Current),
            (None, Expected::New) if policy.rotation.takes_imports(self.spec) => self.role_of_successor(id),
            (None, _) => Err(Error::MaterialDiffers),
        }
    }

    /// The part of material that shall once take the current one's place.
    fn role_of_successor(&self, id: &MaterialId) -> Result<MaterialRole, Error> {
        match self.materials.iter().find(|material| !material.role.is_permanent()) {
            Some(pending) => {
                Err(Error::MaterialPending { key: self.id.clone(), refused: id.clone(), pending: pending.id.clone() })
            }
            None => Ok(MaterialRole::PendingRotation),
        }
    }

    /// The number of the material that comes next.
    pub(crate) fn next_generation(&self) -> i64 {
        self.materials.iter().map(|material| material.generation).max().unwrap_or(0) + 1
    }
}
