//! What only this vendor's keys have: kept as text that only this file reads and writes.

use dialect::Kept;
use import_engine::{Error, Key};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;

/// The most resources that are bound to a key. Ours: a key's record must not grow without end.
const BINDINGS_MAX: usize = 1000;

/// A label of a key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    /// Its name, unique on a key.
    pub tag_key: String,
    /// Its value.
    #[serde(default)]
    pub tag_value: String,
}

/// A resource of a cloud product that is encrypted under a key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Binding {
    /// The product.
    pub product: String,
    /// Its resource.
    pub resource: String,
}

/// What only this vendor's keys have.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Attributes {
    /// The key's labels.
    pub tags: Vec<Tag>,
    /// Who relies on the key. They stand here and not in rows of their own, because what they forbid
    /// is decided on the revision of the key that was read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bindings: Vec<Binding>,
    /// The cloud product that made the key, if a user did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The Uin of the sub-account or role that made the key, if the account itself did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// The HSM cluster that the key lives in, if it is not the shared one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hsm_cluster: Option<String>,
}

/// Whether somebody relies on a key: for the policy.
///
/// # Errors
/// As in [`Attributes::of_key`].
pub(crate) fn is_bound(key: &Key) -> Result<bool, Error> {
    Ok(!Attributes::of_key(key)?.bindings.is_empty())
}

impl Kept for Attributes {
    /// No text says nothing of a key.
    fn of(text: &str) -> Result<Self, Error> {
        if text.is_empty() { Ok(Self::default()) } else { serde_json::from_str(text).map_err(Error::internal) }
    }
}

impl Attributes {
    /// Those of a key.
    ///
    /// # Errors
    /// [`Error::Internal`] if the text is not what this file writes.
    pub fn of_key(key: &Key) -> Result<Self, Error> {
        Self::of(&key.attributes)
    }

    /// The Uin of whoever made the key, which belongs to an account.
    pub fn creator_uin<'a>(&'a self, account: &'a str) -> &'a str {
        self.creator.as_deref().unwrap_or(account)
    }

    /// Notes a binding; one that is noted already changes nothing.
    ///
    /// # Errors
    /// [`Refusal::TooManyBindings`].
    pub fn bind(&mut self, binding: &Binding) -> Result<(), Refusal> {
        if self.bindings.contains(binding) {
            return Ok(());
        }
        if self.bindings.len() >= BINDINGS_MAX {
            return Err(Refusal::TooManyBindings);
        }
        self.bindings.push(binding.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindings_are_counted_once_and_up_to_a_bound() {
        let binding = |number: usize| Binding { product: "cbs".into(), resource: format!("disk-{number}") };
        let mut attributes = Attributes::default();
        for number in 0..BINDINGS_MAX {
            attributes.bind(&binding(number)).unwrap();
        }
        assert_eq!(attributes.bind(&binding(0)), Ok(()));
        assert_eq!(attributes.bind(&binding(BINDINGS_MAX)), Err(Refusal::TooManyBindings));
        assert_eq!(attributes.bindings.len(), BINDINGS_MAX);
    }

    #[test]
    fn what_is_written_is_read() {
        let mut attributes = Attributes::default();
        assert_eq!(attributes.to_text().unwrap(), r#"{"tags":[]}"#);
        attributes.owner = Some("cos".into());
        assert_eq!(attributes.creator_uin("100"), "100");
        attributes.creator = Some("200".into());
        assert_eq!(attributes.creator_uin("100"), "200");
        attributes.bind(&Binding { product: "cos".into(), resource: "bucket".into() }).unwrap();
        assert_eq!(Attributes::of(&attributes.to_text().unwrap()).unwrap(), attributes);
        assert!(Attributes::of("no JSON").is_err());
    }
}
