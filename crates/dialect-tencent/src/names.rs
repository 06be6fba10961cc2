//! The vendor's words and the engine's.

use import_engine::{Key, KeyFamily, KeySpec, KeyState, KeyUsage, Origin, WrappingAlgorithm, WrappingKeySpec};

use crate::regions::Edition;

/// The KeyUsage of symmetric keys, and of CreateKey when none is given.
pub(crate) const ENCRYPT_DECRYPT: &str = "ENCRYPT_DECRYPT";

/// The usages of asymmetric keys.
pub(crate) const ASYMMETRIC_USAGES: &[&str] = &[
    "ASYMMETRIC_DECRYPT_RSA_2048",
    "ASYMMETRIC_DECRYPT_SM2",
    "ASYMMETRIC_SIGN_VERIFY_SM2",
    "ASYMMETRIC_SIGN_VERIFY_ECC",
    "ASYMMETRIC_SIGN_VERIFY_RSA_2048",
    "ASYMMETRIC_SIGN_VERIFY_ECDSA384",
];

/// `KeyState` of a key.
pub(crate) const fn key_state(state: KeyState) -> &'static str {
    match state {
        // No key of this dialect is creating, updating or unavailable.
        KeyState::Enabled | KeyState::Updating => "Enabled",
        KeyState::Disabled | KeyState::Creating | KeyState::Unavailable => "Disabled",
        KeyState::Archived => "Archived",
        KeyState::PendingImport => "PendingImport",
        KeyState::PendingDeletion | KeyState::PendingReplicaDeletion => "PendingDelete",
    }
}

/// `Origin` of a key.
pub(crate) const fn origin(origin: Origin) -> &'static str {
    match origin {
        // This dialect makes no keys in key stores.
        Origin::Generated | Origin::Module | Origin::Outside => "TENCENT_KMS",
        Origin::Imported => "EXTERNAL",
    }
}

/// `KeyUsage` of a key: this vendor's word covers kind and usage.
pub(crate) const fn key_usage(key: &Key) -> &'static str {
    match (key.spec.family(), key.usage, key.spec) {
        (KeyFamily::Symmetric | KeyFamily::Mac, _, _) => ENCRYPT_DECRYPT,
        (KeyFamily::Private, KeyUsage::SignVerify, KeySpec::Sm2) => "ASYMMETRIC_SIGN_VERIFY_SM2",
        (KeyFamily::Private, KeyUsage::SignVerify, KeySpec::EcP384) => "ASYMMETRIC_SIGN_VERIFY_ECDSA384",
        (KeyFamily::Private, KeyUsage::SignVerify, KeySpec::Rsa2048) => "ASYMMETRIC_SIGN_VERIFY_RSA_2048",
        (KeyFamily::Private, KeyUsage::SignVerify, _) => "ASYMMETRIC_SIGN_VERIFY_ECC",
        (KeyFamily::Private, _, KeySpec::Sm2) => "ASYMMETRIC_DECRYPT_SM2",
        (KeyFamily::Private, _, _) => "ASYMMETRIC_DECRYPT_RSA_2048",
    }
}

/// What a symmetric key is in a region of an edition.
pub(crate) const fn symmetric_spec(edition: Edition) -> KeySpec {
    match edition {
        Edition::Sm => KeySpec::Sm4,
        Edition::Fips => KeySpec::Aes256,
    }
}

/// A `WrappingAlgorithm`, if it is one of this vendor's.
pub(crate) fn wrapping_algorithm(word: &str) -> Option<WrappingAlgorithm> {
    match word {
        "RSAES_PKCS1_V1_5" => Some(WrappingAlgorithm::RsaPkcs1),
        "RSAES_OAEP_SHA_1" => Some(WrappingAlgorithm::RsaOaepSha1),
        "RSAES_OAEP_SHA_256" => Some(WrappingAlgorithm::RsaOaepSha256),
        _ => None,
    }
}

/// A `WrappingKeySpec`, if it is this vendor's.
pub(crate) fn wrapping_key_spec(word: &str) -> Option<WrappingKeySpec> {
    match word {
        "RSA_2048" => Some(WrappingKeySpec::Rsa2048),
        _ => None,
    }
}
