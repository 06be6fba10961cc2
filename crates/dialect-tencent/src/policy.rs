//! This vendor's rules, as data for the engine.

use import_engine::{
    KeyIdForm, KeyOperation, KeySpec, KeyState, LatestExpiry, LossWhileDisabled, Offer, Policy, PrivateKeyForm,
    ReplicaRules, RotationRules, Timestamp, WrappingAlgorithm, WrappingKeySpec,
};

use KeyState::{Disabled, Enabled, PendingDeletion, PendingImport};

/// The symmetric kinds: SM4 in regions of the SM edition, AES-256 in the others.
const SYMMETRIC: &[KeySpec] = &[KeySpec::Sm4, KeySpec::Aes256];

/// GetParametersForImport knows one wrapping key and three algorithms.
const RSA_2048: &[WrappingKeySpec] = &[WrappingKeySpec::Rsa2048];

static POLICY: Policy = Policy {
    key_id_form: KeyIdForm::TimeUuid,
    // No key of this dialect lives in several regions yet.
    multi_region_key_id_form: KeyIdForm::TimeUuid,
    token_lifetime_seconds: 86_400,
    token_length: 96,
    newest_parameters_only: true,
    offers: &[
        Offer { algorithm: WrappingAlgorithm::RsaPkcs1, wrapping_keys: RSA_2048, key_specs: SYMMETRIC },
        Offer { algorithm: WrappingAlgorithm::RsaOaepSha1, wrapping_keys: RSA_2048, key_specs: SYMMETRIC },
        Offer { algorithm: WrappingAlgorithm::RsaOaepSha256, wrapping_keys: RSA_2048, key_specs: SYMMETRIC },
    ],
    material_lengths: &[(KeySpec::Sm4, 16..=16), (KeySpec::Aes256, 32..=32)],
    // The largest ValidTo that ImportKeyMaterial takes: 2038-01-18.
    latest_expiry: LatestExpiry::At(Timestamp::from_seconds(2_147_443_200)),
    // No private keys are imported here; these three never come into play.
    private_keys_expire: false,
    private_keys_deletable: false,
    private_key_form: PrivateKeyForm::OneField,
    // Unverified: that a disabled key whose material is lost stays disabled, and waits for material
    // once it is enabled.
    loss_while_disabled: LossWhileDisabled::StaysDisabled,
    deletion_window_days: 7..=30,
    // No call of this dialect rotates yet.
    rotation: RotationRules::NONE,
    // A key has one alias, which is its name.
    labels_per_key: 0,
    grants_per_key: 0,
    // The quota is told, not enforced.
    keys_per_scope: None,
    usage_before_state: true,
    // No key of this dialect is the provider's yet.
    provider_keys: &[],
    replicas: ReplicaRules::SEPARATE,
    states: &[
        (KeyOperation::Enable, &[Enabled, Disabled]),
        // Unverified: DisableKey on a disabled key changes nothing.
        (KeyOperation::Disable, &[Enabled, Disabled]),
        (KeyOperation::ScheduleDeletion, &[Disabled, PendingImport]),
        (KeyOperation::CancelDeletion, &[PendingDeletion]),
        // The action lists no error of state.
        (KeyOperation::GetImportParameters, &[Enabled, Disabled, PendingImport, PendingDeletion]),
        (KeyOperation::ImportMaterial, &[Enabled, PendingImport]),
        // Unverified: deletion on a disabled key, and where there is nothing (a success without
        // effect: the caller wants the material gone, and it is).
        (KeyOperation::DeleteMaterial, &[Enabled, Disabled, PendingImport]),
        (KeyOperation::Encrypt, &[Enabled]),
        (KeyOperation::Decrypt, &[Enabled]),
        (KeyOperation::GenerateDataKey, &[Enabled]),
        (KeyOperation::Sign, &[Enabled]),
        (KeyOperation::Verify, &[Enabled]),
        (KeyOperation::GetPublicKey, &[Enabled]),
    ],
};

/// The rules in a region. They are the same everywhere: what the edition decides is the kind of
/// key that CreateKey makes, and with it the length of imported material.
pub fn policy(_region: &str) -> &'static Policy {
    &POLICY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edition_decides_the_length_of_material() {
        assert_eq!(policy("ap-guangzhou").material_length(KeySpec::Sm4), Some(&(16..=16)));
        assert_eq!(policy("ap-singapore").material_length(KeySpec::Aes256), Some(&(32..=32)));
    }

    #[test]
    fn three_wrappings_are_on_offer() {
        for algorithm in WrappingAlgorithm::ALL {
            for wrapping_key in WrappingKeySpec::ALL {
                for spec in KeySpec::ALL {
                    let expected = matches!(
                        algorithm,
                        WrappingAlgorithm::RsaPkcs1 | WrappingAlgorithm::RsaOaepSha1 | WrappingAlgorithm::RsaOaepSha256
                    ) && *wrapping_key == WrappingKeySpec::Rsa2048
                        && matches!(spec, KeySpec::Sm4 | KeySpec::Aes256);
                    assert_eq!(POLICY.offers(*algorithm, *wrapping_key, *spec), expected);
                }
            }
        }
    }

    #[test]
    fn import_is_legal_while_enabled_and_while_waiting() {
        let legal: Vec<_> =
            KeyState::ALL.iter().filter(|state| POLICY.allows(KeyOperation::ImportMaterial, **state)).collect();
        assert_eq!(legal, [&Enabled, &PendingImport]);
    }
}
