//! What can be set about this dialect.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::regions::{Edition, WITH_KMS};

/// What can be set about this dialect. Every field has a default.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The regions that are served, each with its edition: `sm` (keys are SM4, imported material
    /// has 16 bytes) or `fips` (AES-256, 32 bytes).
    pub regions: BTreeMap<String, Edition>,
    /// Whether decimal text is taken for an integer in a JSON body.
    pub lenient_integers: bool,
    /// Whether the service in a TC3 credential scope must be `kms`. Otherwise the first label of
    /// the host is good too, which some SDKs sign when they are pointed at an address.
    pub strict_service: bool,
    /// How far a request's timestamp may be from the real time, in seconds, either side.
    pub clock_skew_seconds: i64,
    /// How many signatures are remembered in order to refuse one that comes again for another
    /// action. The oldest are forgotten first.
    pub remembered_signatures: usize,
    /// How many keys an account is said to be allowed (`CmkLimit` of GetServiceStatus). Not
    /// enforced.
    pub key_limit: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            regions: WITH_KMS.iter().map(|(name, edition)| ((*name).to_owned(), *edition)).collect(),
            lenient_integers: false,
            strict_service: false,
            clock_skew_seconds: 300,
            remembered_signatures: 262_144,
            key_limit: 2000,
        }
    }
}
