//! HMAC-SHA-256 and HKDF-SHA-256 for the engine's own sealing and naming.

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::md::Md;
use openssl::pkey::{Id, PKey};
use openssl::pkey_ctx::PkeyCtx;
use openssl::sign::Signer;

use crate::error::Error;
use crate::material::Material;

/// HMAC-SHA-256 over the parts one after another. The parts are not set apart: callers whose parts
/// vary in length put the lengths in.
///
/// # Errors
/// [`Error::Internal`] if the key is empty, which OpenSSL does not take.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Result<[u8; 32], Error> {
    hmac(key, parts).map_err(Error::internal)
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Result<[u8; 32], ErrorStack> {
    let key = PKey::hmac(key)?;
    let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
    for part in parts {
        signer.update(part)?;
    }
    let mut mac = [0; 32];
    signer.sign(&mut mac)?;
    Ok(mac)
}

/// HKDF-SHA-256 (RFC 5869), extract and expand. `length` is in bytes, at most 8160. An empty salt
/// is the standard's string of zeros.
///
/// # Errors
/// [`Error::Internal`] if the secret is empty or `length` impossible.
// Through PkeyCtx and not `openssl::kdf::hkdf`, which leaves the secret in freed memory.
pub fn hkdf_sha256(secret: &[u8], salt: &[u8], info: &[u8], length: usize) -> Result<Material, Error> {
    if secret.is_empty() {
        return Err(Error::internal("HKDF of an empty secret"));
    }
    hkdf(secret, salt, info, length).map_err(Error::internal)
}

fn hkdf(secret: &[u8], salt: &[u8], info: &[u8], length: usize) -> Result<Material, ErrorStack> {
    let mut context = PkeyCtx::new_id(Id::HKDF)?;
    context.derive_init()?;
    context.set_hkdf_md(Md::sha256())?;
    context.set_hkdf_key(secret)?;
    if !salt.is_empty() {
        context.set_hkdf_salt(salt)?;
    }
    if !info.is_empty() {
        context.add_hkdf_info(info)?;
    }
    let mut derived = Material::zeroed(length);
    context.derive(Some(derived.expose_mut()))?;
    Ok(derived)
}
