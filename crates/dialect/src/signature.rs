//! What the vendors' request signatures have in common.

use std::fmt::Write as _;

use import_engine::{Error, constant_time_eq};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use percent_encoding::percent_decode_str;

/// SHA-256 as lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(openssl::sha::sha256(bytes))
}

/// SHA-512.
pub fn sha512(bytes: &[u8]) -> [u8; 64] {
    openssl::sha::sha512(bytes)
}

/// HMAC-SHA-256.
///
/// # Errors
/// [`Error::Internal`] for an empty key, which OpenSSL does not take.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> Result<Vec<u8>, Error> {
    hmac(MessageDigest::sha256(), key, message)
}

/// HMAC-SHA-1, for old parameter signatures.
///
/// # Errors
/// As [`hmac_sha256`].
pub fn hmac_sha1(key: &[u8], message: &[u8]) -> Result<Vec<u8>, Error> {
    hmac(MessageDigest::sha1(), key, message)
}

fn hmac(digest: MessageDigest, key: &[u8], message: &[u8]) -> Result<Vec<u8>, Error> {
    let key = PKey::hmac(key).map_err(Error::internal)?;
    let mut signer = Signer::new(digest, &key).map_err(Error::internal)?;
    signer.sign_oneshot_to_vec(message).map_err(Error::internal)
}

/// Whether the signature received is the one calculated, in constant time.
pub fn signatures_equal(calculated: &str, received: &str) -> bool {
    constant_time_eq(calculated.as_bytes(), received.as_bytes())
}

/// Percent-encodes everything but the unreserved characters `A-Z a-z 0-9 - _ . ~`, in upper-case
/// hex.
pub fn percent_encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// Undoes percent-encoding. A stray `%` stays as it is; `+` stays a plus.
pub fn percent_decode(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

/// The pairs of a query string or a form body, decoded, in the order received. An item without `=`
/// has no value. With `plus_is_space`, `+` means a space, as in forms.
pub fn pairs(query: &str, plus_is_space: bool) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let decode = |text: &str| {
        if plus_is_space { percent_decode(&text.replace('+', " ")) } else { percent_decode(text) }
    };
    query
        .split('&')
        .filter(|item| !item.is_empty())
        .map(|item| match item.split_once('=') {
            Some((name, value)) => (decode(name), Some(decode(value))),
            None => (decode(item), None),
        })
        .collect()
}
