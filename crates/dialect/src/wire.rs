//! Scalars as they travel.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use import_engine::Material;
use serde::de::{Deserializer, Error as _, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

/// Bytes that are base64 text in JSON (standard alphabet, padded). Wiped on drop, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Blob(Material);

impl Blob {
    /// Takes over bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Material::new(bytes))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.expose()
    }

    /// The bytes as a secret.
    pub fn into_material(self) -> Material {
        self.0
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(bytes)
    }
}

impl From<Material> for Blob {
    fn from(material: Material) -> Self {
        Self(material)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(self.bytes()))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        decode(&text).map(Self).ok_or_else(|| D::Error::invalid_value(Unexpected::Other("text"), &"base64"))
    }
}

/// Base64 text of bytes; wiped on drop.
pub fn encode(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(bytes))
}

/// Bytes of base64 text, standard alphabet, padded; `None` if it is anything else.
pub fn decode(text: &str) -> Option<Material> {
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
    let length = STANDARD.decode_slice(text, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(Material::from(bytes))
}

/// A whole number that travels as JSON number or as decimal text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Numeric(pub i64);

impl<'de> Deserialize<'de> for Numeric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Numeric;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Numeric, E> {
                Ok(Numeric(value))
            }
            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Numeric, E> {
                i64::try_from(value).map(Numeric).map_err(|_| E::custom("out of range"))
            }
            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Numeric, E> {
                value.parse().map(Numeric).map_err(|_| E::custom("not a number"))
            }
        }
        deserializer.deserialize_any(Either)
    }
}
