//! What must be kept of the last uses of keys.

use async_trait::async_trait;

use super::Result;
use crate::clock::Timestamp;
use crate::tenant::{KeyId, Scope};

/// The last use of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyUse {
    /// Where the key lives.
    pub scope: Scope,
    /// Which key.
    pub key: KeyId,
    /// What was done, in the vendor's word.
    pub operation: String,
    /// When, in the domain clock.
    pub used_at: Timestamp,
    /// When, in real time: of two uses the one that came later in real time is the last.
    pub noted_at: Timestamp,
    /// The request in which it was done.
    pub request: String,
    /// The record of it in the audit trail.
    pub event: String,
}

/// The last uses of keys. They vanish with their key.
#[async_trait]
pub trait KeyUses: Send + Sync {
    /// Stores uses, each unless a later one of its key is stored. Uses of keys that are gone are
    /// passed over.
    async fn put_key_uses(&self, uses: &[KeyUse]) -> Result<()>;

    /// The last stored use of a key.
    async fn key_use(&self, scope: &Scope, key: &KeyId) -> Result<Option<KeyUse>>;
}
