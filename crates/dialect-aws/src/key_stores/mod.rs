//! Custom key stores: what this vendor keeps about one, and what stands behind it.
//!
//! A CloudHSM cluster is one of the settings ([`clusters`]): its keys are sealed rows like all
//! others. An external key store is its proxy ([`proxy`]), which is really called.

pub(crate) mod clusters;
mod proxy;
mod signing;

use dialect::Kept;
use import_engine::Key;
use serde::{Deserialize, Serialize};

pub use proxy::Proxies;

/// The most custom key stores in an account and region.
pub(crate) const KEY_STORES_MAX: usize = 10;

/// What stands behind a custom key store, as this dialect's own JSON text in its record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Backing {
    /// A cluster.
    Cluster(Cluster),
    /// A proxy.
    Proxy(Proxy),
}

/// A CloudHSM cluster.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Cluster {
    /// Its identifier.
    pub id: String,
    /// Its trust anchor certificate, as it was sent.
    pub trust_anchor_certificate: String,
}

/// An external key store proxy. Its secret access key is the store's secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Proxy {
    /// `PUBLIC_ENDPOINT` or `VPC_ENDPOINT_SERVICE`.
    pub connectivity: String,
    /// `https://` and its host.
    pub uri_endpoint: String,
    /// The path of its API.
    pub uri_path: String,
    /// With what it knows us.
    pub access_key_id: String,
    /// The VPC endpoint service, with that connectivity.
    pub vpc_endpoint_service_name: Option<String>,
    /// Whose service it is.
    pub vpc_endpoint_service_owner: Option<String>,
}

/// The connectivity through a service of a VPC.
pub(crate) const VPC_ENDPOINT_SERVICE: &str = "VPC_ENDPOINT_SERVICE";

impl Proxy {
    /// Whether it is reached through a service of a VPC.
    pub fn is_in_vpc(&self) -> bool {
        self.connectivity == VPC_ENDPOINT_SERVICE
    }

    /// What no two stores of an account and region may share.
    pub fn address(&self) -> String {
        format!("{}{}", self.uri_endpoint, self.uri_path)
    }
}

impl Kept for Backing {}

impl Backing {
    /// What no two stores of an account and region may share.
    pub fn claim(&self) -> String {
        match self {
            Self::Cluster(cluster) => cluster.id.clone(),
            Self::Proxy(proxy) => proxy.address(),
        }
    }
}

/// The cluster in which a key lives, if it lives in one.
pub(crate) fn cluster_of(key: &Key) -> Option<String> {
    let backing = serde_json::from_str(&key.residence.as_ref()?.store_attributes).ok()?;
    match backing {
        Backing::Cluster(cluster) => Some(cluster.id),
        Backing::Proxy(_) => None,
    }
}
