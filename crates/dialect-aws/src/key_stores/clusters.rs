//! CloudHSM clusters, which are simulated: which there are, and what state they are in, is said in
//! the settings.

use import_engine::constant_time_eq;

use crate::errors::{Refusal, StoreRefusal};
use crate::settings::{ClusterSettings, KeyStoreSettings};

/// How many active modules making a store and making a key take.
pub(crate) const MODULES_TO_MAKE: u32 = 2;
/// How many connecting takes.
const MODULES_TO_CONNECT: u32 = 1;

impl From<StoreRefusal> for Refusal {
    fn from(refusal: StoreRefusal) -> Self {
        Self::KeyStore(refusal)
    }
}

/// A cluster that is there and active, with so many modules.
///
/// # Errors
/// [`StoreRefusal::ClusterNotFound`], [`StoreRefusal::ClusterNotActive`],
/// [`StoreRefusal::ClusterTooSmall`].
pub(crate) fn require(settings: &KeyStoreSettings, id: &str, modules: u32) -> Result<ClusterSettings, StoreRefusal> {
    let cluster = find(settings, id).ok_or_else(|| StoreRefusal::ClusterNotFound(id.to_owned()))?;
    if !cluster.active {
        return Err(StoreRefusal::ClusterNotActive(id.to_owned()));
    }
    if cluster.hsms < modules {
        return Err(StoreRefusal::ClusterTooSmall(modules));
    }
    Ok(cluster)
}

/// Refuses a trust anchor certificate that is not the cluster's.
///
/// # Errors
/// [`StoreRefusal::IncorrectTrustAnchor`].
pub(crate) fn require_trust_anchor(cluster: &ClusterSettings, certificate: &str) -> Result<(), StoreRefusal> {
    let expected = cluster.trust_anchor_certificate.trim();
    if expected.is_empty() || expected == certificate.trim() { Ok(()) } else { Err(StoreRefusal::IncorrectTrustAnchor) }
}

/// Refuses a cluster that shares no history with another: it has another certificate.
///
/// # Errors
/// [`StoreRefusal::ClusterNotRelated`].
pub(crate) fn require_related(cluster: &ClusterSettings, certificate: &str) -> Result<(), StoreRefusal> {
    require_trust_anchor(cluster, certificate).map_err(|_| StoreRefusal::ClusterNotRelated(cluster.id.clone()))
}

/// What becomes of an attempt to connect: nothing, or a `ConnectionErrorCode`.
///
/// # Errors
/// What AWS says at once: [`StoreRefusal::ClusterNotActive`]. Unverified: that a cluster without
/// modules and one that is gone show afterwards only.
pub(crate) fn connect(settings: &KeyStoreSettings, id: &str, password: &[u8]) -> Result<Option<String>, StoreRefusal> {
    let Some(cluster) = find(settings, id) else { return Ok(Some("CLUSTER_NOT_FOUND".to_owned())) };
    if !cluster.active {
        return Err(StoreRefusal::ClusterNotActive(id.to_owned()));
    }
    if cluster.hsms < MODULES_TO_CONNECT {
        return Ok(Some("INSUFFICIENT_CLOUDHSM_HSMS".to_owned()));
    }
    if !cluster.connection_error.is_empty() {
        return Ok(Some(cluster.connection_error));
    }
    let expected = cluster.kmsuser_password.expose();
    if !expected.is_empty() && !constant_time_eq(expected.as_bytes(), password) {
        return Ok(Some("INVALID_CREDENTIALS".to_owned()));
    }
    Ok(None)
}

fn find(settings: &KeyStoreSettings, id: &str) -> Option<ClusterSettings> {
    let listed = settings.clusters.iter().find(|cluster| cluster.id == id).cloned();
    listed.or_else(|| settings.any_cluster.then(|| ClusterSettings { id: id.to_owned(), ..ClusterSettings::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::SecretText;

    fn settings(cluster: ClusterSettings) -> KeyStoreSettings {
        let clusters = vec![ClusterSettings { id: "cluster-1".into(), ..cluster }];
        KeyStoreSettings { clusters, ..KeyStoreSettings::default() }
    }

    #[test]
    fn clusters_are_as_the_settings_say() {
        let good = settings(ClusterSettings::default());
        assert!(require(&good, "cluster-1", 2).is_ok());
        assert_eq!(require(&good, "cluster-2", 2), Err(StoreRefusal::ClusterNotFound("cluster-2".into())));
        assert_eq!(connect(&good, "cluster-2", b""), Ok(Some("CLUSTER_NOT_FOUND".into())));
        let any = KeyStoreSettings { any_cluster: true, ..good };
        assert!(require(&any, "cluster-2", 2).is_ok());

        let inactive = settings(ClusterSettings { active: false, ..ClusterSettings::default() });
        let refusal = StoreRefusal::ClusterNotActive("cluster-1".into());
        assert_eq!(require(&inactive, "cluster-1", 1), Err(refusal.clone()));
        assert_eq!(connect(&inactive, "cluster-1", b""), Err(refusal));

        let small = settings(ClusterSettings { hsms: 1, ..ClusterSettings::default() });
        assert_eq!(require(&small, "cluster-1", 2), Err(StoreRefusal::ClusterTooSmall(2)));
        assert_eq!(connect(&small, "cluster-1", b""), Ok(None));
        let empty = settings(ClusterSettings { hsms: 0, ..ClusterSettings::default() });
        assert_eq!(connect(&empty, "cluster-1", b""), Ok(Some("INSUFFICIENT_CLOUDHSM_HSMS".into())));

        let password = SecretText::new("right password");
        let locked = settings(ClusterSettings { kmsuser_password: password, ..ClusterSettings::default() });
        assert_eq!(connect(&locked, "cluster-1", b"right password"), Ok(None));
        assert_eq!(connect(&locked, "cluster-1", b"wrong password"), Ok(Some("INVALID_CREDENTIALS".into())));
    }

    #[test]
    fn certificates_tell_clusters_apart() {
        let cluster = ClusterSettings { trust_anchor_certificate: "pem\n".into(), ..ClusterSettings::default() };
        assert_eq!(require_trust_anchor(&cluster, " pem"), Ok(()));
        assert_eq!(require_trust_anchor(&cluster, "other"), Err(StoreRefusal::IncorrectTrustAnchor));
        assert!(matches!(require_related(&cluster, "other"), Err(StoreRefusal::ClusterNotRelated(_))));
        assert_eq!(require_trust_anchor(&ClusterSettings::default(), "other"), Ok(()));
    }
}
