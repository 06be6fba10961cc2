//! What AWS allows, as data for the engine: one policy for China's regions, one for all others.

use import_engine::{
    BindingRules, KeyIdForm, KeyOperation, KeySpec, KeyState, LatestExpiry, LossWhileDisabled, Offer, Policy,
    PrivateKeyForm, PssSalt, ReplicaRules, RotationRules, WrappingAlgorithm, WrappingKeySpec,
};

use KeyState::{
    Creating, Disabled, Enabled, PendingDeletion, PendingImport, PendingReplicaDeletion, Unavailable, Updating,
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
    multi_region_key_id_form: KeyIdForm::Prefixed("mrk-"),
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
    rotation: RotationRules {
        key_specs: &[KeySpec::Aes256, KeySpec::Sm4],
        imports: true,
        period_days: 90..=2560,
        // AWS managed keys are rotated every year, says the developer guide.
        provider_period_days: Some(365),
        on_demand_limit: 25,
        quiet_seconds: 20 * 60,
        ..RotationRules::NONE
    },
    labels_per_key: 50,
    grants_per_key: 50_000,
    keys_per_scope: Some(100_000),
    data_key_pairs_in_key_stores: false,
    pss_salt: PssSalt::AsDigest,
    usage_before_state: false,
    // Unverified: that an AWS managed key takes no alias of its owner's.
    provider_keys: &[
        KeyOperation::Encrypt,
        KeyOperation::Decrypt,
        KeyOperation::GenerateDataKey,
        KeyOperation::ShowRotation,
        // Refused, but for its origin.
        KeyOperation::GetImportParameters,
        KeyOperation::ImportMaterial,
        KeyOperation::DeleteMaterial,
    ],
    replicas: ReplicaRules::SEPARATE,
    bindings: BindingRules::NONE,
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

/// Cryptography goes on while a key's primary region changes.
const USABLE: &[KeyState] = &[Enabled, Updating];
/// Not while the key is being made or changed.
const SWITCHABLE: &[KeyState] = &[Enabled, Disabled, Unavailable];
const TO_IMPORT: &[KeyState] = &[Enabled, Disabled, PendingImport];
const NOT_DYING: &[KeyState] = &[Enabled, Disabled, PendingImport, Creating, Updating, Unavailable];

// The service's table "Key states of KMS keys". Where it allows two answers for a key that is
// pending deletion, KMSInvalidStateException is sent (unverified which one AWS sends when). A cell
// that cannot be, such as an unavailable key with imported material, is refused.
const STATES: &[(KeyOperation, &[KeyState])] = &[
    (KeyOperation::Enable, SWITCHABLE),
    (KeyOperation::Disable, SWITCHABLE),
    (KeyOperation::ScheduleDeletion, &[Enabled, Disabled, PendingImport, Creating, Unavailable]),
    (KeyOperation::CancelDeletion, &[PendingDeletion, PendingReplicaDeletion]),
    (KeyOperation::Edit, NOT_DYING),
    // An alias may leave a key that is pending deletion, and go to one that is not.
    (KeyOperation::Label, NOT_DYING),
    (KeyOperation::SetAccess, KeyState::ALL),
    (KeyOperation::Grant, &[Enabled, Updating, Unavailable]),
    (KeyOperation::GetImportParameters, TO_IMPORT),
    // The newest documentation names PendingImport and Enabled only; the table allows Disabled
    // and Updating too. Unverified: that an import does not enable a disabled key.
    (KeyOperation::ImportMaterial, &[Enabled, Disabled, PendingImport, Updating]),
    (KeyOperation::DeleteMaterial, &[Enabled, Disabled, PendingImport, PendingDeletion, PendingReplicaDeletion]),
    (KeyOperation::SetRotation, USABLE),
    (KeyOperation::StopRotation, USABLE),
    (KeyOperation::ShowRotation, KeyState::ALL),
    (KeyOperation::Rotate, &[Enabled]),
    (KeyOperation::Encrypt, USABLE),
    (KeyOperation::Decrypt, USABLE),
    (KeyOperation::GenerateDataKey, USABLE),
    (KeyOperation::Sign, USABLE),
    (KeyOperation::Verify, USABLE),
    // Unverified: LocalStack saw AWS show the public half of a disabled key, against its own table.
    (KeyOperation::GetPublicKey, USABLE),
    (KeyOperation::GenerateMac, USABLE),
    (KeyOperation::VerifyMac, USABLE),
    (KeyOperation::DeriveSharedSecret, USABLE),
    (KeyOperation::Encapsulate, USABLE),
    (KeyOperation::Decapsulate, USABLE),
    (KeyOperation::Replicate, &[Enabled]),
    (KeyOperation::MovePrimary, USABLE),
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
        use KeyOperation::{Archive, Bind, Unarchive, Unbind};
        // Nobody archives keys here, or says that they rely on one.
        for operation in KeyOperation::ALL.iter().filter(|it| !matches!(it, Archive | Unarchive | Bind | Unbind)) {
            assert!(KeyState::ALL.iter().any(|state| policy("us-east-1").allows(*operation, *state)), "{operation}");
        }
    }

    #[test]
    fn rows_are_as_published() {
        use KeyOperation as Op;
        let policy = policy("us-east-1");
        // Where an operation is legal: enabled, disabled, pending Import, pending Deletion, pending
        // Replica deletion, Creating, Updating, unAvailable.
        for (operation, row) in [
            (Op::Enable, "ed.....A"),
            (Op::Disable, "ed.....A"),
            (Op::ScheduleDeletion, "edI..C.A"),
            (Op::CancelDeletion, "...DR..."),
            (Op::Edit, "edI..CUA"),
            (Op::Label, "edI..CUA"),
            (Op::SetAccess, "edIDRCUA"),
            (Op::GetImportParameters, "edI....."),
            (Op::ImportMaterial, "edI...U."),
            (Op::DeleteMaterial, "edIDR..."),
            (Op::SetRotation, "e.....U."),
            (Op::StopRotation, "e.....U."),
            (Op::ShowRotation, "edIDRCUA"),
            (Op::Rotate, "e......."),
            (Op::Encrypt, "e.....U."),
            (Op::Decrypt, "e.....U."),
            (Op::GenerateDataKey, "e.....U."),
            (Op::Sign, "e.....U."),
            (Op::Verify, "e.....U."),
            (Op::GetPublicKey, "e.....U."),
            (Op::GenerateMac, "e.....U."),
            (Op::VerifyMac, "e.....U."),
            (Op::DeriveSharedSecret, "e.....U."),
            (Op::Replicate, "e......."),
            (Op::MovePrimary, "e.....U."),
        ] {
            for (state, cell) in KeyState::ALL.iter().zip(row.chars()) {
                assert_eq!(policy.allows(operation, *state), cell != '.', "{operation} while {state}");
            }
        }
    }
}
