//! The service's request quotas: which operations make a group, and what a group may per second.
//!
//! The figures are those of the developer guide of early 2023; several were raised since. The
//! caller's account is charged, not the key's owner.

use std::collections::BTreeMap;

use dialect::Call;
use dialect::quota::{Buckets, Rate, rates_by_name, snake_case};
use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::Value;

use crate::errors::Refusal;

/// Cryptographic operations with symmetric and HMAC keys, which share one quota.
const SYMMETRIC: &str = "symmetric";
/// The same in regions where the quota is higher.
const SYMMETRIC_IN_LARGER: &str = "symmetric_in_larger_regions";
/// The same in regions where it is highest.
const SYMMETRIC_IN_LARGEST: &str = "symmetric_in_largest_regions";

/// The groups with their figures. A group is a kind of cryptography, or an operation.
static GROUPS: &[(&str, Rate)] = &[
    (SYMMETRIC, Rate::per_second(5500)),
    (SYMMETRIC_IN_LARGER, Rate::per_second(10_000)),
    (SYMMETRIC_IN_LARGEST, Rate::per_second(50_000)),
    ("rsa", Rate::per_second(500)),
    ("ecc", Rate::per_second(300)),
    ("sm2", Rate::per_second(300)),
    // Unverified: both are younger than the published table.
    ("ml_dsa", Rate::per_second(300)),
    ("ml_kem", Rate::per_second(300)),
    ("data_key_pair_ecc_nist_p256", Rate::per_second(25)),
    ("data_key_pair_ecc_nist_p384", Rate::per_second(10)),
    ("data_key_pair_ecc_nist_p521", Rate::per_second(5)),
    ("data_key_pair_ecc_secg_p256k1", Rate::per_second(25)),
    ("data_key_pair_rsa_2048", Rate::per_second(1)),
    ("data_key_pair_rsa_3072", Rate::per_thousand_seconds(500)),
    ("data_key_pair_rsa_4096", Rate::per_thousand_seconds(100)),
    ("data_key_pair_sm2", Rate::per_second(25)),
    // Unverified: younger than the published table.
    ("data_key_pair_ecc_nist_edwards25519", Rate::per_second(25)),
    ("data_key_pair_ml_kem_512", Rate::per_second(25)),
    ("data_key_pair_ml_kem_768", Rate::per_second(25)),
    ("data_key_pair_ml_kem_1024", Rate::per_second(25)),
    ("cancel_key_deletion", Rate::per_second(5)),
    ("connect_custom_key_store", Rate::per_second(5)),
    ("create_alias", Rate::per_second(5)),
    ("create_custom_key_store", Rate::per_second(5)),
    ("create_grant", Rate::per_second(50)),
    ("create_key", Rate::per_second(5)),
    ("delete_alias", Rate::per_second(15)),
    ("delete_custom_key_store", Rate::per_second(5)),
    ("delete_imported_key_material", Rate::per_second(5)),
    ("describe_custom_key_stores", Rate::per_second(5)),
    ("describe_key", Rate::per_second(2000)),
    ("disable_key", Rate::per_second(5)),
    ("disable_key_rotation", Rate::per_second(5)),
    ("disconnect_custom_key_store", Rate::per_second(5)),
    ("enable_key", Rate::per_second(5)),
    ("enable_key_rotation", Rate::per_second(15)),
    // Unverified: younger than the published table.
    ("get_key_last_usage", Rate::per_second(100)),
    ("get_key_policy", Rate::per_second(1000)),
    ("get_key_rotation_status", Rate::per_second(1000)),
    ("get_parameters_for_import", Rate::per_thousand_seconds(250)),
    ("get_public_key", Rate::per_second(2000)),
    ("import_key_material", Rate::per_second(5)),
    ("list_aliases", Rate::per_second(500)),
    ("list_grants", Rate::per_second(100)),
    ("list_key_policies", Rate::per_second(100)),
    // Unverified: younger than the published table.
    ("list_key_rotations", Rate::per_second(100)),
    ("list_keys", Rate::per_second(500)),
    ("list_resource_tags", Rate::per_second(2000)),
    ("list_retirable_grants", Rate::per_second(100)),
    ("put_key_policy", Rate::per_second(15)),
    ("replicate_key", Rate::per_second(5)),
    ("retire_grant", Rate::per_second(30)),
    ("revoke_grant", Rate::per_second(30)),
    // Unverified: younger than the published table.
    ("rotate_key_on_demand", Rate::per_second(5)),
    ("schedule_key_deletion", Rate::per_second(15)),
    ("tag_resource", Rate::per_second(10)),
    ("untag_resource", Rate::per_second(5)),
    ("update_alias", Rate::per_second(5)),
    ("update_custom_key_store", Rate::per_second(5)),
    ("update_key_description", Rate::per_second(5)),
    ("update_primary_region", Rate::per_second(5)),
];

/// The group of cryptography with symmetric and HMAC keys in a region.
fn symmetric(region: &str) -> &'static str {
    match region {
        "us-east-1" | "us-west-2" | "eu-west-1" => SYMMETRIC_IN_LARGEST,
        "us-east-2" | "ap-southeast-1" | "ap-southeast-2" | "ap-northeast-1" | "eu-central-1" | "eu-west-2" => {
            SYMMETRIC_IN_LARGER
        }
        _ => SYMMETRIC,
    }
}

/// Requests per second by group: the service's figures, but where others are given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rates(BTreeMap<&'static str, Rate>);

impl Rates {
    fn of(&self, word: &str) -> Option<(&'static str, Rate)> {
        self.0.get_key_value(word).map(|(group, rate)| (*group, *rate))
    }
}

impl Default for Rates {
    fn default() -> Self {
        Self(GROUPS.iter().copied().collect())
    }
}

impl<'de> Deserialize<'de> for Rates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rates = Self::default();
        let given = rates_by_name(deserializer, |word| rates.of(word).map(|(group, _)| group))?;
        rates.0.extend(given);
        Ok(rates)
    }
}

/// What callers have asked for lately.
#[derive(Debug)]
pub(crate) struct Quotas {
    buckets: Buckets,
    rates: Rates,
}

impl Quotas {
    /// Nothing was asked for yet.
    pub fn new(rates: Rates) -> Self {
        Self { buckets: Buckets::new(), rates }
    }

    /// Charges the caller with a request. Unverified: that a request is charged before anything
    /// about it but its signature is looked at, and whatever becomes of it.
    ///
    /// # Errors
    /// [`Refusal::Throttled`].
    pub async fn charge(&self, call: &Call, operation: &str, body: &Value) -> Result<(), Refusal> {
        let words = groups(operation, call.region(), body);
        let charged: Vec<_> = words.iter().filter_map(|word| self.rates.of(word)).collect();
        if self.buckets.charge(call, &charged).await? { Ok(()) } else { Err(Refusal::Throttled) }
    }
}

/// The words of the groups that a request belongs to. What kind of key it means is told by its
/// algorithm, which must fit the key. A word that there is not stands for a request that is refused
/// anyway.
fn groups(operation: &str, region: &str, body: &Value) -> Vec<String> {
    let word = |member: &str| body.get(member).and_then(Value::as_str).unwrap_or_default();
    let kind = |member: &str| kind(word(member), region).to_owned();
    let mut words = match operation {
        "Encrypt" | "Decrypt" => vec![kind("EncryptionAlgorithm")],
        "ReEncrypt" => vec![kind("SourceEncryptionAlgorithm"), kind("DestinationEncryptionAlgorithm")],
        "Sign" | "Verify" => vec![kind("SigningAlgorithm")],
        "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext" | "GenerateMac" | "VerifyMac" | "GenerateRandom" => {
            vec![symmetric(region).to_owned()]
        }
        "DeriveSharedSecret" => vec!["ecc".to_owned()],
        "Encapsulate" | "Decapsulate" => vec!["ml_kem".to_owned()],
        "GenerateDataKeyPair" | "GenerateDataKeyPairWithoutPlaintext" => {
            vec![format!("data_key_pair_{}", word("KeyPairSpec").to_ascii_lowercase())]
        }
        other => vec![snake_case(other)],
    };
    words.dedup();
    words
}

/// The group of an algorithm for encryption or signatures.
fn kind(algorithm: &str, region: &str) -> &'static str {
    if algorithm.starts_with("RSA") {
        "rsa"
    } else if algorithm.starts_with("ECDSA") || algorithm.starts_with("ED25519") {
        "ecc"
    } else if algorithm.starts_with("SM2") {
        "sm2"
    } else if algorithm.starts_with("ML_DSA") {
        "ml_dsa"
    } else {
        symmetric(region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn requests_belong_to_groups() {
        let of = |operation, body: Value| groups(operation, "eu-north-1", &body).join(" ");
        assert_eq!(of("Encrypt", json!({})), "symmetric");
        assert_eq!(of("Decrypt", json!({"EncryptionAlgorithm": "RSAES_OAEP_SHA_1"})), "rsa");
        assert_eq!(of("Encrypt", json!({"EncryptionAlgorithm": "SM2PKE"})), "sm2");
        assert_eq!(of("ReEncrypt", json!({"SourceEncryptionAlgorithm": "RSAES_OAEP_SHA_256"})), "rsa symmetric");
        assert_eq!(of("ReEncrypt", json!({"DestinationEncryptionAlgorithm": "SYMMETRIC_DEFAULT"})), "symmetric");
        assert_eq!(of("Sign", json!({"SigningAlgorithm": "RSASSA_PSS_SHA_512"})), "rsa");
        assert_eq!(of("Verify", json!({"SigningAlgorithm": "ED25519_PH_SHA_512"})), "ecc");
        assert_eq!(of("Sign", json!({"SigningAlgorithm": "ML_DSA_SHAKE_256"})), "ml_dsa");
        assert_eq!(of("Sign", json!({"SigningAlgorithm": 5})), "symmetric");
        for operation in ["GenerateDataKey", "GenerateMac", "VerifyMac", "GenerateRandom"] {
            assert_eq!(of(operation, json!({})), "symmetric");
        }
        assert_eq!(of("GenerateDataKeyPair", json!({"KeyPairSpec": "RSA_4096"})), "data_key_pair_rsa_4096");
        assert_eq!(of("GetParametersForImport", json!({})), "get_parameters_for_import");
        assert_eq!(groups("Encrypt", "eu-central-1", &json!({})), [SYMMETRIC_IN_LARGER]);
        assert_eq!(groups("GenerateMac", "us-east-1", &json!({})), [SYMMETRIC_IN_LARGEST]);
    }

    #[test]
    fn every_operation_belongs_to_a_group() {
        let body = json!({"KeyPairSpec": "SM2"});
        for operation in crate::supported() {
            for word in groups(operation, "us-east-1", &body) {
                assert!(Rates::default().of(&word).is_some(), "{operation}: {word}");
            }
        }
    }

    #[test]
    fn figures_are_the_published_ones_unless_others_are_given() {
        let given: Rates = serde_json::from_value(json!({"rsa": 7, "create_key": 0.5})).unwrap();
        assert_eq!(given.of("rsa"), Some(("rsa", Rate::per_second(7))));
        assert_eq!(given.of("create_key"), Some(("create_key", Rate::per_thousand_seconds(500))));
        assert_eq!(given.of("ecc"), Some(("ecc", Rate::per_second(300))));
        assert_eq!(given.0.len(), GROUPS.len());
        assert!(serde_json::from_value::<Rates>(json!({"nonsense": 1})).is_err());
        assert!(serde_json::from_value::<Rates>(json!({"rsa": 0})).is_err());
    }
}
