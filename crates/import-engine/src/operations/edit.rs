//! What the owner says about a key.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::tenant::{KeyId, Scope};

/// What an owner may change of a key without changing what it can do.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Free text.
    pub description: &'a mut String,
    /// The dialect's own JSON text.
    pub attributes: &'a mut String,
    /// The name that must be unique in the scope, for vendors whose keys have one.
    pub name: &'a mut Option<String>,
}

impl Engine {
    /// Changes what is said about a key, as part of an operation that the key's state may forbid. The
    /// change is made from what is stored, again whenever somebody else was quicker; whoever makes it
    /// may refuse in their own words.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::NameTaken`], [`Error::Busy`], and what
    /// `edit` refuses.
    pub async fn edit_key<R: From<Error>>(
        &self,
        scope: &Scope,
        id: &KeyId,
        operation: KeyOperation,
        edit: impl Fn(Facts<'_>) -> Result<(), R> + Send + Sync,
    ) -> Result<Key, R> {
        self.change(scope, id, |mut key, _, policy| {
            key.require(operation, policy)?;
            edit(facts(&mut key))?;
            Ok(key)
        })
        .await
    }
}

/// What the owner may change of a key.
pub(crate) fn facts(key: &mut Key) -> Facts<'_> {
    Facts { description: &mut key.description, attributes: &mut key.attributes, name: &mut key.name }
}
