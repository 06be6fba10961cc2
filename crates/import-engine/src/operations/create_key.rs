//! Making a key.

use crate::chance::key_id;
use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyManager, KeyState};
use crate::key_store::{ConnectionState, Residence};
use crate::material::Material;
use crate::multi_region::MultiRegion;
use crate::policy::Policy;
use crate::primitives::{canonical, generate};
use crate::rotation::RotationSchedule;
use crate::spec::{KeyFamily, KeySpec, KeyUsage, Origin, WrappingKeySpec};
use crate::store::{ChangedKey, Label, StoreError};
use crate::tenant::Scope;

/// What a new key shall be.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Its kind.
    pub spec: KeySpec,
    /// What it is for.
    pub usage: KeyUsage,
    /// Whether the engine makes its material.
    pub origin: Origin,
    /// Free text.
    pub description: String,
    /// A name that must be unique in the scope.
    pub name: Option<String>,
    /// The dialect's own JSON text.
    pub attributes: String,
    /// Whether copies of it can be made in other regions.
    pub multi_region: bool,
    /// The key store it shall live in, if it is one of the tenant's own.
    pub residence: Option<NewResidence>,
    /// How many keys of its owner's there may be with it in the scope, where that is a setting and not the
    /// policy's [`keys_per_scope`](crate::policy::Policy::keys_per_scope). Keys that are not the owner's do not count.
    pub most: Option<u64>,
}

/// Where in a key store a new key shall live.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewResidence {
    /// The store's identifier.
    pub store: String,
    /// The name of the key that somebody else keeps, if half of it is not kept here.
    pub outside_key: Option<String>,
}

/// Whether a key of this kind can have this usage. Vendors may offer less.
pub const fn usage_fits(spec: KeySpec, usage: KeyUsage) -> bool {
    match usage {
        KeyUsage::EncryptDecrypt => {
            matches!(spec.family(), KeyFamily::Symmetric) || spec.rsa_bits().is_some() || matches!(spec, KeySpec::Sm2)
        }
        KeyUsage::SignVerify => spec.is_asymmetric() && !spec.is_ml_kem(),
        KeyUsage::GenerateVerifyMac => matches!(spec.family(), KeyFamily::Mac),
        KeyUsage::KeyAgreement => {
            matches!(spec, KeySpec::EcP256 | KeySpec::EcP384 | KeySpec::EcP521 | KeySpec::EcSecp256k1 | KeySpec::Sm2)
        }
        KeyUsage::EncapsulateDecapsulate => spec.is_ml_kem(),
    }
}

impl Engine {
    /// Makes a key: enabled with fresh material, or waiting for an import.
    ///
    /// # Errors
    /// [`Error::UsageUnfit`], [`Error::TooManyKeys`], [`Error::NameTaken`], [`Error::Busy`] if no RSA
    /// key came in time; [`Error::KeyStoreNotFound`], [`Error::KeyStoreState`],
    /// [`Error::OutsideKeyTaken`], [`Error::OutsideKeyUnfit`], [`Error::Outside`].
    pub async fn create_key(&self, scope: &Scope, new: NewKey) -> Result<Key, Error> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        if !usage_fits(new.spec, new.usage) {
            return Err(Error::UsageUnfit { spec: new.spec, usage: new.usage });
        }
        self.require_room_for_key(scope, now, new.most).await?;
        let ChangedKey { key, materials } = self.make_key(scope, new, now, policy).await?;
        match self.store.insert_key(&key, &materials).await {
            Ok(()) => Ok(key),
            Err(StoreError::AlreadyExists) => {
                // The name may belong to a key whose deletion is due and which no sweep has met.
                self.sweep_tenant(&scope.tenant, now).await?;
                match self.store.insert_key(&key, &materials).await {
                    Ok(()) => Ok(key),
                    Err(StoreError::AlreadyExists) => Err(taken(key)),
                    Err(error) => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The key that the provider manages under the name of `new`; made when it is first asked for.
    /// For vendors whose keys have names; those of others are told by a label, see
    /// [`Engine::provider_key`].
    ///
    /// # Errors
    /// As [`Engine::provider_key`].
    pub async fn named_provider_key(&self, scope: &Scope, new: NewKey) -> Result<Key, Error> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        let name = new.name.clone().unwrap_or_default();
        if let Some(key) = self.store.key_named(scope, &name).await? {
            return self.load(scope, &key.id, now, policy).await;
        }
        let made = self.make_provider_key(scope, new, now, policy).await?;
        match self.store.insert_key(&made.key, &made.materials).await {
            Ok(()) => Ok(made.key),
            // Somebody else asked for it first at the same time.
            Err(StoreError::AlreadyExists) => {
                let key = self.store.key_named(scope, &name).await?.ok_or(Error::NameTaken(name))?;
                self.load(scope, &key.id, now, policy).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The key that the provider manages under a label of its own; made when it is first asked for. It
    /// does not count as one of its owner's.
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::Busy`] if no RSA key came in time.
    pub async fn provider_key(&self, scope: &Scope, name: &str, new: NewKey) -> Result<Key, Error> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        if let Some(label) = self.store.label(scope, name).await? {
            return self.load(scope, &label.key, now, policy).await;
        }
        let made = self.make_provider_key(scope, new, now, policy).await?;
        let key = made.key.id.clone();
        let label = Label { scope: scope.clone(), name: name.to_owned(), key, created_at: now, updated_at: now };
        match self.store.insert_labelled_key(&made, &label).await {
            Ok(()) => Ok(made.key),
            // Somebody else asked for it first at the same time.
            Err(StoreError::AlreadyExists) => {
                let label = self.store.label(scope, name).await?;
                let label = label.ok_or_else(|| Error::LabelNotFound(name.to_owned()))?;
                self.load(scope, &label.key, now, policy).await
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn make_provider_key(
        &self,
        scope: &Scope,
        new: NewKey,
        now: Timestamp,
        policy: &Policy,
    ) -> Result<ChangedKey, Error> {
        let mut made = self.make_key(scope, new, now, policy).await?;
        made.key.manager = KeyManager::Provider;
        made.key.rotation = policy.rotation.provider_period_days.map(|days| RotationSchedule::starting(days, now));
        Ok(made)
    }

    /// A key that is not stored yet, with the bytes of its material.
    async fn make_key(&self, scope: &Scope, new: NewKey, now: Timestamp, policy: &Policy) -> Result<ChangedKey, Error> {
        let form = if new.multi_region { policy.multi_region_key_id_form } else { policy.key_id_form };
        let mut key = Key {
            scope: scope.clone(),
            id: key_id(self.chance.as_ref(), form, now)?.into(),
            spec: new.spec,
            usage: new.usage,
            origin: new.origin,
            state: KeyState::PendingImport,
            created_at: now,
            deletion: None,
            description: new.description,
            name: new.name,
            attributes: new.attributes,
            residence: None,
            manager: KeyManager::Owner,
            multi_region: new.multi_region.then(|| MultiRegion::at_rest(scope.clone())),
            rotation: None,
            materials: Vec::new(),
            revision: 1,
        };
        if let Some(new) = new.residence {
            key.residence = Some(self.move_in(&key, new, now).await?);
        }
        let mut materials = Vec::new();
        if key.origin != Origin::Imported {
            let (record, bytes) = self.fresh_record(&key, now).await?;
            key.state = KeyState::Enabled;
            key.materials.push(record);
            materials.push(bytes);
        }
        Ok(ChangedKey { key, materials })
    }

    /// Refuses if the scope holds as many keys of its owner's as the vendor allows. Keys that are made at the same
    /// moment do not see each other: there may be a few too many for a time.
    ///
    /// # Errors
    /// [`Error::TooManyKeys`].
    pub(crate) async fn require_room_for_key(
        &self,
        scope: &Scope,
        now: Timestamp,
        most: Option<u64>,
    ) -> Result<(), Error> {
        let Some(most) = most.or(self.policy(scope)?.keys_per_scope.map(u64::from)) else { return Ok(()) };
        if self.store.count_keys(scope).await? < most {
            return Ok(());
        }
        // Some may be due to vanish and not have met a sweep yet.
        self.sweep_tenant(&scope.tenant, now).await?;
        if self.store.count_keys(scope).await? < most { Ok(()) } else { Err(Error::TooManyKeys) }
    }

    /// The residence of a new key in a store that is connected.
    async fn move_in(&self, key: &Key, new: NewResidence, now: Timestamp) -> Result<Residence, Error> {
        let store = self.key_store_at(&key.scope, &new.store, now).await?;
        store.require(&[ConnectionState::Connected])?;
        if let Some(name) = &new.outside_key {
            let secret = self.key_store_secret(&key.scope, &store.id).await?;
            match self.outside(&key.scope.tenant)?.is_fit(name, &store, &secret).await {
                Ok(true) => {}
                Ok(false) => return Err(Error::OutsideKeyUnfit(name.clone())),
                Err(fault) => return Err(Error::Outside { key: key.id.clone(), fault }),
            }
        }
        Ok(Residence {
            store: store.id,
            outside_key: new.outside_key,
            store_attributes: store.attributes,
            connection: store.connection,
            resumes: KeyState::Enabled,
        })
    }

    /// Material that nobody has seen. RSA keys come from the pool: primes are not sought on the
    /// way of a request.
    pub(crate) async fn fresh_material(&self, spec: KeySpec) -> Result<Material, Error> {
        let pooled = match spec {
            KeySpec::Rsa2048 => Some(WrappingKeySpec::Rsa2048),
            KeySpec::Rsa3072 => Some(WrappingKeySpec::Rsa3072),
            KeySpec::Rsa4096 => Some(WrappingKeySpec::Rsa4096),
            _ => None,
        };
        match pooled {
            Some(pooled) => {
                let pair = self.key_pairs().take(pooled).await?;
                self.compute(true, move || {
                    canonical(spec, pair.private_key, None).map_err(|_| Error::internal("a pooled key is unfit"))
                })
                .await
            }
            None => {
                let chance = self.chance.clone();
                self.compute(spec.is_asymmetric(), move || generate(spec, chance.as_ref())).await
            }
        }
    }
}

/// What of a key that could not be stored is another's: vendors whose keys have names have no keys
/// outside.
fn taken(key: Key) -> Error {
    match key.residence.and_then(|residence| residence.outside_key) {
        Some(name) => Error::OutsideKeyTaken(name),
        None => Error::NameTaken(key.name.unwrap_or_default()),
    }
}
