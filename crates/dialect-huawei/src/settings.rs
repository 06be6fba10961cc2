//! What can be set about this dialect.

use dialect::quota::Rate;
use import_engine::primitives::TrustAnchor;
use serde::Deserialize;

/// The region that is assumed where none is said: the vendor's own default.
pub const DEFAULT_REGION: &str = "cn-north-4";

/// The regions in which the vendor's SDK knows KMS to be.
const REGIONS: [&str; 32] = [
    "ae-ad-1",
    "af-north-1",
    "af-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "cn-east-2",
    "cn-east-3",
    "cn-east-4",
    "cn-east-5",
    "cn-north-1",
    "cn-north-11",
    "cn-north-12",
    "cn-north-2",
    "cn-north-4",
    "cn-north-9",
    "cn-south-1",
    "cn-south-2",
    "cn-south-4",
    "cn-southwest-2",
    "cn-southwest-3",
    "eu-west-101",
    "la-north-2",
    "la-south-2",
    "me-east-1",
    "my-kualalumpur-1",
    "na-mexico-1",
    "ru-moscow-1",
    "sa-brazil-1",
    "tr-west-1",
];

/// Settings of the Huawei Cloud dialect.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The region of calls that do not tell theirs. A KMS path has no region in it; see
    /// `Caller::in_project` for what has.
    pub region: String,
    /// The regions that are served.
    pub regions: Vec<String>,
    /// How far `X-Sdk-Date` may be from the real time, either way, in seconds. The vendor's is 900.
    pub clock_skew_seconds: i64,
    /// Whether the documented lengths of `encrypted_key_material` (344 to 360 characters) and
    /// `encrypted_privatekey` (200 to 6144) are demanded. They shut out SM2 wrapping and every
    /// private key of the small curves, so by default they are not.
    pub strict_lengths: bool,
    /// The most characters of a tag's key. The vendor's newer console takes 128.
    pub tag_key_length: usize,
    /// The most characters of a tag's value. The vendor's newer console takes 255.
    pub tag_value_length: usize,
    /// How many tags a key may have. The vendor's newer console allows 20.
    pub tags_per_key: usize,
    /// The URL under which clients reach this server, without a slash at its end, for the links in
    /// version lists and token catalogs. By default it is made from the `Host` header.
    pub public_url: Option<String>,
    /// The root certificate, in PEM, under which the attestation documents of `recipient` are trusted.
    /// Without one, none is.
    #[serde(deserialize_with = "dialect::attestation::anchor_if_given")]
    pub attestation_root: Option<TrustAnchor>,
    /// Whether an access id is locked out for five minutes after five wrong signatures in a row.
    pub lockout: bool,
    /// Whether projects are held to request quotas.
    pub request_quotas: bool,
    /// How many calls that use keys a project may send per second.
    pub crypto_requests_per_second: Rate,
    /// How many calls that manage keys a project may send per second.
    pub management_requests_per_second: Rate,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: DEFAULT_REGION.to_owned(),
            regions: REGIONS.iter().map(|region| (*region).to_owned()).collect(),
            clock_skew_seconds: 900,
            strict_lengths: false,
            tag_key_length: 36,
            tag_value_length: 43,
            tags_per_key: 10,
            public_url: None,
            attestation_root: None,
            lockout: false,
            request_quotas: false,
            crypto_requests_per_second: Rate::per_second(1000),
            management_requests_per_second: Rate::per_second(20),
        }
    }
}
