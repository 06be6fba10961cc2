//! Dedicated key stores: clusters of a tenant's own that some of its keys live in.
//!
//! The clusters are simulated: whatever cluster is named is taken to be there, and the keys lie where all
//! keys lie. What shows is what clients see of a store: that it must be enabled for its keys to be of
//! use, that nothing is imported or rotated in it, and that it goes only when it is disabled and empty.

use dialect::Kept;
use import_engine::{Error, KeyStore};
use serde::{Deserialize, Serialize};

use crate::accounts::domain_id;
use crate::codes::Code;
use crate::errors::Refusal;
use crate::key_details::milliseconds;

/// How many key stores a project may have in a region. Unverified: the vendor names no number.
pub(crate) const KEYSTORES_MAX: usize = 100;

/// The cluster of the vendor's original key stores.
const ORIGINAL_CLUSTER: &str = "0";
/// The cryptographic cards that the vendor runs.
const DEFAULT_CARDS: &str = "1";

/// What stands behind a key store.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub(crate) enum Kind {
    /// Security modules of the tenant's own.
    #[serde(rename = "DHSM")]
    Modules,
    /// Cryptographic cards.
    #[serde(rename = "CDMS")]
    Cards,
    /// The service's own.
    #[serde(rename = "DEFAULT")]
    Original,
}

impl Kind {
    /// By its word, or by the digit that older clients send. Unverified: what stands for none; the
    /// first kind was the only one when there were no words yet.
    pub(crate) fn of(word: Option<&str>) -> Result<Self, Refusal> {
        match word {
            None | Some("DHSM" | "1") => Ok(Self::Modules),
            Some("CDMS" | "2") => Ok(Self::Cards),
            Some("DEFAULT" | "0") => Ok(Self::Original),
            Some(_) => Err(Refusal::Parameter("keystore_type")),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Modules => "DHSM",
            Self::Cards => "CDMS",
            Self::Original => "DEFAULT",
        }
    }
}

/// A cluster: what a store keeps besides its name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub(crate) struct Cluster {
    pub kind: Kind,
    pub id: String,
}

impl Kept for Cluster {}

impl Cluster {
    /// The cluster that a request names, in one of two members or both.
    ///
    /// # Errors
    /// KMS.0204 if there must be one, KMS.0308 if the two differ.
    pub(crate) fn named(kind: Kind, modules: Option<String>, cluster: Option<String>) -> Result<Self, Refusal> {
        let given = match (modules.filter(|id| !id.is_empty()), cluster.filter(|id| !id.is_empty())) {
            (Some(one), Some(other)) if one != other => return Err(Refusal::Parameter("cluster_id")),
            (one, other) => one.or(other),
        };
        let id = match (kind, given) {
            (Kind::Original, _) => ORIGINAL_CLUSTER.to_owned(),
            (_, Some(id)) => id,
            (Kind::Cards, None) => DEFAULT_CARDS.to_owned(),
            (Kind::Modules, None) => return Err(Code::Missing.into()),
        };
        Ok(Self { kind, id })
    }

    /// What no other store may have too: a cluster has one key store.
    pub(crate) fn claim(&self) -> String {
        format!("{}/{}", self.kind.word(), self.id)
    }
}

/// `KeystoreDetails`.
#[derive(Serialize)]
pub(crate) struct KeystoreDetails {
    keystore_id: String,
    domain_id: String,
    keystore_alias: String,
    keystore_type: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    hsm_cluster_id: Option<String>,
    cluster_id: String,
    /// Unverified: milliseconds as text. The vendor's sample has the number, its table the type text.
    create_time: String,
}

impl TryFrom<KeyStore> for KeystoreDetails {
    type Error = Error;

    fn try_from(store: KeyStore) -> Result<Self, Error> {
        let cluster = Cluster::of(&store.attributes)?;
        Ok(Self {
            domain_id: domain_id(&store.scope.tenant.account),
            keystore_id: store.id,
            keystore_alias: store.name,
            keystore_type: cluster.kind,
            hsm_cluster_id: (cluster.kind == Kind::Modules).then(|| cluster.id.clone()),
            cluster_id: cluster.id,
            create_time: milliseconds(store.created_at),
        })
    }
}

/// A key store and its state, as changes answer.
#[derive(Serialize)]
pub(crate) struct KeystoreState {
    keystore_id: String,
    keystore_state: &'static str,
}

impl From<KeyStore> for KeystoreState {
    fn from(store: KeyStore) -> Self {
        // Unverified: the words. They are taken to be those of keys.
        let keystore_state = if store.is_connected() { "2" } else { "3" };
        Self { keystore_id: store.id, keystore_state }
    }
}

/// What the answers are wrapped in.
#[derive(Serialize)]
pub(crate) struct Keystore<T> {
    pub keystore: T,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::tell;

    fn named(kind: Option<&str>, modules: Option<&str>, cluster: Option<&str>) -> Result<String, String> {
        let text = |text: &str| text.to_owned();
        Kind::of(kind)
            .and_then(|kind| Cluster::named(kind, modules.map(text), cluster.map(text)))
            .map(|cluster| cluster.claim())
            .map_err(|refusal| tell(refusal).code)
    }

    #[test]
    fn clusters_are_named_in_several_ways() {
        for (kind, modules, cluster, expected) in [
            (None, Some("c"), None, Ok("DHSM/c")),
            (Some("DHSM"), None, Some("c"), Ok("DHSM/c")),
            (Some("1"), Some("c"), Some("c"), Ok("DHSM/c")),
            (Some("CDMS"), None, Some("c"), Ok("CDMS/c")),
            (Some("2"), None, None, Ok("CDMS/1")),
            (Some("DEFAULT"), None, Some("c"), Ok("DEFAULT/0")),
            (Some("0"), None, None, Ok("DEFAULT/0")),
            (None, None, None, Err("KMS.0204")),
            (None, Some(""), None, Err("KMS.0204")),
            (None, Some("c"), Some("d"), Err("KMS.0308")),
            (Some("dhsm"), Some("c"), None, Err("KMS.0308")),
        ] {
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(named(kind, modules, cluster), expected, "{kind:?} {modules:?} {cluster:?}");
        }
    }
}
