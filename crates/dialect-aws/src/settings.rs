//! What can be set about this dialect.

use import_engine::primitives::TrustAnchor;
use serde::{Deserialize, Deserializer};

use crate::quotas::Rates;

/// Settings of the AWS dialect: plain data, read by the binary.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The regions that are served. Empty: every well-formed region name.
    pub regions: Vec<String>,
    /// How far a request's time may lie from ours, either way, in seconds. AWS allows five minutes.
    pub clock_skew_seconds: u32,
    /// The most bytes a request body may have. The largest legal member is an attestation document
    /// of 262,144 bytes, which is 350 KB of base64.
    pub body_limit_bytes: usize,
    /// The `Host` that clients sign, if something between them and this server changes it. Empty:
    /// the `Host` as received.
    pub signed_host: String,
    /// Whether callers are held to the service's request quotas.
    pub request_quotas: bool,
    /// Requests per second by group of operations. What is not given is the service's own figure.
    pub requests_per_second: Rates,
    /// Whether policies decide what users and roles may do, in accounts for which nothing else was
    /// said.
    pub enforce_policies: bool,
    /// Accounts in which they do not.
    pub unenforced_accounts: Vec<String>,
    /// Whether requests count as sent over TLS, for `aws:SecureTransport`: something in front of this
    /// server takes it off.
    pub secure_transport: bool,
    /// The root certificate, in PEM, under which the attestation documents of `Recipient` are trusted. Without one,
    /// none is.
    #[serde(deserialize_with = "anchor_if_given")]
    pub attestation_root: Option<TrustAnchor>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            regions: Vec::new(),
            clock_skew_seconds: 300,
            body_limit_bytes: 1024 * 1024,
            signed_host: String::new(),
            request_quotas: false,
            requests_per_second: Rates::default(),
            enforce_policies: true,
            unenforced_accounts: Vec::new(),
            secure_transport: false,
            attestation_root: None,
        }
    }
}

fn anchor_if_given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<TrustAnchor>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let anchor = (!text.trim().is_empty()).then(|| TrustAnchor::from_pem(&text));
    anchor.transpose().map_err(serde::de::Error::custom)
}
