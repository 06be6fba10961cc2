//! What only this vendor's keys have: kept as text that only this file reads and writes.

use dialect::Failure;
use import_engine::{Error, Key};
use serde::{Deserialize, Serialize};

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

/// What only this vendor's keys have.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Attributes {
    /// The key's labels.
    pub tags: Vec<Tag>,
}

impl Attributes {
    /// Those of a key.
    ///
    /// # Errors
    /// [`Error::Internal`] if the text is not what this file writes.
    pub fn of(key: &Key) -> Result<Self, Error> {
        if key.attributes.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(&key.attributes).map_err(Error::internal)
    }

    /// As text, to be kept with a key.
    ///
    /// # Errors
    /// A fault if they cannot be written.
    pub fn to_text(&self) -> Result<String, Failure> {
        serde_json::to_string(self).map_err(|error| Failure::Engine(Error::internal(error)))
    }
}
