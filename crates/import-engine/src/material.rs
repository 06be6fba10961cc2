//! Secret bytes that wipe themselves.

use std::fmt;
use zeroize::Zeroizing;

/// Secret bytes: key material, plaintext, an unsealed private key. Wiped on drop, never printed.
#[derive(Clone)]
pub struct Material(Zeroizing<Vec<u8>>);

impl Material {
    /// Takes over bytes that are already in a plain vector. They are wiped when this is dropped.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// `length` zero bytes, to be written in place: a vector must not grow once a secret is in it.
    pub fn zeroed(length: usize) -> Self {
        Self(Zeroizing::new(vec![0; length]))
    }

    /// Copies a slice.
    pub fn copy_of(bytes: &[u8]) -> Self {
        Self::new(bytes.to_vec())
    }

    /// The bytes themselves.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, writable in place.
    pub fn expose_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// Shortens without moving, so that nothing is left behind elsewhere. The cut-off part is
    /// zeroed at once.
    pub fn truncate(&mut self, length: usize) {
        if length < self.0.len() {
            self.0[length..].fill(0);
            self.0.truncate(length);
        }
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Zeroizing<Vec<u8>>> for Material {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }
}

/// In constant time for equal lengths; the length itself is not secret.
impl PartialEq for Material {
    fn eq(&self, other: &Self) -> bool {
        constant_time_eq(&self.0, &other.0)
    }
}

impl Eq for Material {}

impl fmt::Debug for Material {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Compares without telling by its duration where the first difference is. Lengths are compared
/// first, because OpenSSL's comparison panics when they differ.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && openssl::memcmp::eq(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_nothing() {
        let material = Material::new(b"super secret".to_vec());
        assert_eq!(format!("{material:?}"), "[redacted]");
    }

    #[test]
    fn compares_by_value() {
        assert_eq!(Material::copy_of(b"abc"), Material::copy_of(b"abc"));
        assert_ne!(Material::copy_of(b"abc"), Material::copy_of(b"abd"));
        assert_ne!(Material::copy_of(b"abc"), Material::copy_of(b"abcd"));
    }
}
