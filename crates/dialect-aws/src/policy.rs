//! What AWS allows, as data for the engine: one policy for China's regions, one for all others.

use import_engine::{
    KeyIdForm, KeyOperation, KeySpec, KeyState, LatestExpiry, LossWhileDisabled, Offer, Policy, PrivateKeyForm,
    WrappingAlgorithm, WrappingKeySpec,
};

use crate::names::is_china;

/// The rules that hold in a region.
pub fn policy(region: &str) -> &'static Policy {
    if is_china(region) { &CHINA } else { &COMMERCIAL }
}

static COMMERCIAL: Policy = Policy { offers: OFFERS, ..COMMON };
static CHINA: Policy = Policy { offers: OFFERS_IN_CHINA, ..COMMON };

const DAY_SECONDS: i64 = 86_400;

const COMMON: Policy = Policy {
    key_id_form: KeyIdForm::RandomUuid,
    token_lifetime_seconds: DAY_SECONDS,
    // Unverified: AWS does not say how long a token is. Opaque and below the 6,144 bytes of its shape.
    token_length: 2048,
    // "You can download new sets at any time". Unverified: that an older set stays usable.
    newest_parameters_only: false,
    offers: &[],
    material_lengths: &[
        (KeySpec::Aes256, 32..=32),
        (KeySpec::Sm4, 16..=16),
        (KeySpec::Hmac224, 28..=128),
        (KeySpec::Hmac256, 32..=128),
        (KeySpec::Hmac384, 48..=128),
        (KeySpec::Hmac512, 64..=128),
    ],
    latest_expiry: LatestExpiry::After(365 * DAY_SECONDS),
    private_keys_expire: true,
    private_keys_deletable: true,
    private_key_form: PrivateKeyForm::OneField,
    loss_while_disabled: LossWhileDisabled::PendingImport,
    deletion_window_days: 7..=30,
    labels_per_key: 50,
    usage_before_state: false,
    states: STATES,
};

const RSA: &[WrappingKeySpec] = &[WrappingKeySpec::Rsa2048, WrappingKeySpec::Rsa3072, WrappingKeySpec::Rsa4096];
/// PKCS#8 of P-521 has 241 bytes, more than OAEP under 2048 bits carries.
const LONGER_RSA: &[WrappingKeySpec] = &[WrappingKeySpec::Rsa3072, WrappingKeySpec::Rsa4096];
const SM2: &[WrappingKeySpec] = &[WrappingKeySpec::Sm2];

const RSA_PRIVATE: &[KeySpec] = &[KeySpec::Rsa2048, KeySpec::Rsa3072, KeySpec::Rsa4096];
const P521: &[KeySpec] = &[KeySpec::EcP521];
/// What fits under OAEP with any wrapping key. Ed25519 is unverified: newer than the published lists.
const SHORT: &[KeySpec] = &[
    KeySpec::Aes256,
    KeySpec::Hmac224,
    KeySpec::Hmac256,
    KeySpec::Hmac384,
    KeySpec::Hmac512,
    KeySpec::EcP256,
    KeySpec::EcP384,
    KeySpec::EcSecp256k1,
    KeySpec::Ed25519,
];
const SHORT_IN_CHINA: &[KeySpec] = &[
    KeySpec::Sm4,
    KeySpec::Hmac224,
    KeySpec::Hmac256,
    KeySpec::Hmac384,
    KeySpec::Hmac512,
    KeySpec::EcP256,
    KeySpec::EcP384,
    KeySpec::EcSecp256k1,
    KeySpec::Ed25519,
    KeySpec::Sm2,
];
/// Elliptic-curve private keys outside China.
const CURVES: &[KeySpec] = &[KeySpec::EcP256, KeySpec::EcP384, KeySpec::EcP521, KeySpec::EcSecp256k1, KeySpec::Ed25519];

// RSAES_PKCS1_V1_5 is in the service's enum and has not been supported since 2023-10-10: no row.
// Unverified: that RSA_AES_KEY_WRAP is refused for symmetric and HMAC material, for which the
// guide does not list it.
const OFFERS: &[Offer] = &[
    offer(WrappingAlgorithm::RsaOaepSha256, RSA, SHORT),
    offer(WrappingAlgorithm::RsaOaepSha256, LONGER_RSA, P521),
    offer(WrappingAlgorithm::RsaOaepSha1, RSA, SHORT),
    offer(WrappingAlgorithm::RsaOaepSha1, LONGER_RSA, P521),
    offer(WrappingAlgorithm::RsaAesKeyWrapSha256, RSA, CURVES),
    offer(WrappingAlgorithm::RsaAesKeyWrapSha256, RSA, RSA_PRIVATE),
    offer(WrappingAlgorithm::RsaAesKeyWrapSha1, RSA, CURVES),
    offer(WrappingAlgorithm::RsaAesKeyWrapSha1, RSA, RSA_PRIVATE),
];

// Unverified: that SM2PKE, which has no limit of its own, carries every kind in China. RSA private
// keys would otherwise not be importable there at all.
const OFFERS_IN_CHINA: &[Offer] = &[
    offer(WrappingAlgorithm::RsaOaepSha256, RSA, SHORT_IN_CHINA),
    offer(WrappingAlgorithm::RsaOaepSha256, LONGER_RSA, P521),
    offer(WrappingAlgorithm::RsaOaepSha1, RSA, SHORT_IN_CHINA),
    offer(WrappingAlgorithm::RsaOaepSha1, LONGER_RSA, P521),
    offer(WrappingAlgorithm::Sm2Encrypt, SM2, SHORT_IN_CHINA),
    offer(WrappingAlgorithm::Sm2Encrypt, SM2, P521),
    offer(WrappingAlgorithm::Sm2Encrypt, SM2, RSA_PRIVATE),
];

const fn offer(
    algorithm: WrappingAlgorithm,
    wrapping_keys: &'static [WrappingKeySpec],
    key_specs: &'static [KeySpec],
) -> Offer {
    Offer { algorithm, wrapping_keys, key_specs }
}

const ENABLED: &[KeyState] = &[KeyState::Enabled];
const LIVE: &[KeyState] = &[KeyState::Enabled, KeyState::Disabled];
const NOT_DYING: &[KeyState] = &[KeyState::Enabled, KeyState::Disabled, KeyState::PendingImport];
const DYING: &[KeyState] = &[KeyState::PendingDeletion];

// The service's table "Key states of KMS keys". Where it allows two answers for a key that is
// pending deletion, KMSInvalidStateException is sent (unverified which one AWS sends when).
const STATES: &[(KeyOperation, &[KeyState])] = &[
    (KeyOperation::Enable, LIVE),
    (KeyOperation::Disable, LIVE),
    (KeyOperation::ScheduleDeletion, NOT_DYING),
    (KeyOperation::CancelDeletion, DYING),
    (KeyOperation::Edit, NOT_DYING),
    // An alias may leave a key that is pending deletion, and go to one that is not.
    (KeyOperation::Label, NOT_DYING),
    (KeyOperation::SetAccess, KeyState::ALL),
    (KeyOperation::GetImportParameters, NOT_DYING),
    // The newest documentation names PendingImport and Enabled only; the table allows Disabled
    // too. Unverified: that an import does not enable a disabled key.
    (KeyOperation::ImportMaterial, NOT_DYING),
    (KeyOperation::DeleteMaterial, KeyState::ALL),
    (KeyOperation::Encrypt, ENABLED),
    (KeyOperation::Decrypt, ENABLED),
    (KeyOperation::GenerateDataKey, ENABLED),
    (KeyOperation::Sign, ENABLED),
    (KeyOperation::Verify, ENABLED),
    // Unverified: LocalStack saw AWS show the public half of a disabled key, against its own table.
    (KeyOperation::GetPublicKey, ENABLED),
    (KeyOperation::GenerateMac, ENABLED),
    (KeyOperation::VerifyMac, ENABLED),
    (KeyOperation::DeriveSharedSecret, ENABLED),
];

#[cfg(test)]
mod tests {
    use super::*;
    use WrappingAlgorithm as Algorithm;
    use WrappingKeySpec as Wrapping;

    #[test]
    fn wrappings_are_as_published() {
        let here = policy("us-east-1");
        for wrapping in RSA {
            assert!(here.offers(Algorithm::RsaOaepSha256, *wrapping, KeySpec::Aes256));
            assert!(here.offers(Algorithm::RsaOaepSha1, *wrapping, KeySpec::EcP384));
            assert!(here.offers(Algorithm::RsaAesKeyWrapSha1, *wrapping, KeySpec::Rsa4096));
            assert!(here.offers(Algorithm::RsaAesKeyWrapSha256, *wrapping, KeySpec::EcP521));
            assert!(!here.offers(Algorithm::RsaOaepSha256, *wrapping, KeySpec::Rsa2048));
            assert!(!here.offers(Algorithm::RsaAesKeyWrapSha256, *wrapping, KeySpec::Aes256));
            assert!(!here.offers(Algorithm::RsaAesKeyWrapSha256, *wrapping, KeySpec::Hmac512));
            for spec in KeySpec::ALL {
                assert!(!here.offers(Algorithm::RsaPkcs1, *wrapping, *spec));
            }
        }
        assert!(!here.offers(Algorithm::RsaOaepSha256, Wrapping::Rsa2048, KeySpec::EcP521));
        assert!(here.offers(Algorithm::RsaOaepSha256, Wrapping::Rsa3072, KeySpec::EcP521));
        assert!(!here.offers(Algorithm::Sm2Encrypt, Wrapping::Sm2, KeySpec::Aes256));
    }

    #[test]
    fn china_has_its_own() {
        let china = policy("cn-northwest-1");
        assert!(china.offers(Algorithm::Sm2Encrypt, Wrapping::Sm2, KeySpec::Sm4));
        assert!(china.offers(Algorithm::RsaOaepSha256, Wrapping::Rsa2048, KeySpec::Sm4));
        assert!(!china.offers(Algorithm::RsaAesKeyWrapSha256, Wrapping::Rsa2048, KeySpec::EcP256));
        assert!(!china.offers(Algorithm::Sm2Encrypt, Wrapping::Rsa2048, KeySpec::Sm4));
        assert_eq!(china.material_length(KeySpec::Sm4), Some(&(16..=16)));
    }

    #[test]
    fn every_operation_has_a_row() {
        for operation in KeyOperation::ALL {
            assert!(KeyState::ALL.iter().any(|state| policy("us-east-1").allows(*operation, *state)), "{operation}");
        }
    }

    #[test]
    fn rows_are_as_published() {
        let allows = |operation| {
            KeyState::ALL.iter().map(|state| policy("us-east-1").allows(operation, *state)).collect::<Vec<_>>()
        };
        // Enabled, Disabled, PendingImport, PendingDeletion.
        assert_eq!(allows(KeyOperation::Enable), [true, true, false, false]);
        assert_eq!(allows(KeyOperation::CancelDeletion), [false, false, false, true]);
        assert_eq!(allows(KeyOperation::ScheduleDeletion), [true, true, true, false]);
        assert_eq!(allows(KeyOperation::DeleteMaterial), [true, true, true, true]);
        assert_eq!(allows(KeyOperation::ImportMaterial), [true, true, true, false]);
        assert_eq!(allows(KeyOperation::GenerateDataKey), [true, false, false, false]);
    }
}
