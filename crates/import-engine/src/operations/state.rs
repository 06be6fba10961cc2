//! Enabling, disabling, and the archive.

use crate::clock::Timestamp;
use crate::engine::{ATTEMPTS, Engine};
use crate::error::Error;
use crate::key::Key;
use crate::policy::Policy;
use crate::store::{ChangedKey, StoreError};
use crate::tenant::{KeyId, Scope};

impl Engine {
    /// Makes a key usable again; without material it then waits for an import.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`].
    pub async fn enable_key(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        self.change(scope, id, |key, now, policy| key.enable(now, policy)).await
    }

    /// Makes a key unusable for now.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::KeyBound`], [`Error::WrongState`].
    pub async fn disable_key(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        let key = self.change(scope, id, |key, _, policy| key.disable(policy)).await?;
        self.forget(&key);
        Ok(key)
    }

    /// [`Engine::enable_key`] of several keys: all of them or none.
    ///
    /// # Errors
    /// As there: of the first key that is not there, otherwise of the first that refuses.
    pub async fn enable_keys(&self, scope: &Scope, ids: &[KeyId]) -> Result<(), Error> {
        self.change_several(scope, ids, |key, now, policy| key.enable(now, policy)).await?;
        Ok(())
    }

    /// [`Engine::disable_key`] of several keys: all of them or none.
    ///
    /// # Errors
    /// As in [`Engine::enable_keys`].
    pub async fn disable_keys(&self, scope: &Scope, ids: &[KeyId]) -> Result<(), Error> {
        let keys = self.change_several(scope, ids, |key, _, policy| key.disable(policy)).await?;
        keys.iter().for_each(|key| self.forget(key));
        Ok(())
    }

    /// Keeps a key for opening what it made, and for nothing else.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::KeyBound`], [`Error::WrongState`].
    pub async fn archive_key(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        self.change(scope, id, |key, _, policy| key.archive(policy)).await
    }

    /// Makes an archived key usable again; without material it then waits for an import.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`].
    pub async fn unarchive_key(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        self.change(scope, id, |key, now, policy| key.unarchive(now, policy)).await
    }

    /// Changes several keys by a pure function of each, in one transaction, again from the start
    /// whenever somebody else was quicker. Answers all of them as they were read or changed.
    async fn change_several<F>(&self, scope: &Scope, ids: &[KeyId], transition: F) -> Result<Vec<Key>, Error>
    where
        F: Fn(Key, Timestamp, &Policy) -> Result<Key, Error> + Send + Sync,
    {
        let policy = self.policy(scope)?;
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let mut before = Vec::with_capacity(ids.len());
            for id in ids {
                before.push(self.load(scope, id, now, policy).await?);
            }
            let after: Vec<Key> =
                before.iter().cloned().map(|key| transition(key, now, policy)).collect::<Result<_, _>>()?;
            let changed: Vec<ChangedKey> = after
                .iter()
                .zip(&before)
                .filter(|(after, before)| after != before)
                .map(|(after, _)| ChangedKey { key: after.clone(), materials: Vec::new() })
                .collect();
            match self.store.commit_members(&changed, None).await {
                Ok(()) => return Ok(after),
                Err(StoreError::Stale) => self.back_off(attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }
}
