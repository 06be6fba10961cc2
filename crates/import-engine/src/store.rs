//! What the engine asks of a store.
//!
//! Every method is an intent and one transaction; no transaction crosses this trait, so the engine
//! cannot hold one open over an RSA operation. Absence is `Ok(None)`; the engine decides whether
//! that is an error. Races are settled by conditions: a change is stored only on the revision it
//! was made from, and [`StoreError::Stale`] says that somebody else was quicker.
//!
//! To add a method: a line here, its SQL in the `store` crate, a test in that crate's contract
//! suite, which runs on every database.

mod grants;
mod key_uses;
mod records;

use async_trait::async_trait;

use crate::clock::{DomainClock, Timestamp};
use crate::key::{Key, MaterialId};
use crate::key_store::KeyStore;
use crate::spec::{WrappingAlgorithm, WrappingKeySpec};
use crate::tenant::{KeyId, Scope, Tenant};

pub use grants::{Grant, GrantPlace, Grants};
pub use key_uses::{KeyUse, KeyUses};
pub use records::{Record, Records, SealedSecret};

/// Sealed bytes: AES-256-GCM under a key derived from the master key. Safe to store.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// The bytes of one material, to be stored with its key.
#[derive(Clone, Debug)]
pub struct SealedMaterial {
    /// Which of the key's materials.
    pub id: MaterialId,
    /// Its bytes.
    pub sealed: Sealed,
}

/// A key to be stored, with new bytes of its materials.
#[derive(Clone, Debug)]
pub struct ChangedKey {
    /// The record.
    pub key: Key,
    /// New bytes; those of other materials stay as they are.
    pub materials: Vec<SealedMaterial>,
}

/// A set of import parameters as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredParameters {
    /// Its identifier: 32 hex digits, also inside the token.
    pub id: String,
    /// Where the key lives.
    pub scope: Scope,
    /// For which key.
    pub key: KeyId,
    /// How the material will be wrapped.
    pub algorithm: WrappingAlgorithm,
    /// Under which kind of key.
    pub wrapping_key: WrappingKeySpec,
    /// The private wrapping key, PKCS#8, sealed; `None` once destroyed.
    pub private_key: Option<Sealed>,
    /// When it was handed out.
    pub created_at: Timestamp,
    /// From when on it is no longer good.
    pub valid_to: Timestamp,
    /// Whether newer parameters have made it void.
    pub superseded: bool,
}

/// A ready-made wrapping key pair.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredKeyPair {
    /// Its identifier: 32 hex digits.
    pub id: String,
    /// Its kind.
    pub spec: WrappingKeySpec,
    /// `SubjectPublicKeyInfo`, DER.
    pub public_key: Vec<u8>,
    /// PKCS#8, sealed.
    pub private_key: Sealed,
}

/// A name that a key goes by besides its identifier. It is unique in the scope; a key may have
/// several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where the key lives.
    pub scope: Scope,
    /// The name.
    pub name: String,
    /// Whose name it is.
    pub key: KeyId,
    /// When it was made, in the domain clock.
    pub created_at: Timestamp,
    /// When it was last given to a key, in the domain clock.
    pub updated_at: Timestamp,
}

/// Somebody who acts for a tenant: a user, a role, or the tenant's own root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Principal {
    /// For whom.
    pub tenant: Tenant,
    /// The dialect's name of it, unique in the tenant.
    pub name: String,
    /// When it was made, in the domain clock.
    pub created_at: Timestamp,
    /// What it is and may do: the dialect's own JSON text.
    pub attributes: String,
    /// Counts stored changes; a change is stored only on the revision it was made from.
    pub revision: i64,
}

/// An access key of a principal as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredAccessKey {
    /// The id that travels with each request, unique at the vendor.
    pub id: String,
    /// For whom it acts.
    pub tenant: Tenant,
    /// Whose it is.
    pub principal: String,
    /// The secret that signs, sealed.
    pub secret: Sealed,
    /// The token that has to come along, sealed, if one has to.
    pub token: Option<Sealed>,
    /// When it was made, in the domain clock.
    pub created_at: Timestamp,
    /// From when on it is no longer good, in the domain clock; `None`: never.
    pub expires_at: Option<Timestamp>,
    /// What else is to know: the dialect's own JSON text.
    pub attributes: String,
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row is no longer as it was when it was read. Nothing was changed.
    #[error("stale")]
    Stale,
    /// The identifier or the unique name is taken. Nothing was changed.
    #[error("already exists")]
    AlreadyExists,
    /// There are as many as there may be. Nothing was changed.
    #[error("full")]
    Full,
    /// A row that cannot be understood.
    #[error("corrupt row in {table}, column {column}, key {key}")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// Which column.
        column: &'static str,
        /// Which row.
        key: String,
    },
    /// The database did not answer.
    #[error("store unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<StoreError> for crate::Error {
    fn from(error: StoreError) -> Self {
        Self::internal(error)
    }
}

type Result<T> = std::result::Result<T, StoreError>;

/// Key records and the bytes of their materials.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Stores a new key at revision 1, with the bytes of its materials.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] if the identifier or the name is taken in the scope.
    async fn insert_key(&self, key: &Key, materials: &[SealedMaterial]) -> Result<()>;

    /// One key as stored, with its material records, without secret bytes.
    async fn key(&self, scope: &Scope, id: &KeyId) -> Result<Option<Key>>;

    /// The scope's keys with identifiers above `after`, in the order of identifiers (by bytes).
    async fn keys_after(&self, scope: &Scope, after: Option<&KeyId>, limit: u32) -> Result<Vec<Key>>;

    /// All keys of the scope, newest first, then by identifier.
    async fn all_keys(&self, scope: &Scope) -> Result<Vec<Key>>;

    /// The sealed bytes of one material, if they are there.
    async fn sealed_material(&self, scope: &Scope, key: &KeyId, material: &MaterialId) -> Result<Option<Sealed>>;

    /// Stores a changed key: its record, the records of its materials (those it no longer lists
    /// are removed), and new bytes. Bytes of materials that are not present are wiped. The stored
    /// revision becomes `key.revision + 1`.
    ///
    /// # Errors
    /// [`StoreError::Stale`] unless the stored revision is `key.revision`;
    /// [`StoreError::AlreadyExists`] if the name is taken.
    async fn commit_key(&self, key: &Key, materials: &[SealedMaterial]) -> Result<()>;

    /// The vendor's tenants who have a key of this identifier in a region, in the order of accounts.
    async fn tenants_with_key(&self, vendor: &str, region: &str, id: &KeyId) -> Result<Vec<Tenant>>;

    /// The key of a name as stored, whatever its state.
    async fn key_named(&self, scope: &Scope, name: &str) -> Result<Option<Key>>;

    /// How many keys the scope has that its owner manages, whatever their state.
    async fn count_keys(&self, scope: &Scope) -> Result<u64>;

    /// A key of a scope with its copies in whatever scope, in the order of regions. None if the scope
    /// has no such key.
    async fn members(&self, scope: &Scope, id: &KeyId) -> Result<Vec<Key>>;

    /// Stores several changed keys, each as in [`Keys::commit_key`], and a new one as in
    /// [`Keys::insert_key`], or none of them.
    ///
    /// # Errors
    /// As in these two.
    async fn commit_members(&self, changed: &[ChangedKey], new: Option<&ChangedKey>) -> Result<()>;

    /// [`Keys::insert_key`] of a key with its first label.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] if the identifier, the name or the label is taken in the scope.
    async fn insert_labelled_key(&self, key: &ChangedKey, label: &Label) -> Result<()>;

    /// Removes a key with all that hangs on it: materials, parameters, labels, grants, records, its last use.
    ///
    /// # Errors
    /// [`StoreError::Stale`] unless the stored revision is `key.revision`.
    async fn remove_key(&self, key: &Key) -> Result<()>;

    /// Up to `limit` keys of the tenant, in whatever region, whose due instant is at or before
    /// `now`, the earliest first.
    async fn keys_due(&self, tenant: &Tenant, now: Timestamp, limit: u32) -> Result<Vec<Key>>;
}

/// Import parameters and the pool of wrapping keys.
#[async_trait]
pub trait Imports: Send + Sync {
    /// Stores a new set with a budget of bad blobs. With `newest_only` all earlier sets of the
    /// same key become superseded and their private keys are wiped.
    async fn insert_parameters(&self, parameters: &StoredParameters, budget: u32, newest_only: bool) -> Result<()>;

    /// One set of the scope.
    async fn parameters(&self, scope: &Scope, id: &str) -> Result<Option<StoredParameters>>;

    /// Counts one bad blob against the set. With the last one its private key is wiped.
    async fn charge_failure(&self, scope: &Scope, id: &str) -> Result<()>;

    /// [`Keys::commit_key`], and of its copies in other regions, provided that the set still has its
    /// private key and is not superseded.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if it is not so, or as in [`Keys::commit_key`].
    async fn commit_import(
        &self,
        key: &Key,
        materials: &[SealedMaterial],
        copies: &[ChangedKey],
        parameters: &str,
    ) -> Result<()>;

    /// Removes the tenant's sets whose end is at or before `now`; answers how many.
    async fn remove_expired_parameters(&self, tenant: &Tenant, now: Timestamp) -> Result<u64>;

    /// Adds a pair to the pool.
    async fn put_key_pair(&self, pair: &StoredKeyPair) -> Result<()>;

    /// Takes a pair out of the pool, for good. No two callers ever get the same.
    async fn take_key_pair(&self, spec: WrappingKeySpec) -> Result<Option<StoredKeyPair>>;

    /// How many pairs of a kind are ready.
    async fn count_key_pairs(&self, spec: WrappingKeySpec) -> Result<u64>;
}

/// Labels of keys. They vanish with their key.
#[async_trait]
pub trait Labels: Send + Sync {
    /// One label as stored, whatever has become of its key.
    async fn label(&self, scope: &Scope, name: &str) -> Result<Option<Label>>;

    /// The scope's labels with names above `after`, in the order of names (by bytes): those of one
    /// key, or all. Labels of keys whose deletion is due at `now` are not among them.
    async fn labels_after(
        &self,
        scope: &Scope,
        key: Option<&KeyId>,
        after: Option<&str>,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Label>>;

    /// How many labels a key has.
    async fn count_labels(&self, scope: &Scope, key: &KeyId) -> Result<u64>;

    /// Stores a new label of a key that was read at `revision`. The stored revision becomes
    /// `revision + 1`, so that whoever counts a key's labels before adding one is not overtaken.
    ///
    /// # Errors
    /// [`StoreError::Stale`] unless the key's stored revision is `revision`;
    /// [`StoreError::AlreadyExists`] if the name is taken in the scope.
    async fn insert_label(&self, label: &Label, revision: i64) -> Result<()>;

    /// Gives a label that belongs to the key `from` to the key that it names now, which was read at
    /// `revision`; the stored revision becomes `revision + 1`. The instant of creation stays.
    ///
    /// # Errors
    /// [`StoreError::Stale`] unless the label belongs to `from` and the new key's stored revision
    /// is `revision`.
    async fn move_label(&self, label: &Label, from: &KeyId, revision: i64) -> Result<()>;

    /// Removes several labels of a key that was read at `revision`, or none of them; answers the
    /// first one that the key has not. If they were removed the stored revision becomes
    /// `revision + 1`.
    ///
    /// # Errors
    /// [`StoreError::Stale`] unless the key's stored revision is `revision`.
    async fn remove_labels(
        &self,
        scope: &Scope,
        key: &KeyId,
        names: &[String],
        revision: i64,
    ) -> Result<Option<String>>;

    /// Removes a label; answers whether there was one.
    async fn remove_label(&self, scope: &Scope, name: &str) -> Result<bool>;
}

/// Who acts for tenants.
#[async_trait]
pub trait Principals: Send + Sync {
    /// One principal as stored.
    async fn principal(&self, tenant: &Tenant, name: &str) -> Result<Option<Principal>>;

    /// All principals of the tenant, in the order of names (by bytes).
    async fn principals(&self, tenant: &Tenant) -> Result<Vec<Principal>>;

    /// Stores a new principal at revision 1.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] if the name is taken in the tenant.
    async fn insert_principal(&self, principal: &Principal) -> Result<()>;

    /// Stores a principal's changed attributes. The stored revision becomes `revision + 1`.
    ///
    /// # Errors
    /// [`StoreError::Stale`] unless the stored revision is `principal.revision`.
    async fn commit_principal(&self, principal: &Principal) -> Result<()>;

    /// Removes a principal with its access keys; answers whether there was one.
    async fn remove_principal(&self, tenant: &Tenant, name: &str) -> Result<bool>;

    /// Stores a new access key.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if its principal is not there, [`StoreError::AlreadyExists`] if the id
    /// is taken at the vendor.
    async fn insert_access_key(&self, key: &StoredAccessKey) -> Result<()>;

    /// Stores an access key in place of the one that its principal has under the same id, if it has.
    ///
    /// # Errors
    /// As [`Principals::insert_access_key`]; then the earlier one stays.
    async fn replace_access_key(&self, key: &StoredAccessKey) -> Result<()>;

    /// How many access keys a principal has.
    async fn count_access_keys(&self, tenant: &Tenant, principal: &str) -> Result<u64>;

    /// The access key of an id at a vendor, with the principal whose it is.
    async fn access_key(&self, vendor: &str, id: &str) -> Result<Option<(StoredAccessKey, Principal)>>;

    /// The access keys of a principal, in the order of ids (by bytes).
    async fn access_keys(&self, tenant: &Tenant, principal: &str) -> Result<Vec<StoredAccessKey>>;

    /// Removes an access key of a principal; answers whether there was one.
    async fn remove_access_key(&self, tenant: &Tenant, principal: &str, id: &str) -> Result<bool>;

    /// Removes the tenant's access keys whose end is at or before `now`; answers how many.
    async fn remove_expired_access_keys(&self, tenant: &Tenant, now: Timestamp) -> Result<u64>;
}

/// Tenants, their clocks, and what the store knows about itself.
#[async_trait]
pub trait Tenants: Send + Sync {
    /// The tenant's domain clock; [`DomainClock::Real`] if it was never set.
    async fn domain_clock(&self, tenant: &Tenant) -> Result<DomainClock>;

    /// Sets the tenant's domain clock.
    async fn set_domain_clock(&self, tenant: &Tenant, clock: DomainClock) -> Result<()>;

    /// Every tenant that has a key, an access key or a record.
    async fn tenants(&self) -> Result<Vec<Tenant>>;

    /// Stores a note under a name unless there is one; answers what is there afterwards.
    async fn note(&self, name: &str, value: &[u8]) -> Result<Vec<u8>>;

    /// Whether the database answers.
    async fn ping(&self) -> Result<()>;
}

/// Key stores of tenants' own. Which keys live in them is in the keys' records.
#[async_trait]
pub trait KeyStores: Send + Sync {
    /// Stores a new key store at revision 1, with its secret.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] if the identifier, the name or the claim is taken in the scope.
    async fn insert_key_store(&self, store: &KeyStore, secret: &Sealed) -> Result<()>;

    /// One key store as stored, without its secret.
    async fn key_store(&self, scope: &Scope, id: &str) -> Result<Option<KeyStore>>;

    /// All key stores of the scope in the order of identifiers (by bytes).
    async fn key_stores(&self, scope: &Scope) -> Result<Vec<KeyStore>>;

    /// The sealed secret of a key store.
    async fn key_store_secret(&self, scope: &Scope, id: &str) -> Result<Option<Sealed>>;

    /// Stores a changed key store, and its new secret if there is one. The stored revision becomes
    /// `store.revision + 1`.
    ///
    /// # Errors
    /// [`StoreError::Stale`] unless the stored revision is `store.revision`;
    /// [`StoreError::AlreadyExists`] if the name or the claim is taken.
    async fn commit_key_store(&self, store: &KeyStore, secret: Option<&Sealed>) -> Result<()>;

    /// How many keys live in a key store, those with a due deletion among them.
    async fn count_residents(&self, scope: &Scope, id: &str) -> Result<u64>;

    /// Removes a key store.
    ///
    /// # Errors
    /// [`StoreError::Stale`] unless the stored revision is `store.revision` and no key lives there.
    async fn remove_key_store(&self, store: &KeyStore) -> Result<()>;
}

/// A whole store.
pub trait Store: Keys + Imports + Labels + Grants + KeyUses + KeyStores + Principals + Records + Tenants {}

impl<T: Keys + Imports + Labels + Grants + KeyUses + KeyStores + Principals + Records + Tenants> Store for T {}
