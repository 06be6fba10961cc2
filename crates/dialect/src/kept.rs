//! What dialects keep with keys, records, principals and the like, as JSON text.

use import_engine::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something that is kept as text. Engine and store pass the text on unread.
pub trait Kept: Serialize + DeserializeOwned {
    /// What a kept text says.
    ///
    /// # Errors
    /// [`Error::Internal`] if it is not what [`Kept::to_text`] writes.
    fn of(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(Error::internal)
    }

    /// The text to be kept.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be written.
    fn to_text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}
