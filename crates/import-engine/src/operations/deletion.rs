//! Scheduling the end of a key, and taking that back.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::Key;
use crate::tenant::{KeyId, Scope};

impl Engine {
    /// Lets a key vanish in so many days. Until then it is of no use, and this can be taken back.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::DeletionWindow`].
    pub async fn schedule_deletion(&self, scope: &Scope, id: &KeyId, window_days: u32) -> Result<Key, Error> {
        let key = self.change(scope, id, |key, now, policy| key.schedule_deletion(window_days, now, policy)).await?;
        self.forget(&key);
        Ok(key)
    }

    /// Keeps a key that was to vanish. It is disabled afterwards, or waits for material.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`].
    pub async fn cancel_deletion(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        self.change(scope, id, |key, _, policy| key.cancel_deletion(policy)).await
    }
}
