//! The vendor's words and the engine's, both ways.

use import_engine::{
    EncryptionAlgorithm, KeyFamily, KeySpec, KeyState, KeyUsage, MacAlgorithm, SigningAlgorithm, WrappingAlgorithm,
    WrappingKeySpec,
};

/// `key_spec` of keys. Most words are the engine's own.
// Unverified: the words for post-quantum keys, which the vendor has on request only; there are none.
const KEY_SPECS: &[(&str, KeySpec)] = &[
    ("AES_256", KeySpec::Aes256),
    ("SM4", KeySpec::Sm4),
    ("RSA_2048", KeySpec::Rsa2048),
    ("RSA_3072", KeySpec::Rsa3072),
    ("RSA_4096", KeySpec::Rsa4096),
    ("EC_P256", KeySpec::EcP256),
    ("EC_P384", KeySpec::EcP384),
    ("SECP256K1", KeySpec::EcSecp256k1),
    ("SM2", KeySpec::Sm2),
    ("ED25519", KeySpec::Ed25519),
    ("HMAC_256", KeySpec::Hmac256),
    ("HMAC_384", KeySpec::Hmac384),
    ("HMAC_512", KeySpec::Hmac512),
    ("HMAC_SM3", KeySpec::HmacSm3),
];

/// `wrapping_algorithm`, and the kind of wrapping key that goes with it.
const WRAPPINGS: &[(&str, WrappingAlgorithm, WrappingKeySpec)] = &[
    ("RSAES_OAEP_SHA_256", WrappingAlgorithm::RsaOaepSha256, WrappingKeySpec::Rsa2048),
    ("RSAES_OAEP_SHA_1", WrappingAlgorithm::RsaOaepSha1, WrappingKeySpec::Rsa2048),
    ("RSAES_PKCS1_V1_5", WrappingAlgorithm::RsaPkcs1, WrappingKeySpec::Rsa2048),
    ("SM2_ENCRYPT", WrappingAlgorithm::Sm2Encrypt, WrappingKeySpec::Sm2),
];

/// `key_spec` of data keys, and their lengths in bytes.
const DATA_KEYS: &[(&str, usize)] = &[
    ("AES_256", 32),
    ("AES_128", 16),
    ("SM4", 16),
    ("HMAC_256", 32),
    ("HMAC_384", 48),
    ("HMAC_512", 64),
    ("HMAC_SM3", 32),
];

/// `key_spec` of RSA data key pairs.
const RSA_PAIRS: &[(&str, KeySpec)] =
    &[("RSA_2048", KeySpec::Rsa2048), ("RSA_3072", KeySpec::Rsa3072), ("RSA_4096", KeySpec::Rsa4096)];

/// `key_spec` of data key pairs on curves: other words than those of keys.
const EC_PAIRS: &[(&str, KeySpec)] = &[
    ("ECC_NIST_P256", KeySpec::EcP256),
    ("ECC_NIST_P384", KeySpec::EcP384),
    ("ECC_NIST_P521", KeySpec::EcP521),
    ("ECC_SECG_P256K1", KeySpec::EcSecp256k1),
    ("SM2", KeySpec::Sm2),
];

/// The kind of an RSA data key pair.
pub(crate) fn rsa_pair_spec(word: &str) -> Option<KeySpec> {
    RSA_PAIRS.iter().find(|(known, _)| *known == word).map(|(_, spec)| *spec)
}

/// The kind of a data key pair on a curve.
pub(crate) fn ec_pair_spec(word: &str) -> Option<KeySpec> {
    EC_PAIRS.iter().find(|(known, _)| *known == word).map(|(_, spec)| *spec)
}

/// The kind of a key.
pub(crate) fn key_spec(word: &str) -> Option<KeySpec> {
    KEY_SPECS.iter().find(|(known, _)| *known == word).map(|(_, spec)| *spec)
}

/// The vendor's word for the kind of a key.
pub(crate) fn key_spec_word(spec: KeySpec) -> &'static str {
    // Kinds that the vendor has not cannot be made here; the engine's word stands in.
    KEY_SPECS.iter().find(|(_, known)| *known == spec).map_or(spec.word(), |(word, _)| word)
}

/// What a key is for if its creator did not say.
pub(crate) const fn default_usage(spec: KeySpec) -> KeyUsage {
    match spec.family() {
        KeyFamily::Symmetric => KeyUsage::EncryptDecrypt,
        KeyFamily::Mac => KeyUsage::GenerateVerifyMac,
        KeyFamily::Private => KeyUsage::SignVerify,
    }
}

/// What a key is for. Encapsulation is not offered.
pub(crate) fn key_usage(word: &str) -> Option<KeyUsage> {
    KeyUsage::from_word(word).filter(|usage| *usage != KeyUsage::EncapsulateDecapsulate)
}

/// `key_state`: a digit as text.
pub(crate) const fn key_state(state: KeyState) -> &'static str {
    match state {
        // No key of this dialect is creating, updating or archived. One whose key store is disabled shows as disabled.
        KeyState::Creating => "1",
        KeyState::Enabled | KeyState::Updating => "2",
        KeyState::Disabled | KeyState::Unavailable | KeyState::Archived => "3",
        KeyState::PendingDeletion | KeyState::PendingReplicaDeletion => "4",
        KeyState::PendingImport => "5",
    }
}

/// A way to wrap material, and the kind of wrapping key it needs.
pub(crate) fn wrapping(word: &str) -> Option<(WrappingAlgorithm, WrappingKeySpec)> {
    WRAPPINGS.iter().find(|(known, ..)| *known == word).map(|(_, algorithm, key)| (*algorithm, *key))
}

/// The length of a kind of data key, in bytes.
pub(crate) fn data_key_length(word: &str) -> Option<usize> {
    DATA_KEYS.iter().find(|(known, _)| *known == word).map(|(_, length)| *length)
}

/// A way to encrypt. PKCS#1 v1.5 is not offered.
pub(crate) fn encryption_algorithm(word: &str) -> Option<EncryptionAlgorithm> {
    EncryptionAlgorithm::from_word(word).filter(|algorithm| *algorithm != EncryptionAlgorithm::RsaPkcs1)
}

/// A way to sign.
pub(crate) fn signing_algorithm(word: &str) -> Option<SigningAlgorithm> {
    match word {
        "SM2DSA_SM3" => Some(SigningAlgorithm::Sm2Dsa),
        word => SigningAlgorithm::from_word(word)
            .filter(|algorithm| !matches!(algorithm, SigningAlgorithm::Sm2Dsa | SigningAlgorithm::MlDsa)),
    }
}

/// A way to make a MAC.
pub(crate) fn mac_algorithm(word: &str) -> Option<MacAlgorithm> {
    MacAlgorithm::from_word(word).filter(|algorithm| *algorithm != MacAlgorithm::HmacSha224)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_both_ways() {
        for (word, spec) in KEY_SPECS {
            assert_eq!(key_spec(word), Some(*spec));
            assert_eq!(key_spec_word(*spec), *word);
        }
        for foreign in ["EC_SECP256K1", "EC_P521", "HMAC_224", "aes_256", ""] {
            assert_eq!(key_spec(foreign), None);
        }
    }

    #[test]
    fn words_of_others_are_not_known() {
        assert_eq!(signing_algorithm("SM2DSA"), None);
        assert_eq!(signing_algorithm("SM2DSA_SM3"), Some(SigningAlgorithm::Sm2Dsa));
        assert_eq!(wrapping("RSA_AES_KEY_WRAP_SHA_256"), None);
        assert_eq!(mac_algorithm("HMAC_SHA_224"), None);
        assert_eq!(encryption_algorithm("RSAES_PKCS1_V1_5"), None);
        assert_eq!(key_usage("KEY_AGREEMENT"), Some(KeyUsage::KeyAgreement));
        assert_eq!(key_usage("ENCAPSULATE_DECAPSULATE"), None);
        assert_eq!(ec_pair_spec("EC_P256"), None);
        assert_eq!(ec_pair_spec("RSA_2048"), None);
        assert_eq!(rsa_pair_spec("SM2"), None);
    }
}
