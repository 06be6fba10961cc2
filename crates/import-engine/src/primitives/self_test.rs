//! A look at the cryptographic library before anything depends on it.
//!
//! OpenSSL obeys a configuration file, also when it is linked in: one that demands FIPS providers
//! that are not there stops even the random generator, and the first request would find out.

use openssl::pkey::PKey;

use super::gcm::{aes256_gcm_open, aes256_gcm_seal, seal, sm4_gcm};
use super::oaep::OaepHash;
use crate::chance::Chance;
use crate::error::Error;
use crate::material::Material;

/// An RSA-2048 key in PKCS#8 that protects nothing.
const TEST_KEY: &[u8] = include_bytes!("self_test_key.der");

/// Test case 14 of the GCM specification: a block of zeros under a key and nonce of zeros.
const GCM_ANSWER: [u8; 32] = [
    0xce, 0xa7, 0x40, 0x3d, 0x4d, 0x60, 0x6b, 0x6e, 0x07, 0x4e, 0xc5, 0xd3, 0xba, 0xf3, 0x9d, 0x18, 0xd0, 0xd1, 0xc8,
    0xa7, 0x99, 0x99, 0x6b, 0xf0, 0x26, 0x5b, 0x98, 0xb5, 0xd4, 0x8a, 0xb9, 0x19,
];

/// One known answer of AES-GCM, one round trip of RSA-OAEP, one use of SM4-GCM and one call for
/// randomness. For the start of a server; takes a few milliseconds.
///
/// # Errors
/// [`Error::Internal`] with a sentence that says which of them failed.
pub fn self_test(chance: &dyn Chance) -> Result<(), Error> {
    let mut random = [0; 32];
    chance.fill(&mut random).map_err(|error| failed("randomness", &error))?;
    if random == [0; 32] {
        return Err(Error::internal("cryptographic self-test: randomness is all zeros"));
    }

    let key = Material::zeroed(32);
    let body = aes256_gcm_seal(&key, &[0; 12], &[], &[0; 16]).map_err(|error| failed("AES-256-GCM", &error))?;
    let opened = aes256_gcm_open(&key, &[0; 12], &[], &body).map_err(|error| failed("AES-256-GCM", &error))?;
    if body != GCM_ANSWER || opened.expose() != [0; 16] {
        return Err(Error::internal("cryptographic self-test: AES-256-GCM answers wrongly"));
    }

    let cipher = sm4_gcm().map_err(|error| failed("SM4-GCM", &error))?;
    seal(cipher, &Material::zeroed(16), &[0; 12], &[], &[0; 16]).map_err(|error| failed("SM4-GCM", &error))?;

    let key = PKey::private_key_from_pkcs8(TEST_KEY).map_err(|error| failed("RSA", &error))?;
    let wrapped = OaepHash::Sha256.encrypt(&key, &random).map_err(|error| failed("RSA", &error))?;
    match OaepHash::Sha256.decrypt(&key, &wrapped) {
        Ok(unwrapped) if unwrapped.expose() == random => Ok(()),
        _ => Err(Error::internal("cryptographic self-test: RSA does not decrypt what it encrypted")),
    }
}

fn failed(what: &str, error: &dyn std::error::Error) -> Error {
    let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    Error::internal(format!("cryptographic self-test: {what} fails: {error}{cause}"))
}
