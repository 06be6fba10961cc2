//! What can be set about this dialect.

use serde::Deserialize;

/// The region that is assumed where none is said: the vendor's own default.
pub const DEFAULT_REGION: &str = "cn-north-4";

/// Settings of the Huawei Cloud dialect.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The region of calls that do not name one. A KMS path has no region in it; only the derived
    /// signature (`V11-HMAC-SHA256`) names one.
    pub region: String,
    /// How far `X-Sdk-Date` may be from the real time, either way, in seconds. The vendor's is 900.
    pub clock_skew_seconds: i64,
    /// Whether the documented lengths of `encrypted_key_material` (344 to 360 characters) and
    /// `encrypted_privatekey` (200 to 6144) are demanded. They shut out SM2 wrapping and every
    /// private key of the small curves, so by default they are not.
    pub strict_lengths: bool,
    /// The URL under which clients reach this server, without a slash at its end, for the links in
    /// version lists and token catalogs. By default it is made from the `Host` header.
    pub public_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { region: DEFAULT_REGION.to_owned(), clock_skew_seconds: 900, strict_lengths: false, public_url: None }
    }
}
