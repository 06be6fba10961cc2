//! Text that holds a secret, such as a plaintext in base64.

use std::fmt;

use dialect::wire::decode;
use import_engine::Material;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// Text that is wiped on drop and never printed. Whether it is base64 is the action's question,
/// because each action has its own code for the answer no.
pub(crate) struct SecretText(Zeroizing<String>);

impl SecretText {
    /// The text itself, for text that may also be no secret.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The bytes it stands for, unless it is not base64.
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
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}
