//! What can be set about this dialect.

use std::collections::BTreeMap;

use dialect::quota::Rate;
use serde::Deserialize;

use crate::errors::Refusal;
use crate::quotas;
use crate::regions::{Edition, WITH_KMS};
use crate::service::{NEED_THE_SERVICE, ServiceState};
use crate::white_box;

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
    /// Whether accounts are held to the vendor's frequency limits, by action and region.
    pub request_quotas: bool,
    /// Requests per second by action, in place of the vendor's figures. A figure that is given holds
    /// whether or not `request_quotas` is set, so that one action can be limited by itself.
    #[serde(deserialize_with = "quotas::rates_by_action")]
    pub requests_per_second: BTreeMap<&'static str, Rate>,
    /// How many keys an account may have in a region (`CmkLimit` of GetServiceStatus). Those of cloud
    /// products do not count.
    pub key_limit: u64,
    /// How many data keys the service keeps of an account in a region (`DataKeyLimit` of
    /// GetServiceStatus). Those that are about to be deleted do not count.
    pub data_key_limit: u64,
    /// Accounts whose service is switched off, by their Uin: `not_bought`, `arrears` or `released`.
    pub services: BTreeMap<String, ServiceState>,
    /// Accounts that have not bought white-box keys, by their Uin.
    pub without_white_box_keys: Vec<String>,
    /// The exclusive HSM clusters that there are, by their identifier. They are simulated: their keys
    /// are kept as all others.
    pub hsm_clusters: BTreeMap<String, HsmCluster>,
}

/// An exclusive HSM cluster.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HsmCluster {
    /// What its owner calls it.
    pub name: String,
    /// Where it stands.
    pub region: String,
}

impl Settings {
    /// Refuses an action for an account whose service is switched off, if the action lists the code.
    pub(crate) fn require_service(&self, account: &str, action: &str) -> Result<(), Refusal> {
        if self.services.contains_key(account) && NEED_THE_SERVICE.contains(&action) {
            Err(Refusal::ServiceUnavailable)
        } else if white_box::needs_them(action) && !self.has_white_box_keys(account) {
            Err(Refusal::NotPurchased)
        } else {
            Ok(())
        }
    }

    /// Whether an account has bought white-box keys.
    pub(crate) fn has_white_box_keys(&self, account: &str) -> bool {
        !self.without_white_box_keys.iter().any(|without| without == account)
    }

    /// The exclusive HSM clusters of a region.
    pub(crate) fn clusters_in(&self, region: &str) -> impl Iterator<Item = (&String, &HsmCluster)> {
        self.hsm_clusters.iter().filter(move |(_, cluster)| cluster.region == region)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            regions: WITH_KMS.iter().map(|(name, edition)| ((*name).to_owned(), *edition)).collect(),
            lenient_integers: false,
            strict_service: false,
            clock_skew_seconds: 300,
            remembered_signatures: 262_144,
            request_quotas: false,
            requests_per_second: BTreeMap::new(),
            key_limit: 2000,
            data_key_limit: 1000,
            services: BTreeMap::new(),
            without_white_box_keys: Vec::new(),
            hsm_clusters: BTreeMap::new(),
        }
    }
}
