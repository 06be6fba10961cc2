//! Scheduling the end of a key, and taking that back.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::Key;
use crate::multi_region;
use crate::tenant::{KeyId, Scope};

impl Engine {
    /// Lets a key vanish in so many days. Until then it is of no use, and this can be taken back.
    /// For a primary with replicas the days begin when the last of these is gone.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::DeletionWindow`].
    pub async fn schedule_deletion(&self, scope: &Scope, id: &KeyId, window_days: u32) -> Result<Key, Error> {
        let key = self
            .change_members(scope, id, |members, now, policy| {
                multi_region::schedule_deletion(members, &scope.region, window_days, now, policy)
            })
            .await?;
        self.forget(&key);
        Ok(key)
    }

    /// Keeps a key that was to vanish. It is disabled afterwards, or waits for material.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`].
    pub async fn cancel_deletion(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        self.change_members(scope, id, |members, _, policy| {
            multi_region::cancel_deletion(members, &scope.region, policy)
        })
        .await
    }
}
