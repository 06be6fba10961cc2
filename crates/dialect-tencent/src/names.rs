//! The vendor's words and the engine's.

use import_engine::primitives::GuestCipher;
use import_engine::{
    EncryptionAlgorithm, KeyState, MessageForm, Origin, SigningAlgorithm, WrappingAlgorithm, WrappingKeySpec,
};

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

/// The `Algorithm` of AsymmetricRsaDecrypt, if it is this vendor's.
pub(crate) fn decryption_algorithm(word: &str) -> Option<EncryptionAlgorithm> {
    match word {
        "RSAES_PKCS1_V1_5" => Some(EncryptionAlgorithm::RsaPkcs1),
        "RSAES_OAEP_SHA_1" => Some(EncryptionAlgorithm::RsaOaepSha1),
        "RSAES_OAEP_SHA_256" => Some(EncryptionAlgorithm::RsaOaepSha256),
        _ => None,
    }
}

/// The `Algorithm` of SignByAsymmetricKey and VerifyByAsymmetricKey, if it is this vendor's.
// Unverified: both words for ECDSA on P-384. `SM2DSA_ASN1` is what one client in the field sends.
pub(crate) fn signing_algorithm(word: &str) -> Option<SigningAlgorithm> {
    match word {
        "SM2DSA" | "SM2DSA_ASN1" => Some(SigningAlgorithm::Sm2Dsa),
        "ECC_P256_R1" => Some(SigningAlgorithm::EcdsaSha256),
        "ECDSA384" | "ECC_P384_R1" => Some(SigningAlgorithm::EcdsaSha384),
        "RSA_PSS_SHA_256" => Some(SigningAlgorithm::RsaPssSha256),
        "RSA_PKCS1_SHA_256" => Some(SigningAlgorithm::RsaPkcs1Sha256),
        _ => None,
    }
}

/// A `MessageType`, if it is this vendor's. Without one it is the message itself.
pub(crate) fn message_form(word: &str) -> Option<MessageForm> {
    match word {
        "" | "RAW" => Some(MessageForm::Raw),
        "DIGEST" => Some(MessageForm::Digest),
        _ => None,
    }
}

/// An `EncryptionAlgorithm`, if it is this vendor's. Without one it is SM2.
pub(crate) fn guest_cipher(word: &str) -> Option<GuestCipher> {
    match word {
        "" | "SM2" => Some(GuestCipher::Sm2Concatenated),
        "SM2_C1C3C2_ASN1" => Some(GuestCipher::Sm2Asn1),
        "RSAES_PKCS1_V1_5" => Some(GuestCipher::RsaPkcs1),
        "RSAES_OAEP_SHA_1" => Some(GuestCipher::RsaOaepSha1),
        "RSAES_OAEP_SHA_256" => Some(GuestCipher::RsaOaepSha256),
        _ => None,
    }
}
