//! Looking at keys.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::Key;
use crate::tenant::{KeyId, Scope};

/// One page of keys.
#[derive(Clone, Debug)]
pub struct KeyPage {
    /// The keys of this page.
    pub keys: Vec<Key>,
    /// Whether there are more.
    pub truncated: bool,
}

impl Engine {
    /// One key as it is now.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`].
    pub async fn describe_key(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        self.load(scope, id, now, policy).await
    }

    /// Up to `limit` keys after an identifier, in the order of identifiers.
    pub async fn list_keys(&self, scope: &Scope, after: Option<&KeyId>, limit: u32) -> Result<KeyPage, Error> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        let limit_usize = usize::try_from(limit).map_err(Error::internal)?;
        let mut keys = Vec::new();
        let mut after = after.cloned();
        loop {
            // One more than asked tells whether there are more; keys whose deletion is due do not
            // count, so a page may take several looks.
            let rows = self.store.keys_after(scope, after.as_ref(), limit.saturating_add(1)).await?;
            let is_last = rows.len() <= limit_usize;
            after = rows.last().map(|key| key.id.clone());
            keys.extend(rows.into_iter().filter_map(|key| key.at(now, policy)));
            if is_last || keys.len() > limit_usize {
                break;
            }
        }
        let truncated = keys.len() > limit_usize;
        keys.truncate(limit_usize);
        Ok(KeyPage { keys, truncated })
    }

    /// All keys of the scope as they are now, newest first.
    pub async fn all_keys(&self, scope: &Scope) -> Result<Vec<Key>, Error> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        let stored = self.store.all_keys(scope).await?;
        Ok(stored.into_iter().filter_map(|key| key.at(now, policy)).collect())
    }
}
