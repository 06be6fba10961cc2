//! Keys that somebody besides their owner relies on. Who that is, is the dialect's matter: it notes
//! it with the key, and its policy says what cannot be done meanwhile.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::operations::edit::{Facts, facts};
use crate::tenant::{KeyId, Scope};

impl Engine {
    /// Notes with a key that somebody relies on it. What material it has stays for good from now on.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::Busy`], and what `note` refuses.
    pub async fn bind_key<R: From<Error>>(
        &self,
        scope: &Scope,
        id: &KeyId,
        note: impl Fn(Facts<'_>) -> Result<(), R> + Send + Sync,
    ) -> Result<Key, R> {
        self.change(scope, id, |mut key, _, policy| {
            key.require(KeyOperation::Bind, policy)?;
            note(facts(&mut key))?;
            Ok(key.keep_material())
        })
        .await
    }
}
