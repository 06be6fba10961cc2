//! What a key was last used for.

use crate::chance::{KeyIdForm, key_id};
use crate::clock::{DomainClock, Timestamp};
use crate::engine::Engine;
use crate::error::Error;
use crate::key::Key;
use crate::store::KeyUse;
use crate::tenant::{KeyId, Scope};

/// The name of the note that holds since when uses have been kept.
const SINCE: &str = "key uses since";

/// What is known of the use of a key.
#[derive(Clone, Debug)]
pub struct LastUse {
    /// The key.
    pub key: Key,
    /// Its last use, if there was one since uses have been kept.
    pub last: Option<KeyUse>,
    /// Since when uses of this key have been kept, in the domain clock.
    pub since: Timestamp,
}

impl Engine {
    /// Remembers since when uses have been kept on this store. To be called before the first request
    /// is served.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn track_uses(&self) -> Result<(), Error> {
        let now = self.real_now();
        let stored = self.store.note(SINCE, &now.0.to_be_bytes()).await?;
        let stored = <[u8; 8]>::try_from(stored.as_slice()).map_err(Error::internal)?;
        // Whoever set it before has read the same note.
        let _ = self.uses.since.set(Timestamp(i64::from_be_bytes(stored)));
        Ok(())
    }

    /// Keeps that a key was used. Nothing is stored yet, unless there is no more room in memory. A
    /// use that cannot be kept is lost, with a line in the log: the caller has what they came for.
    pub async fn note_use(&self, scope: &Scope, key: &KeyId, operation: &str, request: &str) {
        if let Err(error) = self.try_note_use(scope, key, operation, request).await {
            tracing::warn!(cause = ?error, "a use of a key is not kept");
        }
    }

    async fn try_note_use(&self, scope: &Scope, key: &KeyId, operation: &str, request: &str) -> Result<(), Error> {
        let used_at = self.now(&scope.tenant).await?;
        let key_use = KeyUse {
            scope: scope.clone(),
            key: key.clone(),
            operation: operation.to_owned(),
            used_at,
            noted_at: self.real_now(),
            request: request.to_owned(),
            event: key_id(self.chance.as_ref(), KeyIdForm::RandomUuid, used_at)?,
        };
        if self.uses.keep(&key_use) {
            return Ok(());
        }
        self.store_uses().await?;
        if self.uses.keep(&key_use) { Ok(()) } else { Err(Error::Busy) }
    }

    /// Stores the uses that are only in memory; answers how many.
    ///
    /// # Errors
    /// [`Error::Internal`]; then they stay in memory.
    pub async fn store_uses(&self) -> Result<usize, Error> {
        let uses = self.uses.all();
        if !uses.is_empty() {
            self.store.put_key_uses(&uses).await?;
        }
        let count = uses.len();
        self.uses.stored(uses);
        Ok(count)
    }

    /// What a key was last used for, here or, as far as that is stored, at another server.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`].
    pub async fn last_use(&self, scope: &Scope, id: &KeyId) -> Result<LastUse, Error> {
        let key = self.describe_key(scope, id).await?;
        let here = self.uses.of(scope, id);
        let stored = self.store.key_use(scope, id).await?;
        let last = stored.into_iter().chain(here).max_by_key(|key_use| key_use.noted_at);
        let since = match (self.uses.since.get(), self.domain_clock(&scope.tenant).await?) {
            // A clock that stands still says nothing about when something happened.
            (None, _) | (_, DomainClock::Frozen(_)) => key.created_at,
            (Some(since), clock) => clock.show(*since).max(key.created_at),
        };
        Ok(LastUse { key, last, since })
    }
}
