//! AWS's words and the engine's types, both ways. Each pair stands once, in the direction engine
//! to word; the other direction searches.

use import_engine::{
    ConnectionState, EncryptionAlgorithm, KeyManager, KeySpec, KeyState, KeyStoreKind, KeyUsage, MacAlgorithm,
    MaterialRole, MessageForm, Origin, RotationKind, SigningAlgorithm, Timestamp, WrappingAlgorithm, WrappingKeySpec,
};

/// Whether a region is one of China's, where the symmetric cipher is SM4 and SM2 exists.
pub(crate) fn is_china(region: &str) -> bool {
    region.starts_with("cn-")
}

/// The `KeySpec` of a kind.
pub(crate) const fn key_spec_word(spec: KeySpec) -> &'static str {
    match spec {
        KeySpec::Aes256 | KeySpec::Sm4 => "SYMMETRIC_DEFAULT",
        KeySpec::Hmac224 => "HMAC_224",
        KeySpec::Hmac256 => "HMAC_256",
        KeySpec::Hmac384 => "HMAC_384",
        KeySpec::Hmac512 => "HMAC_512",
        // No key of this dialect is of this kind.
        KeySpec::HmacSm3 => "HMAC_SM3",
        KeySpec::Rsa2048 => "RSA_2048",
        KeySpec::Rsa3072 => "RSA_3072",
        KeySpec::Rsa4096 => "RSA_4096",
        KeySpec::EcP256 => "ECC_NIST_P256",
        KeySpec::EcP384 => "ECC_NIST_P384",
        KeySpec::EcP521 => "ECC_NIST_P521",
        KeySpec::EcSecp256k1 => "ECC_SECG_P256K1",
        KeySpec::Ed25519 => "ECC_NIST_EDWARDS25519",
        KeySpec::Sm2 => "SM2",
        KeySpec::MlDsa44 => "ML_DSA_44",
        KeySpec::MlDsa65 => "ML_DSA_65",
        KeySpec::MlDsa87 => "ML_DSA_87",
        KeySpec::MlKem512 => "ML_KEM_512",
        KeySpec::MlKem768 => "ML_KEM_768",
        KeySpec::MlKem1024 => "ML_KEM_1024",
    }
}

/// The kind that a `KeySpec` means in a region; `None` where there is no such key.
pub(crate) fn key_spec(word: &str, region: &str) -> Option<KeySpec> {
    let china = is_china(region);
    KeySpec::ALL.iter().copied().find(|spec| {
        let exists = match spec {
            KeySpec::Aes256 | KeySpec::MlKem512 | KeySpec::MlKem768 | KeySpec::MlKem1024 => !china,
            KeySpec::Sm4 | KeySpec::Sm2 => china,
            KeySpec::HmacSm3 => false,
            _ => true,
        };
        exists && key_spec_word(*spec) == word
    })
}

/// The `KeyUsage` of a usage.
pub(crate) const fn usage_word(usage: KeyUsage) -> &'static str {
    match usage {
        KeyUsage::EncryptDecrypt => "ENCRYPT_DECRYPT",
        KeyUsage::SignVerify => "SIGN_VERIFY",
        KeyUsage::GenerateVerifyMac => "GENERATE_VERIFY_MAC",
        KeyUsage::KeyAgreement => "KEY_AGREEMENT",
        KeyUsage::EncapsulateDecapsulate => "ENCAPSULATE_DECAPSULATE",
    }
}

/// The usage of a `KeyUsage`.
pub(crate) fn usage(word: &str) -> Option<KeyUsage> {
    KeyUsage::ALL.iter().copied().find(|usage| usage_word(*usage) == word)
}

/// The `Origin` of an origin.
pub(crate) const fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Generated => "AWS_KMS",
        Origin::Imported => "EXTERNAL",
        Origin::Module => "AWS_CLOUDHSM",
        Origin::Outside => "EXTERNAL_KEY_STORE",
    }
}

/// The origin of an `Origin`.
pub(crate) fn origin(word: &str) -> Option<Origin> {
    Origin::ALL.iter().copied().find(|origin| origin_word(*origin) == word)
}

/// The `ConnectionState` of a key store's connection.
pub(crate) const fn connection_state_word(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Connected => "CONNECTED",
        ConnectionState::Connecting => "CONNECTING",
        ConnectionState::Failed => "FAILED",
        ConnectionState::Disconnected => "DISCONNECTED",
        ConnectionState::Disconnecting => "DISCONNECTING",
    }
}

/// The `CustomKeyStoreType` of a kind of key store.
pub(crate) const fn key_store_type_word(kind: KeyStoreKind) -> &'static str {
    match kind {
        KeyStoreKind::Module => "AWS_CLOUDHSM",
        KeyStoreKind::Outside => "EXTERNAL_KEY_STORE",
    }
}

/// The `KeyManager` of a key.
pub(crate) const fn manager_word(manager: KeyManager) -> &'static str {
    match manager {
        KeyManager::Owner => "CUSTOMER",
        KeyManager::Provider => "AWS",
    }
}

/// The `KeyState` of a state.
pub(crate) const fn state_word(state: KeyState) -> &'static str {
    match state {
        KeyState::Enabled => "Enabled",
        // There is no archive here.
        KeyState::Disabled | KeyState::Archived => "Disabled",
        KeyState::PendingImport => "PendingImport",
        KeyState::PendingDeletion => "PendingDeletion",
        KeyState::PendingReplicaDeletion => "PendingReplicaDeletion",
        KeyState::Creating => "Creating",
        KeyState::Updating => "Updating",
        KeyState::Unavailable => "Unavailable",
    }
}

/// The `KeyMaterialState` of a material's part.
pub(crate) const fn material_state_word(role: MaterialRole) -> &'static str {
    match role {
        MaterialRole::Current => "CURRENT",
        MaterialRole::NonCurrent => "NON_CURRENT",
        MaterialRole::PendingRotation => "PENDING_ROTATION",
        MaterialRole::PendingReplication => "PENDING_MULTI_REGION_IMPORT_AND_ROTATION",
    }
}

/// The `RotationType` of a kind of rotation.
pub(crate) const fn rotation_word(kind: RotationKind) -> &'static str {
    match kind {
        RotationKind::Automatic => "AUTOMATIC",
        RotationKind::OnDemand => "ON_DEMAND",
    }
}

/// The `WrappingAlgorithm` of an algorithm.
pub(crate) const fn wrapping_algorithm_word(algorithm: WrappingAlgorithm) -> &'static str {
    match algorithm {
        WrappingAlgorithm::RsaOaepSha1 => "RSAES_OAEP_SHA_1",
        WrappingAlgorithm::RsaOaepSha256 => "RSAES_OAEP_SHA_256",
        WrappingAlgorithm::RsaPkcs1 => "RSAES_PKCS1_V1_5",
        WrappingAlgorithm::RsaAesKeyWrapSha1 => "RSA_AES_KEY_WRAP_SHA_1",
        WrappingAlgorithm::RsaAesKeyWrapSha256 => "RSA_AES_KEY_WRAP_SHA_256",
        WrappingAlgorithm::Sm2Encrypt => "SM2PKE",
    }
}

/// The algorithm of a `WrappingAlgorithm`.
pub(crate) fn wrapping_algorithm(word: &str) -> Option<WrappingAlgorithm> {
    WrappingAlgorithm::ALL.iter().copied().find(|algorithm| wrapping_algorithm_word(*algorithm) == word)
}

/// The `WrappingKeySpec` of a wrapping key.
pub(crate) const fn wrapping_key_word(spec: WrappingKeySpec) -> &'static str {
    match spec {
        WrappingKeySpec::Rsa2048 => "RSA_2048",
        WrappingKeySpec::Rsa3072 => "RSA_3072",
        WrappingKeySpec::Rsa4096 => "RSA_4096",
        WrappingKeySpec::Sm2 => "SM2",
    }
}

/// The wrapping key of a `WrappingKeySpec`.
pub(crate) fn wrapping_key(word: &str) -> Option<WrappingKeySpec> {
    WrappingKeySpec::ALL.iter().copied().find(|spec| wrapping_key_word(*spec) == word)
}

/// The `EncryptionAlgorithm` of an algorithm.
pub(crate) const fn encryption_word(algorithm: EncryptionAlgorithm) -> &'static str {
    match algorithm {
        EncryptionAlgorithm::Symmetric => "SYMMETRIC_DEFAULT",
        EncryptionAlgorithm::RsaOaepSha1 => "RSAES_OAEP_SHA_1",
        EncryptionAlgorithm::RsaOaepSha256 => "RSAES_OAEP_SHA_256",
        // Not on offer here.
        EncryptionAlgorithm::RsaPkcs1 => "RSAES_PKCS1_V1_5",
        EncryptionAlgorithm::Sm2 => "SM2PKE",
    }
}

/// The algorithm of an `EncryptionAlgorithm`.
pub(crate) fn encryption_algorithm(word: &str) -> Option<EncryptionAlgorithm> {
    ENCRYPTION.iter().copied().find(|algorithm| encryption_word(*algorithm) == word)
}

/// What is on offer, in the order in which AWS lists it.
pub(crate) const ENCRYPTION: &[EncryptionAlgorithm] = &[
    EncryptionAlgorithm::Symmetric,
    EncryptionAlgorithm::RsaOaepSha1,
    EncryptionAlgorithm::RsaOaepSha256,
    EncryptionAlgorithm::Sm2,
];

/// The `SigningAlgorithm` of an algorithm.
pub(crate) const fn signing_word(algorithm: SigningAlgorithm) -> &'static str {
    match algorithm {
        SigningAlgorithm::RsaPssSha256 => "RSASSA_PSS_SHA_256",
        SigningAlgorithm::RsaPssSha384 => "RSASSA_PSS_SHA_384",
        SigningAlgorithm::RsaPssSha512 => "RSASSA_PSS_SHA_512",
        SigningAlgorithm::RsaPkcs1Sha256 => "RSASSA_PKCS1_V1_5_SHA_256",
        SigningAlgorithm::RsaPkcs1Sha384 => "RSASSA_PKCS1_V1_5_SHA_384",
        SigningAlgorithm::RsaPkcs1Sha512 => "RSASSA_PKCS1_V1_5_SHA_512",
        SigningAlgorithm::EcdsaSha256 => "ECDSA_SHA_256",
        SigningAlgorithm::EcdsaSha384 => "ECDSA_SHA_384",
        SigningAlgorithm::EcdsaSha512 => "ECDSA_SHA_512",
        SigningAlgorithm::Ed25519 => "ED25519_SHA_512",
        SigningAlgorithm::Ed25519ph => "ED25519_PH_SHA_512",
        SigningAlgorithm::Sm2Dsa => "SM2DSA",
        SigningAlgorithm::MlDsa => "ML_DSA_SHAKE_256",
    }
}

/// The algorithm of a `SigningAlgorithm`.
pub(crate) fn signing_algorithm(word: &str) -> Option<SigningAlgorithm> {
    SIGNING.iter().copied().find(|algorithm| signing_word(*algorithm) == word)
}

/// What is on offer, in the order in which AWS lists it.
pub(crate) const SIGNING: &[SigningAlgorithm] = &[
    SigningAlgorithm::RsaPkcs1Sha256,
    SigningAlgorithm::RsaPkcs1Sha384,
    SigningAlgorithm::RsaPkcs1Sha512,
    SigningAlgorithm::RsaPssSha256,
    SigningAlgorithm::RsaPssSha384,
    SigningAlgorithm::RsaPssSha512,
    SigningAlgorithm::EcdsaSha256,
    SigningAlgorithm::EcdsaSha384,
    SigningAlgorithm::EcdsaSha512,
    SigningAlgorithm::Ed25519,
    SigningAlgorithm::Ed25519ph,
    SigningAlgorithm::Sm2Dsa,
    SigningAlgorithm::MlDsa,
];

/// The only `KeyAgreementAlgorithm` there is.
pub(crate) const KEY_AGREEMENT_ALGORITHM: &str = "ECDH";

/// The only `EncapsulationAlgorithm` there is.
pub(crate) const ENCAPSULATION_ALGORITHM: &str = "ML_KEM";

/// The `MacAlgorithm` of an algorithm.
pub(crate) const fn mac_word(algorithm: MacAlgorithm) -> &'static str {
    match algorithm {
        MacAlgorithm::HmacSha224 => "HMAC_SHA_224",
        MacAlgorithm::HmacSha256 => "HMAC_SHA_256",
        MacAlgorithm::HmacSha384 => "HMAC_SHA_384",
        MacAlgorithm::HmacSha512 => "HMAC_SHA_512",
        // Not on offer here.
        MacAlgorithm::HmacSm3 => "HMAC_SM3",
    }
}

/// The algorithm of a `MacAlgorithm`.
pub(crate) fn mac_algorithm(word: &str) -> Option<MacAlgorithm> {
    MacAlgorithm::ALL.iter().copied().find(|algorithm| mac_word(*algorithm) == word)
}

/// The engine's word of an algorithm as AWS spells it. The engine names algorithms of all classes
/// by text in its refusals.
pub(crate) fn algorithm_word(engine_word: &'static str) -> &'static str {
    EncryptionAlgorithm::from_word(engine_word)
        .map(encryption_word)
        .or_else(|| SigningAlgorithm::from_word(engine_word).map(signing_word))
        .or_else(|| MacAlgorithm::from_word(engine_word).map(mac_word))
        .unwrap_or(engine_word)
}

/// The form of a `MessageType`.
pub(crate) fn message_form(word: &str) -> Option<MessageForm> {
    match word {
        "RAW" => Some(MessageForm::Raw),
        "DIGEST" => Some(MessageForm::Digest),
        "EXTERNAL_MU" => Some(MessageForm::ExternalMu),
        _ => None,
    }
}

/// An instant as it travels: seconds since 1970 with milliseconds as fraction.
pub(crate) fn epoch_seconds(at: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of any real date are far below 2^53")]
    let milliseconds = at.milliseconds() as f64;
    milliseconds / 1000.0
}

/// The instant of a number of seconds since 1970, to the microsecond. What no instant can hold
/// becomes the first or the last one.
pub(crate) fn timestamp(seconds: f64) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is what is wanted")]
    let micros = (seconds * 1_000_000.0).round() as i64;
    Timestamp(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_decide_what_there_is() {
        assert_eq!(key_spec("SYMMETRIC_DEFAULT", "eu-central-1"), Some(KeySpec::Aes256));
        assert_eq!(key_spec("SYMMETRIC_DEFAULT", "cn-north-1"), Some(KeySpec::Sm4));
        assert_eq!(key_spec("SM2", "cn-north-1"), Some(KeySpec::Sm2));
        assert_eq!(key_spec("SM2", "us-east-1"), None);
        assert_eq!(key_spec("HMAC_SM3", "cn-north-1"), None);
        assert_eq!(key_spec("ML_DSA_44", "cn-north-1"), Some(KeySpec::MlDsa44));
        assert_eq!(key_spec("ML_KEM_768", "us-east-1"), Some(KeySpec::MlKem768));
        assert_eq!(key_spec("ML_KEM_768", "cn-north-1"), None);
        assert_eq!(key_spec("ECC_NIST_EDWARDS25519", "us-east-1"), Some(KeySpec::Ed25519));
    }

    #[test]
    fn words_come_back() {
        for algorithm in SigningAlgorithm::ALL {
            assert_eq!(signing_algorithm(signing_word(*algorithm)), Some(*algorithm));
        }
        for algorithm in WrappingAlgorithm::ALL {
            assert_eq!(wrapping_algorithm(wrapping_algorithm_word(*algorithm)), Some(*algorithm));
        }
        assert_eq!(encryption_algorithm("RSAES_PKCS1_V1_5"), None);
        assert_eq!(algorithm_word("SM2_ENCRYPT"), "SM2PKE");
        assert_eq!(algorithm_word("HMAC_SHA_256"), "HMAC_SHA_256");
    }

    #[test]
    fn instants_keep_their_milliseconds() {
        assert_eq!(timestamp(1_593_622_000.191), Timestamp(1_593_622_000_191_000));
        assert_eq!(serde_json::to_string(&epoch_seconds(Timestamp(1_593_622_000_191_999))).unwrap(), "1593622000.191");
        assert_eq!(timestamp(1e300), Timestamp(i64::MAX));
        assert_eq!(timestamp(-1e300), Timestamp(i64::MIN));
    }
}
