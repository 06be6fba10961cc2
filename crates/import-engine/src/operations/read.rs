//! Looking at keys.

use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyManager};
use crate::policy::Policy;
use crate::tenant::{KeyId, Scope, Tenant};

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

    /// The tenants of the vendor who have, in the region of a scope, a key of this identifier, whatever
    /// has become of it.
    pub async fn tenants_with_key(&self, scope: &Scope, id: &KeyId) -> Result<Vec<Tenant>, Error> {
        Ok(self.store.tenants_with_key(&scope.tenant.vendor, &scope.region, id).await?)
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
            for key in rows.into_iter().filter_map(|key| key.at(now, policy)) {
                keys.extend(self.rotated_if_due(key, now, policy).await?);
            }
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
        let mut keys = Vec::with_capacity(stored.len());
        for key in stored.into_iter().filter_map(|key| key.at(now, policy)) {
            keys.extend(self.rotated_if_due(key, now, policy).await?);
        }
        Ok(keys)
    }

    /// How many keys there are now in the scope that their owner manages.
    pub async fn count_keys(&self, scope: &Scope) -> Result<usize, Error> {
        let keys = self.all_keys(scope).await?;
        Ok(keys.iter().filter(|key| key.manager == KeyManager::Owner).count())
    }

    /// A key of a list, once the rotations that are due were made; `None` if it vanished meanwhile.
    async fn rotated_if_due(&self, key: Key, now: Timestamp, policy: &Policy) -> Result<Option<Key>, Error> {
        if key.due_rotations(now).is_empty() {
            return Ok(Some(key));
        }
        match self.load(&key.scope, &key.id, now, policy).await {
            Ok(key) => Ok(Some(key)),
            Err(Error::KeyNotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
