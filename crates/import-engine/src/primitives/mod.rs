//! Cryptographic operations in the engine's own words: each is a short call into OpenSSL (or, where
//! its safe interface has no way in, into `ed25519-dalek`, `ml-dsa` and `ml-kem`) with the checks in front of it that the library leaves to its
//! callers. Nothing outside this folder and `wrapping/` names those libraries for a secret.
//!
//! Two habits run through all files. Secrets live in [`Material`](crate::Material),
//! allocated at full size before the secret is written into it. And an error of OpenSSL about bad
//! *input* is dropped where it appears, because its text names the check that failed.

mod canonical;
mod cbc;
mod certificate;
mod curve;
mod digest;
mod ecdh;
mod ed25519;
mod encapsulated;
mod envelope;
mod gcm;
mod generate;
mod guest_key;
mod hash;
mod identity;
mod kdf;
mod loaded;
mod maximum;
mod ml_dsa;
mod ml_kem;
pub(crate) mod oaep;
pub(crate) mod pkcs1;
mod prehash;
mod public_key;
mod sealing;
mod seed_form;
mod self_test;
mod signing;
pub(crate) mod sm2;
mod statement;

pub use canonical::{PKCS8_MAX, Unfit, canonical};
pub use cbc::{CBC_BLOCK_LENGTH, CbcCipher};
pub(crate) use certificate::is_signed_with_p384;
pub use certificate::{NoCertificate, TrustAnchor};
pub use encapsulated::EncapsulatedData;
pub use envelope::RecipientKey;
pub use gcm::{aes256_gcm_open, aes256_gcm_seal};
pub use generate::{generate, generate_wrapping_pair};
pub use guest_key::GuestCipher;
pub use hash::{sha256, sha512, sm3};
pub use identity::identity;
pub use kdf::{hkdf_sha256, hmac_sha256};
pub use loaded::LoadedKey;
pub use maximum::plaintext_maximum;
pub use public_key::public_key;
pub use sealing::SealedData;
pub use self_test::self_test;
pub use signing::signature_der;
pub(crate) use statement::is_signed_with_rsa;

/// The input of a private operation did not open. Says nothing about why, and is equal to itself,
/// so that every kind of damage is the same value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Refused;

/// Drops what OpenSSL had to say: it would tell good padding from bad.
impl From<openssl::error::ErrorStack> for Refused {
    fn from(_: openssl::error::ErrorStack) -> Self {
        Self
    }
}

#[cfg(test)]
mod wycheproof_tests;
