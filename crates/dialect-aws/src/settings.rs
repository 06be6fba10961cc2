//! What can be set about this dialect.

use dialect::SecretText;
use import_engine::primitives::TrustAnchor;
use serde::Deserialize;

use crate::identifiers::is_region;
use crate::quotas::Rates;

/// Settings of the AWS dialect: plain data, read by the binary.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The regions that are served. Empty: every well-formed region name.
    pub regions: Vec<String>,
    /// How long a new replica key is `Creating`, and how long keys whose primary region changes are
    /// `Updating`, in seconds. A few on AWS.
    pub settling_seconds: u32,
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
    #[serde(deserialize_with = "dialect::attestation::anchor_if_given")]
    pub attestation_root: Option<TrustAnchor>,
    /// Custom key stores and what stands behind them.
    pub key_stores: KeyStoreSettings,
}

/// Settings of custom key stores.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeyStoreSettings {
    /// How long connecting and disconnecting a custom key store takes, in seconds of the domain
    /// clock.
    pub settling_seconds: u32,
    /// The CloudHSM clusters that there are. They are simulated: their keys are kept as all others
    /// are.
    pub clusters: Vec<ClusterSettings>,
    /// Whether there are also active clusters of all other well-formed ids, which take any trust
    /// anchor certificate and any password.
    pub any_cluster: bool,
    /// The hosts of external key store proxies that may be called: `HOST`, wherever its name leads;
    /// `HOST=https://ADDRESS:PORT`; for tests `HOST=http://ADDRESS:PORT`, without TLS; or `*`, all
    /// hosts whose names lead to public addresses. Empty: none.
    pub proxies: Vec<String>,
    /// Certificates in PEM that the certificates of proxies may be issued by, beside the system's.
    pub proxy_roots: String,
    /// How long a call of a proxy may take, in milliseconds. AWS waits 250.
    pub proxy_timeout_milliseconds: u64,
}

impl Default for KeyStoreSettings {
    fn default() -> Self {
        Self {
            settling_seconds: 2,
            clusters: Vec::new(),
            any_cluster: false,
            proxies: Vec::new(),
            proxy_roots: String::new(),
            proxy_timeout_milliseconds: 250,
        }
    }
}

/// A simulated CloudHSM cluster.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClusterSettings {
    /// Its identifier.
    pub id: String,
    /// Whether it is active.
    pub active: bool,
    /// How many active modules it has.
    pub hsms: u32,
    /// Its trust anchor certificate; empty: it takes any. Clusters with the same one are related.
    pub trust_anchor_certificate: String,
    /// The password of its `kmsuser`; empty: it takes any.
    pub kmsuser_password: SecretText,
    /// The `ConnectionErrorCode` with which connecting fails; empty: it does not.
    pub connection_error: String,
}

impl Default for ClusterSettings {
    fn default() -> Self {
        Self {
            id: String::new(),
            active: true,
            hsms: 2,
            trust_anchor_certificate: String::new(),
            kmsuser_password: SecretText::default(),
            connection_error: String::new(),
        }
    }
}

impl Settings {
    /// Whether policies are enforced in an account that says nothing else.
    pub(crate) fn enforces_policies_in(&self, account: &str) -> bool {
        self.enforce_policies && !self.unenforced_accounts.iter().any(|excepted| excepted == account)
    }

    /// Whether a region is served.
    pub(crate) fn serves(&self, region: &str) -> bool {
        is_region(region) && (self.regions.is_empty() || self.regions.iter().any(|served| served == region))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            regions: Vec::new(),
            settling_seconds: 0,
            clock_skew_seconds: 300,
            body_limit_bytes: 1024 * 1024,
            signed_host: String::new(),
            request_quotas: false,
            requests_per_second: Rates::default(),
            enforce_policies: true,
            unenforced_accounts: Vec::new(),
            secure_transport: false,
            attestation_root: None,
            key_stores: KeyStoreSettings::default(),
        }
    }
}
