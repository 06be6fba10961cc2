//! What must be kept of grants.

use async_trait::async_trait;

use super::Result;
use crate::clock::Timestamp;
use crate::tenant::{KeyId, Scope};

/// A right to use one key, given to somebody besides what the key's policy says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grant {
    /// Where the key lives.
    pub scope: Scope,
    /// Which key.
    pub key: KeyId,
    /// Its identifier: 64 lower-case hex digits.
    pub id: String,
    /// A friendly name; empty if it has none.
    pub name: String,
    /// Who has the right, in the vendor's words.
    pub grantee: String,
    /// Who may give it up besides the grantee, in the vendor's words.
    pub retiring: Option<String>,
    /// Who gave it, in the vendor's words.
    pub issuer: String,
    /// What it allows and on which conditions: the dialect's own JSON text.
    pub terms: String,
    /// When it was given, in the domain clock.
    pub created_at: Timestamp,
}

/// Where a grant lies among all of a vendor's region, for lists that cross accounts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct GrantPlace {
    /// The account of the key.
    pub account: String,
    /// The key.
    pub key: KeyId,
    /// The grant.
    pub id: String,
}

impl Grant {
    /// Where it lies.
    pub fn place(&self) -> GrantPlace {
        GrantPlace { account: self.scope.tenant.account.clone(), key: self.key.clone(), id: self.id.clone() }
    }
}

/// Grants of keys. They vanish with their key.
#[async_trait]
pub trait Grants: Send + Sync {
    /// One grant as stored, whatever has become of its key.
    async fn grant(&self, scope: &Scope, key: &KeyId, id: &str) -> Result<Option<Grant>>;

    /// The grant of an identifier, of whichever key it is.
    async fn grant_of_any_key(&self, scope: &Scope, id: &str) -> Result<Option<Grant>>;

    /// The key's grants with identifiers above `after`, in the order of identifiers: those of one
    /// grantee, or all.
    async fn grants_after(
        &self,
        scope: &Scope,
        key: &KeyId,
        grantee: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Grant>>;

    /// The key's grants of a name.
    async fn grants_named(&self, scope: &Scope, key: &KeyId, name: &str) -> Result<Vec<Grant>>;

    /// The grants of all the vendor's keys in a region that `retiring` may give up, in the order of
    /// account, key and identifier, from behind a place on. Keys that are due to vanish count.
    async fn retirable_grants_after(
        &self,
        vendor: &str,
        region: &str,
        retiring: &str,
        after: Option<&GrantPlace>,
        limit: u32,
    ) -> Result<Vec<Grant>>;

    /// How many grants a key has.
    async fn count_grants(&self, scope: &Scope, key: &KeyId) -> Result<u64>;

    /// How many grants each key of the scope has, in the order of keys. Keys without any are left out;
    /// those that are due to vanish count.
    async fn grant_counts(&self, scope: &Scope) -> Result<Vec<(KeyId, u64)>>;

    /// Stores a new grant of a key that was read at `revision`. The stored revision becomes
    /// `revision + 1`, so that whoever counts a key's grants, or looks for one of the same name,
    /// before adding one is not overtaken.
    ///
    /// # Errors
    /// [`StoreError::Stale`](super::StoreError::Stale) unless the key's stored revision is
    /// `revision`; [`StoreError::AlreadyExists`](super::StoreError::AlreadyExists) if the key has a
    /// grant of that identifier.
    async fn insert_grant(&self, grant: &Grant, revision: i64) -> Result<()>;

    /// Removes a grant; answers whether there was one.
    async fn remove_grant(&self, scope: &Scope, key: &KeyId, id: &str) -> Result<bool>;
}
