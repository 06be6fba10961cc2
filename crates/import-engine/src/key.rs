//! The key record and its state machine: pure functions of the record, the policy and the time.
//!
//! The stored state is what the last change left; what holds now is [`Key::at`], which takes into
//! account that material may have expired and a deletion may have fallen due in the meantime. No
//! sweep is needed for a right answer: a sweep only stores what [`Key::at`] says and wipes bytes.

use crate::clock::Timestamp;
use crate::error::Error;
use crate::key_store::{ConnectionState, Residence};
use crate::multi_region::MultiRegion;
use crate::outside::OutsideFault;
use crate::policy::{LossWhileDisabled, Policy};
use crate::rotation::{Rotated, RotationSchedule};
use crate::spec::{KeySpec, KeyUsage, Origin};
use crate::tenant::{KeyId, Scope};
use crate::words::words;

words! {
    /// What a key can do now.
    pub enum KeyState {
        /// Everything its usage allows.
        Enabled = "enabled",
        /// Nothing, until it is enabled again.
        Disabled = "disabled",
        /// Nothing, because material is missing.
        PendingImport = "pending_import",
        /// Nothing; it will vanish.
        PendingDeletion = "pending_deletion",
        /// Nothing; it will vanish some time after the last of its replicas in other regions.
        PendingReplicaDeletion = "pending_replica_deletion",
        /// Nothing yet: it is being made.
        Creating = "creating",
        /// Everything its usage allows, but not everything its owner may want: it is being changed.
        Updating = "updating",
        /// Nothing for now: what holds its material cannot be reached. Follows from the key's store.
        Unavailable = "unavailable",
        /// It opens what was made with it, and makes nothing new.
        Archived = "archived",
    }
}

words! {
    /// What a caller wants of a key: the rows of a vendor's state table.
    pub enum KeyOperation {
        /// Make it usable again.
        Enable = "enable",
        /// Make it unusable for now.
        Disable = "disable",
        /// Set the day on which it vanishes.
        ScheduleDeletion = "schedule deletion",
        /// Take that back.
        CancelDeletion = "cancel deletion",
        /// Keep it for opening what it made, and for nothing else.
        Archive = "archive",
        /// Take that back.
        Unarchive = "unarchive",
        /// Note that somebody else relies on it.
        Bind = "bind",
        /// Take that back.
        Unbind = "unbind",
        /// Change its description or what only its vendor keeps about it, such as tags.
        Edit = "edit",
        /// Say who may use it.
        SetAccess = "set access",
        /// Give it a label.
        Label = "label",
        /// Give somebody a grant of it.
        Grant = "grant",
        /// Hand out import parameters.
        GetImportParameters = "get import parameters",
        /// Bring material.
        ImportMaterial = "import material",
        /// Destroy imported material.
        DeleteMaterial = "delete material",
        /// Let its material be replaced without being asked, or say how often.
        SetRotation = "set rotation",
        /// Let it keep its material until somebody asks for another.
        StopRotation = "stop rotation",
        /// Show when its material was and will be replaced.
        ShowRotation = "show rotation",
        /// Replace its material at once.
        Rotate = "rotate",
        /// Encrypt.
        Encrypt = "encrypt",
        /// Decrypt.
        Decrypt = "decrypt",
        /// Make a data key.
        GenerateDataKey = "generate data key",
        /// Sign.
        Sign = "sign",
        /// Verify a signature.
        Verify = "verify",
        /// Show the public half.
        GetPublicKey = "get public key",
        /// Make a MAC.
        GenerateMac = "generate mac",
        /// Verify a MAC.
        VerifyMac = "verify mac",
        /// Agree on a secret.
        DeriveSharedSecret = "derive shared secret",
        /// Encapsulate a shared secret.
        Encapsulate = "encapsulate",
        /// Recover an encapsulated secret.
        Decapsulate = "decapsulate",
        /// Make a copy of it in another region.
        Replicate = "replicate",
        /// Make one of its replicas the primary.
        MovePrimary = "move primary",
    }
}

words! {
    /// Who manages a key.
    pub enum KeyManager {
        /// Its owner.
        Owner = "owner",
        /// Whoever provides the service, for its own use on the owner's behalf.
        Provider = "provider",
    }
}

words! {
    /// The part that one of a key's materials plays.
    pub enum MaterialRole {
        /// New ciphertexts are made with it.
        Current = "current",
        /// It opens the ciphertexts that were made with it, before a newer one took its place.
        NonCurrent = "non_current",
        /// It was brought, and a rotation will make it current.
        PendingRotation = "pending_rotation",
        /// As [`MaterialRole::PendingRotation`], once it was brought to the key in its other regions
        /// too.
        PendingReplication = "pending_replication",
    }
}

impl MaterialRole {
    /// Whether the key needs it for good. What only waits for a rotation can go without a trace.
    pub const fn is_permanent(self) -> bool {
        match self {
            Self::Current | Self::NonCurrent => true,
            Self::PendingRotation | Self::PendingReplication => false,
        }
    }
}

/// Names one material of a key: 64 lower-case hex digits, a keyed fingerprint over key and
/// material. Equal material under the same key has the same name; without the server's keys the
/// name tells nothing about the material.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct MaterialId(pub String);

/// When material stops being usable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expiry {
    /// It does not.
    Never,
    /// At this instant it is no longer usable.
    At(Timestamp),
}

impl Expiry {
    /// Whether it is over at `now`.
    pub fn is_past(self, now: Timestamp) -> bool {
        matches!(self, Self::At(end) if end <= now)
    }
}

/// What is known of one material besides its bytes. Outlives them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MaterialRecord {
    /// Its name.
    pub id: MaterialId,
    /// Its part.
    pub role: MaterialRole,
    /// Whether the bytes are there.
    pub present: bool,
    /// When the bytes last came.
    pub imported_at: Timestamp,
    /// How long they stay.
    pub expiry: Expiry,
    /// Free text of whoever brought it; empty if there is none.
    pub description: String,
    /// `SubjectPublicKeyInfo` in DER, for asymmetric kinds.
    pub public_key: Option<Vec<u8>>,
    /// Counts a key's materials, from 1.
    pub generation: i64,
    /// The rotation that made it current. The first material was never rotated to, and what waits
    /// for a rotation not yet.
    pub rotated: Option<Rotated>,
}

/// When a key vanishes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deletion {
    /// The instant from which it is gone.
    pub at: Timestamp,
    /// The window that was asked for, in days.
    pub window_days: u32,
}

/// A key: everything but the secret bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// Where it lives.
    pub scope: Scope,
    /// Its identifier there.
    pub id: KeyId,
    /// Its kind.
    pub spec: KeySpec,
    /// What it is for.
    pub usage: KeyUsage,
    /// Where its material comes from.
    pub origin: Origin,
    /// What it can do.
    pub state: KeyState,
    /// When it was made, in the domain clock.
    pub created_at: Timestamp,
    /// Set exactly while the state is [`KeyState::PendingDeletion`].
    pub deletion: Option<Deletion>,
    /// Free text.
    pub description: String,
    /// A name that is unique in the scope, for vendors whose keys have one.
    pub name: Option<String>,
    /// What only one vendor has and nobody searches for: that dialect's own JSON text.
    pub attributes: String,
    /// The key store it lives in, if it is one of the tenant's own.
    pub residence: Option<Residence>,
    /// Who manages it.
    pub manager: KeyManager,
    /// For a key that can live in several regions.
    pub multi_region: Option<MultiRegion>,
    /// When its material is next replaced without being asked, if it ever is.
    pub rotation: Option<RotationSchedule>,
    /// Its materials, oldest first. Empty until the first import.
    pub materials: Vec<MaterialRecord>,
    /// Counts stored changes; a change is stored only on the revision it was made from.
    pub revision: i64,
}

impl Key {
    /// What this key is at `now`: expired material is gone, and `None` once its deletion is due. What
    /// it takes new bytes to become is left to [`Key::due_rotations`].
    #[must_use]
    pub fn at(mut self, now: Timestamp, policy: &Policy) -> Option<Self> {
        self.pass(now);
        if self.deletion.is_some_and(|deletion| deletion.at <= now) {
            return None;
        }
        for material in &mut self.materials {
            if material.present && material.expiry.is_past(now) {
                lose(material);
            }
        }
        if let Some(residence) = &mut self.residence {
            residence.connection = residence.connection.clone().at(now);
        }
        self.forget_lost_pending();
        self.settle(policy);
        Some(self)
    }

    /// The material that new ciphertexts are made with, whether or not its bytes are there.
    pub fn current_material(&self) -> Option<&MaterialRecord> {
        self.materials.iter().find(|material| material.role == MaterialRole::Current)
    }

    /// The materials that the key needs: the current one and those before it, oldest first.
    pub fn permanent_materials(&self) -> impl Iterator<Item = &MaterialRecord> {
        self.materials.iter().filter(|material| material.role.is_permanent())
    }

    /// Whether every byte that the key needs is there.
    pub fn has_all_material(&self) -> bool {
        self.current_material().is_some() && self.permanent_materials().all(|material| material.present)
    }

    /// The next instant at which something about this key changes by itself.
    pub fn due_at(&self) -> Option<Timestamp> {
        let expiries =
            self.materials.iter().filter(|material| material.present).filter_map(|material| match material.expiry {
                Expiry::At(end) => Some(end),
                Expiry::Never => None,
            });
        let deletion = self.deletion.map(|deletion| deletion.at);
        let passing = self.multi_region.as_ref().and_then(MultiRegion::due_at);
        expiries.chain(deletion).chain(passing).chain(self.next_rotation()).min()
    }

    /// Refuses unless the vendor allows the operation to the key's owner.
    pub fn require_for_owner(&self, operation: KeyOperation, policy: &Policy) -> Result<(), Error> {
        if self.manager == KeyManager::Provider && !policy.provider_keys.contains(&operation) {
            return Err(Error::ProviderKey { key: self.id.clone(), operation });
        }
        Ok(())
    }

    /// Refuses unless the vendor allows the operation in the key's state, to its owner, and with
    /// whoever else relies on the key.
    pub fn require(&self, operation: KeyOperation, policy: &Policy) -> Result<(), Error> {
        self.require_for_owner(operation, policy)?;
        if policy.bindings.forbid.contains(&operation) && (policy.bindings.is_bound)(self)? {
            return Err(Error::KeyBound { key: self.id.clone(), operation });
        }
        if policy.allows(operation, self.state) {
            Ok(())
        } else if self.state == KeyState::Unavailable && self.origin == Origin::Outside {
            Err(Error::Outside { key: self.id.clone(), fault: OutsideFault::NotConnected })
        } else {
            Err(Error::WrongState { key: self.id.clone(), state: self.state, operation })
        }
    }

    /// Refuses unless the key's material comes from its owner.
    pub fn require_imported(&self) -> Result<(), Error> {
        match self.origin {
            Origin::Imported => Ok(()),
            origin => Err(Error::OriginUnfit { key: self.id.clone(), origin }),
        }
    }

    /// Makes the key usable, if it has its material. A rotation that fell due in the meantime is due
    /// now.
    pub fn enable(mut self, now: Timestamp, policy: &Policy) -> Result<Self, Error> {
        self.require(KeyOperation::Enable, policy)?;
        self.turn(KeyState::Enabled);
        self.settle(policy);
        self.resume_rotation(now);
        Ok(self)
    }

    /// Makes the key unusable for now.
    pub fn disable(mut self, policy: &Policy) -> Result<Self, Error> {
        self.require(KeyOperation::Disable, policy)?;
        self.turn(KeyState::Disabled);
        self.settle(policy);
        Ok(self)
    }

    /// Keeps the key for opening what it made, and for nothing else.
    pub fn archive(mut self, policy: &Policy) -> Result<Self, Error> {
        self.require(KeyOperation::Archive, policy)?;
        self.turn(KeyState::Archived);
        self.settle(policy);
        Ok(self)
    }

    /// Makes an archived key usable again, if it has its material. A rotation that fell due in the
    /// meantime is due now.
    pub fn unarchive(mut self, now: Timestamp, policy: &Policy) -> Result<Self, Error> {
        self.require(KeyOperation::Unarchive, policy)?;
        self.turn(KeyState::Enabled);
        self.settle(policy);
        self.resume_rotation(now);
        Ok(self)
    }

    /// Lets the material that the key has stay for good.
    #[must_use]
    pub(crate) fn keep_material(mut self) -> Self {
        self.materials.iter_mut().for_each(|material| material.expiry = Expiry::Never);
        self
    }

    /// Sets the day on which the key vanishes, `window_days` from now.
    pub fn schedule_deletion(mut self, window_days: u32, now: Timestamp, policy: &Policy) -> Result<Self, Error> {
        self.require(KeyOperation::ScheduleDeletion, policy)?;
        if !policy.deletion_window_days.contains(&window_days) {
            return Err(Error::DeletionWindow);
        }
        let at = now.plus_seconds(i64::from(window_days) * 86_400).whole_milliseconds();
        self.turn(KeyState::PendingDeletion);
        self.deletion = Some(Deletion { at, window_days });
        Ok(self)
    }

    /// Takes a scheduled deletion back. The key is disabled afterwards, or waits for material if
    /// it has none.
    pub fn cancel_deletion(mut self, policy: &Policy) -> Result<Self, Error> {
        self.require(KeyOperation::CancelDeletion, policy)?;
        self.deletion = None;
        self.turn(if self.has_all_material() { KeyState::Disabled } else { KeyState::PendingImport });
        self.settle(policy);
        Ok(self)
    }

    /// Destroys one of the key's imported materials, the current one if none is named. The
    /// fingerprint stays, unless the material only waited for a rotation.
    pub fn drop_material(mut self, which: Option<&MaterialId>, policy: &Policy) -> Result<Self, Error> {
        self.require_for_owner(KeyOperation::DeleteMaterial, policy)?;
        self.require_imported()?;
        self.require(KeyOperation::DeleteMaterial, policy)?;
        if self.spec.is_asymmetric() && !policy.private_keys_deletable {
            return Err(Error::MaterialNotDeletable);
        }
        let is_meant = |material: &MaterialRecord| match which {
            Some(id) => material.id == *id,
            None => material.role == MaterialRole::Current,
        };
        match (self.materials.iter_mut().find(|material| is_meant(material)), which) {
            (Some(material), _) => lose(material),
            (None, Some(id)) => return Err(Error::MaterialNotFound(id.clone())),
            (None, None) => {}
        }
        self.forget_lost_pending();
        self.settle(policy);
        Ok(self)
    }

    /// Material that only waited for a rotation and is gone is as if it had never come.
    fn forget_lost_pending(&mut self) {
        self.materials.retain(|material| material.present || material.role.is_permanent());
    }

    /// The state to keep: what it will be once the key's store is connected.
    pub fn lasting_state(&self) -> KeyState {
        match &self.residence {
            Some(residence) if self.state == KeyState::Unavailable => residence.resumes,
            _ => self.state,
        }
    }

    /// Refuses a key that lives in a key store.
    pub fn require_no_residence(&self) -> Result<(), Error> {
        match self.residence {
            None => Ok(()),
            Some(_) => Err(Error::OriginUnfit { key: self.id.clone(), origin: self.origin }),
        }
    }

    /// Lets the state follow from the presence of material, and from the key's store.
    pub(crate) fn settle(&mut self, policy: &Policy) {
        if self.origin == Origin::Imported && !self.has_all_material() {
            self.settle_without_material(policy);
        }
        let Some(residence) = &mut self.residence else { return };
        match (self.state, residence.connection.state == ConnectionState::Connected) {
            (KeyState::Enabled | KeyState::Disabled, false) => {
                residence.resumes = self.state;
                self.state = KeyState::Unavailable;
            }
            (KeyState::Unavailable, true) => self.state = residence.resumes,
            _ => {}
        }
    }

    fn settle_without_material(&mut self, policy: &Policy) {
        self.settle_later(policy);
        match (self.state, policy.loss_while_disabled) {
            (KeyState::Enabled, _) | (KeyState::Disabled, LossWhileDisabled::PendingImport) => {
                self.state = KeyState::PendingImport;
            }
            (KeyState::Disabled, LossWhileDisabled::StaysDisabled)
            | (
                // It waits for material once it is taken out of the archive.
                KeyState::Archived
                | KeyState::PendingImport
                | KeyState::PendingDeletion
                | KeyState::PendingReplicaDeletion
                | KeyState::Creating
                | KeyState::Updating
                | KeyState::Unavailable,
                _,
            ) => {}
        }
    }
}

fn lose(material: &mut MaterialRecord) {
    material.present = false;
    material.expiry = Expiry::Never;
}

#[cfg(test)]
#[path = "key_tests.rs"]
pub(crate) mod tests;
