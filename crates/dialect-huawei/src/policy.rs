//! What this vendor decides differently from others, as data for the engine. One policy holds in
//! all regions.

use import_engine::{
    BindingRules, KeyIdForm, KeyOperation, KeySpec, KeyState, LatestExpiry, LossWhileDisabled, Offer, Policy,
    PrivateKeyForm, PssSalt, ReplicaRules, RotationRules, WrappingAlgorithm, WrappingKeySpec,
};

/// Every kind of key there is here; all of them can be imported.
const SPECS: &[KeySpec] = &[
    KeySpec::Aes256,
    KeySpec::Sm4,
    KeySpec::Rsa2048,
    KeySpec::Rsa3072,
    KeySpec::Rsa4096,
    KeySpec::EcP256,
    KeySpec::EcP384,
    KeySpec::EcSecp256k1,
    KeySpec::Sm2,
    KeySpec::Ed25519,
    // Unverified: the vendor's guides disagree on whether HMAC keys can be imported.
    KeySpec::Hmac256,
    KeySpec::Hmac384,
    KeySpec::Hmac512,
    KeySpec::HmacSm3,
];

const RSA: &[WrappingKeySpec] = &[WrappingKeySpec::Rsa2048];

static OFFERS: [Offer; 4] = [
    Offer { algorithm: WrappingAlgorithm::RsaOaepSha256, wrapping_keys: RSA, key_specs: SPECS },
    Offer { algorithm: WrappingAlgorithm::RsaOaepSha1, wrapping_keys: RSA, key_specs: SPECS },
    Offer { algorithm: WrappingAlgorithm::RsaPkcs1, wrapping_keys: RSA, key_specs: SPECS },
    // Unverified: how an SM2 block is laid out. ASN.1 and the bare parts are taken.
    Offer { algorithm: WrappingAlgorithm::Sm2Encrypt, wrapping_keys: &[WrappingKeySpec::Sm2], key_specs: SPECS },
];

const ENABLED: &[KeyState] = &[KeyState::Enabled];
const PENDING_IMPORT: &[KeyState] = &[KeyState::PendingImport];
const WITH_MATERIAL: &[KeyState] = &[KeyState::Enabled, KeyState::Disabled];

/// A key whose key store is disabled shows as a disabled one. It can be got rid of, or the store never
/// could.
const NOT_DYING: &[KeyState] = &[KeyState::Enabled, KeyState::Disabled, KeyState::PendingImport, KeyState::Unavailable];

const LIVING: &[KeyState] = &[KeyState::Enabled, KeyState::Disabled, KeyState::PendingImport];

/// In which states each call does what it says. What it says otherwise is in `errors.rs`.
const STATES: &[(KeyOperation, &[KeyState])] = &[
    (KeyOperation::Enable, &[KeyState::Disabled]),
    (KeyOperation::Disable, ENABLED),
    (KeyOperation::ScheduleDeletion, NOT_DYING),
    (KeyOperation::CancelDeletion, &[KeyState::PendingDeletion, KeyState::PendingReplicaDeletion]),
    (KeyOperation::Edit, NOT_DYING),
    // Unverified: that a key with days to live takes no alias.
    (KeyOperation::Label, NOT_DYING),
    // No call of this dialect does these yet.
    (KeyOperation::SetAccess, LIVING),
    (KeyOperation::Grant, ENABLED),
    (KeyOperation::SetRotation, LIVING),
    (KeyOperation::StopRotation, LIVING),
    (KeyOperation::ShowRotation, KeyState::ALL),
    (KeyOperation::Rotate, ENABLED),
    (KeyOperation::GetImportParameters, PENDING_IMPORT),
    (KeyOperation::ImportMaterial, PENDING_IMPORT),
    (KeyOperation::DeleteMaterial, WITH_MATERIAL),
    (KeyOperation::Encrypt, ENABLED),
    (KeyOperation::Decrypt, ENABLED),
    (KeyOperation::GenerateDataKey, ENABLED),
    (KeyOperation::Sign, ENABLED),
    (KeyOperation::Verify, ENABLED),
    // Unverified: a disabled key still shows its public half.
    (KeyOperation::GetPublicKey, WITH_MATERIAL),
    (KeyOperation::GenerateMac, ENABLED),
    (KeyOperation::VerifyMac, ENABLED),
    (KeyOperation::DeriveSharedSecret, ENABLED),
    // No call of this dialect; the rows keep the table whole.
    (KeyOperation::Encapsulate, ENABLED),
    (KeyOperation::Decapsulate, ENABLED),
    (KeyOperation::Replicate, ENABLED),
    (KeyOperation::MovePrimary, ENABLED),
];

/// Only symmetric keys whose material the service has made are rotated, and only automatically.
const ROTATION: RotationRules = RotationRules {
    key_specs: &[KeySpec::Aes256, KeySpec::Sm4],
    // Unverified: newer sites take further material for an external key and rotate to it on demand.
    // How they tell such an import from a repeated one is not known.
    imports: false,
    period_days: 30..=365,
    ..RotationRules::NONE
};

static POLICY: Policy = Policy {
    key_id_form: KeyIdForm::RandomUuid,
    // Any key can get replicas, and has the identifier it had.
    multi_region_key_id_form: KeyIdForm::RandomUuid,
    token_lifetime_seconds: 24 * 60 * 60,
    // As long as the token in the vendor's own sample: 2236 characters of base64.
    token_length: 1676,
    // Unverified: whether new parameters make earlier ones void.
    newest_parameters_only: false,
    offers: &OFFERS,
    material_lengths: &[
        (KeySpec::Aes256, 32..=32),
        (KeySpec::Sm4, 16..=16),
        // Unverified: HMAC keys as long as their hash.
        (KeySpec::Hmac256, 32..=32),
        (KeySpec::Hmac384, 48..=48),
        (KeySpec::Hmac512, 64..=64),
        (KeySpec::HmacSm3, 32..=32),
    ],
    latest_expiry: LatestExpiry::Unbounded,
    // Unverified: what becomes of an expiry that comes with a private key.
    private_keys_expire: false,
    private_keys_deletable: false,
    // Unverified: that a temporary key of 16 bytes is an AES key too, and not one of SM4.
    private_key_form: PrivateKeyForm::TwoFields,
    loss_while_disabled: LossWhileDisabled::PendingImport,
    deletion_window_days: 7..=1096,
    rotation: ROTATION,
    labels_per_key: 50,
    grants_per_key: 100,
    keys_per_scope: Some(100),
    // Unverified: KMS.0340 is for something that keys in key stores cannot do.
    data_key_pairs_in_key_stores: false,
    pss_salt: PssSalt::AsDigest,
    usage_before_state: true,
    // Unverified: that owners may use default master keys. What is not here is KMS.0211.
    provider_keys: &[
        KeyOperation::Encrypt,
        KeyOperation::Decrypt,
        KeyOperation::GenerateDataKey,
        // Refused, but for its kind.
        KeyOperation::GetPublicKey,
    ],
    // Unverified: that external keys have replicas, with their material. That it is imported in the original
    // region only (KMS.1404) says so.
    replicas: ReplicaRules { any_key: true, share_imports: true },
    bindings: BindingRules::NONE,
    states: STATES,
};

/// The vendor's rules; the same in every region.
pub fn policy(_region: &str) -> &'static Policy {
    &POLICY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_takes_every_offered_wrapping() {
        for spec in SPECS {
            assert!(POLICY.offers(WrappingAlgorithm::RsaOaepSha256, WrappingKeySpec::Rsa2048, *spec));
            assert!(POLICY.offers(WrappingAlgorithm::Sm2Encrypt, WrappingKeySpec::Sm2, *spec));
            assert!(!POLICY.offers(WrappingAlgorithm::RsaOaepSha256, WrappingKeySpec::Rsa4096, *spec));
            assert!(!POLICY.offers(WrappingAlgorithm::RsaAesKeyWrapSha256, WrappingKeySpec::Rsa2048, *spec));
            assert_eq!(POLICY.material_length(*spec).is_none(), spec.is_asymmetric());
        }
    }

    #[test]
    fn every_operation_has_its_row() {
        use KeyOperation::{Archive, Bind, Unarchive, Unbind};
        // Nobody archives keys here, or says that they rely on one.
        for operation in KeyOperation::ALL.iter().filter(|it| !matches!(it, Archive | Unarchive | Bind | Unbind)) {
            assert!(STATES.iter().any(|(row, _)| row == operation), "{operation}");
        }
    }

    #[test]
    fn tokens_fit_the_documented_pattern() {
        assert!((150..=4608).contains(&POLICY.token_length));
        assert!(POLICY.token_length >= import_engine::TOKEN_LENGTH_MIN);
    }
}
