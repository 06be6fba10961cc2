//! Text that holds a secret: a plaintext in base64, a password, a setting.

use std::fmt;

use import_engine::Material;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::wire::decode;

/// Text that is wiped on drop and never printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes over a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The bytes it stands for, unless it is not base64. For members of requests of which each
    /// operation has a code of its own for the answer no; others are a [`Blob`](crate::wire::Blob).
    pub fn decode(&self) -> Option<Material> {
        decode(&self.0)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
