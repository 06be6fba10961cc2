//! `KeyMetadata`: how the service describes a key.

use import_engine::{Expiry, Key, KeyFamily, KeyState, KeyUsage, MacAlgorithm};
use serde::Serialize;

use crate::identifiers::key_arn;
use crate::key_stores::cluster_of;
use crate::multi_region::MultiRegionConfiguration;
use crate::names;

/// The description. What does not apply to a key is left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyMetadata {
    #[serde(rename = "AWSAccountId")]
    aws_account_id: String,
    key_id: String,
    arn: String,
    creation_date: f64,
    enabled: bool,
    description: String,
    key_usage: &'static str,
    key_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<f64>,
    origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_model: Option<&'static str>,
    key_manager: &'static str,
    // Unverified: its enum lacks the newest specs, and AWS sends the value anyway.
    customer_master_key_spec: &'static str,
    key_spec: &'static str,
    #[serde(flatten)]
    algorithms: Algorithms,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_key_store_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_hsm_cluster_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    xks_key_configuration: Option<XksKeyConfiguration>,
    multi_region: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_region_configuration: Option<MultiRegionConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_deletion_window_in_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_key_material_id: Option<String>,
}

/// The external key of a key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct XksKeyConfiguration {
    id: String,
}

impl XksKeyConfiguration {
    fn of(key: &Key) -> Option<Self> {
        key.residence.as_ref()?.outside_key.clone().map(|id| Self { id })
    }
}

/// The one list of algorithms that fits a key's usage.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Algorithms {
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption_algorithms: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_algorithms: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mac_algorithms: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_agreement_algorithms: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encapsulation_algorithms: Option<Vec<&'static str>>,
}

impl Algorithms {
    /// The list for a key.
    pub fn of(key: &Key) -> Self {
        let spec = key.spec;
        match key.usage {
            KeyUsage::EncryptDecrypt => Self {
                encryption_algorithms: Some(
                    names::ENCRYPTION
                        .iter()
                        .filter(|algorithm| algorithm.fits(spec))
                        .map(|algorithm| names::encryption_word(*algorithm))
                        .collect(),
                ),
                ..Self::default()
            },
            KeyUsage::SignVerify => Self {
                signing_algorithms: Some(
                    names::SIGNING
                        .iter()
                        .filter(|algorithm| algorithm.fits(spec))
                        .map(|algorithm| names::signing_word(*algorithm))
                        .collect(),
                ),
                ..Self::default()
            },
            KeyUsage::GenerateVerifyMac => Self {
                mac_algorithms: Some(
                    MacAlgorithm::ALL
                        .iter()
                        .filter(|algorithm| algorithm.fits(spec))
                        .map(|algorithm| names::mac_word(*algorithm))
                        .collect(),
                ),
                ..Self::default()
            },
            KeyUsage::KeyAgreement => {
                Self { key_agreement_algorithms: Some(vec![names::KEY_AGREEMENT_ALGORITHM]), ..Self::default() }
            }
            KeyUsage::EncapsulateDecapsulate => {
                Self { encapsulation_algorithms: Some(vec![names::ENCAPSULATION_ALGORITHM]), ..Self::default() }
            }
        }
    }
}

impl KeyMetadata {
    /// Describes a key that is one of `members`.
    pub fn of(key: &Key, members: &[Key]) -> Self {
        let waiting = key.multi_region.as_ref().and_then(|regions| regions.waiting);
        let (expiration_model, valid_to) = expiration(key);
        let spec = names::key_spec_word(key.spec);
        Self {
            aws_account_id: key.scope.tenant.account.clone(),
            key_id: key.id.to_string(),
            arn: key_arn(&key.scope, &key.id),
            creation_date: names::epoch_seconds(key.created_at),
            enabled: key.state == KeyState::Enabled,
            description: key.description.clone(),
            key_usage: names::usage_word(key.usage),
            key_state: names::state_word(key.state),
            deletion_date: key.deletion.map(|deletion| names::epoch_seconds(deletion.at)),
            valid_to,
            origin: names::origin_word(key.origin),
            expiration_model,
            key_manager: names::manager_word(key.manager),
            customer_master_key_spec: spec,
            key_spec: spec,
            algorithms: Algorithms::of(key),
            custom_key_store_id: key.residence.as_ref().map(|residence| residence.store.clone()),
            cloud_hsm_cluster_id: cluster_of(key),
            xks_key_configuration: XksKeyConfiguration::of(key),
            multi_region: key.multi_region.is_some(),
            multi_region_configuration: MultiRegionConfiguration::of(key, members),
            pending_deletion_window_in_days: waiting.map(|waiting| waiting.window_days),
            // Absent for keys in key stores, says the model. Recorded: a replica that is being made shows none.
            current_key_material_id: material_id(key)
                .filter(|_| key.residence.is_none() && key.state != KeyState::Creating),
        }
    }
}

/// The name of the material that a symmetric key uses, whether or not it is there. Asymmetric and
/// HMAC keys never show one.
pub(crate) fn material_id(key: &Key) -> Option<String> {
    let is_symmetric = matches!(key.spec.family(), KeyFamily::Symmetric);
    key.current_material().filter(|_| is_symmetric).map(|material| material.id.0.clone())
}

/// `ExpirationModel` and `ValidTo`: the earliest end of all materials that the key needs; nothing
/// while one of them is missing.
fn expiration(key: &Key) -> (Option<&'static str>, Option<f64>) {
    if key.origin != import_engine::Origin::Imported || !key.has_all_material() {
        return (None, None);
    }
    expiration_of(key.permanent_materials().map(|material| material.expiry))
}

/// `ExpirationModel` and `ValidTo` of materials that are there.
pub(crate) fn expiration_of(expiries: impl IntoIterator<Item = Expiry>) -> (Option<&'static str>, Option<f64>) {
    let ends = expiries.into_iter().filter_map(|expiry| match expiry {
        Expiry::At(end) => Some(end),
        Expiry::Never => None,
    });
    match ends.min() {
        Some(end) => (Some("KEY_MATERIAL_EXPIRES"), Some(names::epoch_seconds(end))),
        None => (Some("KEY_MATERIAL_DOES_NOT_EXPIRE"), None),
    }
}
