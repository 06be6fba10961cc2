//! What must be kept of things that are no keys and that only one vendor has.

use async_trait::async_trait;

use super::{Result, Sealed};
use crate::clock::Timestamp;
use crate::tenant::{KeyId, Scope, Tenant};

/// Something that a vendor's dialect keeps besides keys: an access point, a policy, a binding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Where it lives.
    pub scope: Scope,
    /// What it is, in the dialect's word.
    pub kind: String,
    /// Its identifier, unique among those of its kind in the scope.
    pub id: String,
    /// A name, unique among those of its kind in the scope, if it has one.
    pub name: Option<String>,
    /// The key on which it hangs, if on any. It vanishes with that key.
    pub key: Option<KeyId>,
    /// What it is: the dialect's own JSON text.
    pub attributes: String,
    /// When it was made, in the domain clock.
    pub created_at: Timestamp,
    /// When it vanishes by itself, in the domain clock; `None`: never.
    pub due_at: Option<Timestamp>,
    /// Counts stored changes; a change is stored only on the revision it was made from.
    pub revision: i64,
}

/// A secret of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealedSecret {
    /// Which of the record's secrets, in the dialect's word.
    pub name: String,
    /// Its bytes.
    pub sealed: Sealed,
}

/// Records of dialects. They vanish with the key on which they hang, like grants.
///
/// Whoever reads says at which instant: records that are due then, and those whose key is, are not
/// there.
#[async_trait]
pub trait Records: Send + Sync {
    /// Stores a new record at revision 1, with its secrets, if fewer than `most` of its kind are in the
    /// scope when it is made, those not counted that will vanish by themselves; `None`: any number.
    /// Callers who come at once are counted one after another.
    ///
    /// # Errors
    /// [`StoreError::Full`](super::StoreError::Full) if there are as many;
    /// [`StoreError::AlreadyExists`](super::StoreError::AlreadyExists) if the identifier or the name
    /// is taken among those of its kind in the scope, be it by one that is due;
    /// [`StoreError::Stale`](super::StoreError::Stale) if its key is not there.
    async fn insert_record(&self, record: &Record, secrets: &[SealedSecret], most: Option<usize>) -> Result<()>;

    /// One record.
    async fn record(&self, scope: &Scope, kind: &str, id: &str, now: Timestamp) -> Result<Option<Record>>;

    /// The record of a name.
    async fn record_named(&self, scope: &Scope, kind: &str, name: &str, now: Timestamp) -> Result<Option<Record>>;

    /// The scope's records of a kind, newest first, then by identifier: those of one key, or all.
    async fn records(&self, scope: &Scope, kind: &str, key: Option<&KeyId>, now: Timestamp) -> Result<Vec<Record>>;

    /// Stores changed records, all or none: name, attributes and due instant. The stored revisions
    /// become `revision + 1`.
    ///
    /// # Errors
    /// [`StoreError::Stale`](super::StoreError::Stale) unless each stored revision is the record's;
    /// [`StoreError::AlreadyExists`](super::StoreError::AlreadyExists) if a name is taken.
    async fn commit_records(&self, records: &[Record]) -> Result<()>;

    /// Removes a record with its secrets.
    ///
    /// # Errors
    /// [`StoreError::Stale`](super::StoreError::Stale) unless the stored revision is `record.revision`.
    async fn remove_record(&self, record: &Record) -> Result<()>;

    /// One secret of a record, whether or not the record is due.
    async fn record_secret(&self, scope: &Scope, kind: &str, id: &str, name: &str) -> Result<Option<Sealed>>;

    /// Removes the tenant's records that are due at `now`; answers how many.
    async fn remove_due_records(&self, tenant: &Tenant, now: Timestamp) -> Result<u64>;
}
