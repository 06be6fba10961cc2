//! What a client does before an import: wraps material under the wrapping key that it was handed.
//!
//! Written against OpenSSL's encryption side only, so that it shares no code with the unwrapping
//! that it tests. A mistake in the arguments is a mistake in the test: everything here panics.

use import_engine::wrapping::aes_kwp_wrap;
use import_engine::{Chance, SystemChance, WrappingAlgorithm};
use openssl::encrypt::Encrypter;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Public};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;

/// Wraps `plain` under the wrapping key whose `SubjectPublicKeyInfo` is given in DER. The key-wrap
/// algorithms use a fresh AES-256 key.
pub fn wrap(algorithm: WrappingAlgorithm, wrapping_public_spki: &[u8], plain: &[u8]) -> Vec<u8> {
    let key = PKey::public_key_from_der(wrapping_public_spki).expect("the wrapping key is SPKI");
    match algorithm {
        WrappingAlgorithm::RsaOaepSha1 => oaep(&key, MessageDigest::sha1(), plain),
        WrappingAlgorithm::RsaOaepSha256 => oaep(&key, MessageDigest::sha256(), plain),
        WrappingAlgorithm::RsaPkcs1 => rsa(&key, Padding::PKCS1, None, plain),
        WrappingAlgorithm::RsaAesKeyWrapSha1 => key_wrap(&key, MessageDigest::sha1(), &random::<32>(), plain),
        WrappingAlgorithm::RsaAesKeyWrapSha256 => key_wrap(&key, MessageDigest::sha256(), &random::<32>(), plain),
        WrappingAlgorithm::Sm2Encrypt => sm2(&key, plain),
    }
}

/// Wraps a private key in two fields: a fresh AES-256 key under the wrapping key, and the PKCS#8
/// bytes under that with AES-KWP.
pub fn wrap_two_fields(algorithm: WrappingAlgorithm, wrapping_public_spki: &[u8], pkcs8: &[u8]) -> (Vec<u8>, Vec<u8>) {
    wrap_two_fields_under(algorithm, wrapping_public_spki, &random::<32>(), pkcs8)
}

/// [`wrap_two_fields`] with a temporary key of the caller's: 16, 24 or 32 bytes.
pub fn wrap_two_fields_under(
    algorithm: WrappingAlgorithm,
    wrapping_public_spki: &[u8],
    temporary: &[u8],
    pkcs8: &[u8],
) -> (Vec<u8>, Vec<u8>) {
    let field = aes_kwp_wrap(temporary, pkcs8).expect("a length that AES-KWP takes");
    (wrap(algorithm, wrapping_public_spki, temporary), field)
}

/// RSA-OAEP of `ephemeral`, then AES-KWP of `plain` under it.
fn key_wrap(key: &PKey<Public>, hash: MessageDigest, ephemeral: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut wrapped = oaep(key, hash, ephemeral);
    wrapped.extend(aes_kwp_wrap(ephemeral, plain).expect("a length that AES-KWP takes"));
    wrapped
}

fn oaep(key: &PKey<Public>, hash: MessageDigest, plain: &[u8]) -> Vec<u8> {
    rsa(key, Padding::PKCS1_OAEP, Some(hash), plain)
}

fn rsa(key: &PKey<Public>, padding: Padding, hash: Option<MessageDigest>, plain: &[u8]) -> Vec<u8> {
    let mut encrypter = Encrypter::new(key).expect("the wrapping key is RSA");
    encrypter.set_rsa_padding(padding).expect("a padding of RSA");
    if let Some(hash) = hash {
        encrypter.set_rsa_oaep_md(hash).expect("a hash of OAEP");
        encrypter.set_rsa_mgf1_md(hash).expect("a hash of MGF1");
    }
    let mut blob = vec![0; key.size()];
    let length = encrypter.encrypt(plain, &mut blob).expect("plaintext fits into the block");
    blob.truncate(length);
    blob
}

fn sm2(key: &PKey<Public>, plain: &[u8]) -> Vec<u8> {
    let mut context = PkeyCtx::new(key).expect("a context");
    context.encrypt_init().expect("the wrapping key is SM2");
    let mut blob = Vec::new();
    context.encrypt_to_vec(plain, &mut blob).expect("at least one byte");
    blob
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemChance.fill_secret(&mut bytes).expect("randomness");
    bytes
}
