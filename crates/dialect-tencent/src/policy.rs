//! This vendor's rules, as data for the engine.

use import_engine::{
    BindingRules, KeyIdForm, KeyOperation, KeySpec, KeyState, LatestExpiry, LossWhileDisabled, Offer, Policy,
    PrivateKeyForm, PssSalt, ReplicaRules, RotationRules, Timestamp, WrappingAlgorithm, WrappingKeySpec,
};

use KeyState::{Archived, Disabled, Enabled, PendingDeletion, PendingImport};

use crate::attributes::is_bound;

/// The symmetric kinds: SM4 in regions of the SM edition, AES-256 in the others.
const SYMMETRIC: &[KeySpec] = &[KeySpec::Sm4, KeySpec::Aes256];

/// Every state that a key of this dialect can be in.
const ANY: &[KeyState] = &[Enabled, Disabled, PendingImport, PendingDeletion, Archived];

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
    rotation: RotationRules {
        key_specs: SYMMETRIC,
        // What is imported stays.
        imports: false,
        period_days: 7..=365,
        // Unverified: that keys made by cloud products are not rotated until somebody wishes it.
        provider_period_days: None,
        on_demand_limit: u32::MAX,
        quiet_seconds: 0,
        // One RotateKey in 24 hours. Unverified: that an automatic rotation counts too.
        pause_seconds: 86_400,
        on_demand_needs_schedule: true,
        // Unverified: that the time to the next automatic rotation begins anew.
        on_demand_restarts_schedule: true,
    },
    // A key has one alias, which is its name.
    labels_per_key: 0,
    grants_per_key: 0,
    // The quota is a setting, which comes with each new key.
    keys_per_scope: None,
    // There are neither here.
    data_key_pairs_in_key_stores: false,
    // Signers elsewhere choose another length; nothing is said against them.
    pss_salt: PssSalt::Any,
    usage_before_state: true,
    replicas: ReplicaRules::SEPARATE,
    // Keys that cloud products made can be looked at, used and rotated. EnableKey and
    // CancelKeyDeletion are here because they list no code of their own for such keys: they find
    // nothing to do. Unverified: that their owner may encrypt with them.
    provider_keys: &[
        KeyOperation::Enable,
        KeyOperation::CancelDeletion,
        KeyOperation::Unbind,
        KeyOperation::SetRotation,
        KeyOperation::StopRotation,
        KeyOperation::ShowRotation,
        KeyOperation::Rotate,
        KeyOperation::Encrypt,
        KeyOperation::Decrypt,
        KeyOperation::GenerateDataKey,
    ],
    // The actions that list FailedOperation.CmkUsedByCloudProduct. BindCloudResource lists it too,
    // and can be repeated all the same.
    bindings: BindingRules {
        forbid: &[
            KeyOperation::Disable,
            KeyOperation::Archive,
            KeyOperation::ScheduleDeletion,
            KeyOperation::DeleteMaterial,
        ],
        is_bound,
    },
    states: &[
        (KeyOperation::Enable, &[Enabled, Disabled]),
        // Unverified: DisableKey on a disabled key changes nothing; nothing but these two is enabled
        // or disabled.
        (KeyOperation::Disable, &[Enabled, Disabled]),
        // Unverified: that neither a key that waits for material nor one that is archived is archived.
        (KeyOperation::Archive, &[Enabled, Disabled]),
        (KeyOperation::Unarchive, &[Archived]),
        // Unverified for archived keys.
        (KeyOperation::Edit, &[Enabled, Disabled, PendingImport, Archived]),
        // Unverified: a key that waits for material, and one that is archived; one client deletes both so.
        (KeyOperation::ScheduleDeletion, &[Disabled, PendingImport, Archived]),
        (KeyOperation::CancelDeletion, &[PendingDeletion]),
        // Unverified: all but Enabled.
        (KeyOperation::Bind, &[Enabled]),
        // These three list no error of state.
        (KeyOperation::Unbind, ANY),
        (KeyOperation::StopRotation, ANY),
        (KeyOperation::ShowRotation, ANY),
        // Unverified: that an archived key is not set to be rotated.
        (KeyOperation::SetRotation, &[Enabled, Disabled]),
        // Unverified for disabled keys.
        (KeyOperation::Rotate, &[Enabled]),
        // The action lists no error of state.
        (KeyOperation::GetImportParameters, ANY),
        (KeyOperation::ImportMaterial, &[Enabled, PendingImport]),
        // Unverified: deletion on a disabled key, and where there is nothing (a success without
        // effect: the caller wants the material gone, and it is).
        (KeyOperation::DeleteMaterial, &[Enabled, Disabled, PendingImport]),
        (KeyOperation::Encrypt, &[Enabled]),
        (KeyOperation::Decrypt, &[Enabled, Archived]),
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
