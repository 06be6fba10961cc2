//! When two materials are the same key.

use super::public_key::public_key;
use crate::error::Error;
use crate::material::Material;
use crate::spec::KeySpec;

/// Bytes that are equal exactly when two materials are the same key: raw bytes themselves, or the
/// public half (`SubjectPublicKeyInfo`) of a private key. Private keys are not compared by their
/// bytes, because one RSA key has several encodings: p and q may be swapped.
///
/// # Errors
/// [`Error::Internal`] if `material` is not canonical material of the kind.
pub fn identity(spec: KeySpec, material: &Material) -> Result<Material, Error> {
    Ok(public_key(spec, material)?.map_or_else(|| material.clone(), Material::new))
}
