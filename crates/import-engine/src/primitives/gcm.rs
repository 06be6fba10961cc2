//! AES-256-GCM and SM4-GCM with nonces of 12 bytes and tags of 16, nothing else. OpenSSL itself
//! would take tags from one byte on.

use std::sync::OnceLock;

use openssl::cipher::{Cipher, CipherRef};
use openssl::cipher_ctx::CipherCtx;
use openssl::error::ErrorStack;

use super::Refused;
use crate::error::Error;
use crate::material::Material;

/// Bytes of a tag. It follows the encrypted bytes.
pub(super) const TAG_LENGTH: usize = 16;

/// OpenSSL counts in `int` and the crate panics beyond.
const LONGEST: usize = 1 << 30;

/// Encrypts under a key of 32 bytes. The result is as long as `plain` and 16 bytes of tag.
///
/// # Errors
/// [`Error::Internal`] if the key has another length.
pub fn aes256_gcm_seal(key: &Material, nonce: &[u8; 12], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
    seal(aes_256_gcm()?, key, nonce, aad, plain)
}

/// Opens what [`aes256_gcm_seal`] made. Nothing of the plaintext is handed out unless the tag is
/// right.
///
/// # Errors
/// [`Error::CiphertextInvalid`] for everything that is wrong with `body`, `nonce`, `aad` or the
/// key's value; [`Error::Internal`] if the key is not 32 bytes long.
pub fn aes256_gcm_open(key: &Material, nonce: &[u8; 12], aad: &[u8], body: &[u8]) -> Result<Material, Error> {
    open(aes_256_gcm()?, key, nonce, aad, body)
}

/// The AES-256-GCM cipher.
pub(super) fn aes_256_gcm() -> Result<&'static CipherRef, Error> {
    static CIPHER: OnceLock<Cipher> = OnceLock::new();
    fetched(&CIPHER, "AES-256-GCM")
}

/// The SM4-GCM cipher. OpenSSL has it from 3.1 on.
pub(super) fn sm4_gcm() -> Result<&'static CipherRef, Error> {
    static CIPHER: OnceLock<Cipher> = OnceLock::new();
    fetched(&CIPHER, "SM4-GCM")
}

/// Fetches once: a fetch costs more than encrypting a data key.
fn fetched(slot: &'static OnceLock<Cipher>, name: &str) -> Result<&'static CipherRef, Error> {
    if let Some(cipher) = slot.get() {
        return Ok(cipher);
    }
    let cipher = Cipher::fetch(None, name, None).map_err(Error::internal)?;
    Ok(slot.get_or_init(|| cipher))
}

/// Encrypts; encrypted bytes, then the tag.
///
/// # Errors
/// [`Error::Internal`] if the key does not have the cipher's length.
pub(super) fn seal(
    cipher: &CipherRef,
    key: &Material,
    nonce: &[u8; 12],
    aad: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, Error> {
    require_lengths(cipher, key, aad, plain)?;
    sealed(cipher, key, nonce, aad, plain).map_err(Error::internal)
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`Error::CiphertextInvalid`] if it does not open; [`Error::Internal`] if the key does not have
/// the cipher's length.
pub(super) fn open(
    cipher: &CipherRef,
    key: &Material,
    nonce: &[u8; 12],
    aad: &[u8],
    body: &[u8],
) -> Result<Material, Error> {
    require_lengths(cipher, key, aad, body)?;
    opened(cipher, key, nonce, aad, body).map_err(|Refused| Error::CiphertextInvalid)
}

/// The crate panics on a short key and cuts a long one.
fn require_lengths(cipher: &CipherRef, key: &Material, aad: &[u8], text: &[u8]) -> Result<(), Error> {
    if key.len() != cipher.key_length() || aad.len() > LONGEST || text.len() > LONGEST {
        return Err(Error::internal("a length that GCM does not take"));
    }
    Ok(())
}

fn sealed(
    cipher: &CipherRef,
    key: &Material,
    nonce: &[u8; 12],
    aad: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, ErrorStack> {
    let mut context = CipherCtx::new()?;
    context.encrypt_init(Some(cipher), Some(key.expose()), Some(nonce))?;
    if !aad.is_empty() {
        context.cipher_update(aad, None)?;
    }
    let mut body = vec![0; plain.len() + TAG_LENGTH];
    let (text, tag) = body.split_at_mut(plain.len());
    if !plain.is_empty() {
        context.cipher_update(plain, Some(text))?;
    }
    // Writes nothing in this mode.
    context.cipher_final(&mut [0; 16])?;
    context.tag(tag)?;
    Ok(body)
}

fn opened(cipher: &CipherRef, key: &Material, nonce: &[u8; 12], aad: &[u8], body: &[u8]) -> Result<Material, Refused> {
    let (text, tag) = body.split_last_chunk::<TAG_LENGTH>().ok_or(Refused)?;
    let mut context = CipherCtx::new()?;
    context.decrypt_init(Some(cipher), Some(key.expose()), Some(nonce))?;
    if !aad.is_empty() {
        context.cipher_update(aad, None)?;
    }
    let mut plain = Material::zeroed(text.len());
    if !text.is_empty() {
        context.cipher_update(text, Some(plain.expose_mut()))?;
    }
    context.set_tag(tag)?;
    // Judges the tag. Until here `plain` is only a guess; on a refusal it is wiped unseen.
    context.cipher_final(&mut [0; 16])?;
    Ok(plain)
}

#[cfg(test)]
#[path = "gcm_tests.rs"]
mod tests;
