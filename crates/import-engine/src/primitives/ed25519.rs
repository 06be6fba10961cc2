//! Ed25519 keys in PKCS#8: a form of fixed bytes around the seed.
//!
//! OpenSSL leaves a copy of the key behind in freed memory whenever it writes or reads this form,
//! so it is put together and taken apart here.

use crate::material::Material;

/// Everything before the seed in RFC 8410's `PrivateKeyInfo` without a public key.
const PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Bytes of an Ed25519 seed.
pub(super) const SEED_LENGTH: usize = 32;

/// Canonical PKCS#8 around a seed, which `fill` writes in place.
pub(super) fn wrap_seed<E>(fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Material, E> {
    let mut material = Material::zeroed(PREFIX.len() + SEED_LENGTH);
    let (prefix, seed) = material.expose_mut().split_at_mut(PREFIX.len());
    prefix.copy_from_slice(&PREFIX);
    fill(seed)?;
    Ok(material)
}

/// The seed inside canonical PKCS#8; `None` if it is anything else.
pub(super) fn seed(pkcs8: &[u8]) -> Option<&[u8; SEED_LENGTH]> {
    pkcs8.strip_prefix(&PREFIX)?.try_into().ok()
}
