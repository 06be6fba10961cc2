//! What making and changing external key stores have in common.

use dialect::{Call, Kept};
use import_engine::KeyStore;
use serde::Deserialize;

use crate::errors::{Refusal, StoreRefusal};
use crate::key_stores::{Backing, Proxy};
use dialect::SecretText;

/// `XksProxyAuthenticationCredentialType`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Credential {
    /// By which the proxy knows us.
    pub access_key_id: String,
    /// With which we sign.
    pub raw_secret_access_key: SecretText,
}

/// Refuses a proxy whose endpoint or service belongs to another store of the account and region.
/// Whole addresses are looked at by the engine. `own` is the store itself, if it is there already.
pub(crate) async fn require_unshared(call: &Call, proxy: &Proxy, own: Option<&str>) -> Result<(), Refusal> {
    for other in call.engine.list_key_stores(&call.scope).await? {
        if own == Some(other.id.as_str()) {
            continue;
        }
        let Backing::Proxy(other) = Backing::of(&other.attributes)? else { continue };
        let one_in_vpc = proxy.is_in_vpc() || other.is_in_vpc();
        // Two public stores may share an endpoint, with different paths.
        if one_in_vpc && other.uri_endpoint.eq_ignore_ascii_case(&proxy.uri_endpoint) {
            return Err(StoreRefusal::EndpointInUse(proxy.uri_endpoint.clone()).into());
        }
        if let Some(name) = &proxy.vpc_endpoint_service_name
            && other.vpc_endpoint_service_name.as_ref() == Some(name)
        {
            return Err(StoreRefusal::ServiceInUse(name.clone()).into());
        }
    }
    Ok(())
}

/// Refuses a store whose proxy does not serve us.
pub(crate) async fn require_served(call: &Call, store: &KeyStore, secret: Option<&SecretText>) -> Result<(), Refusal> {
    let secret = secret.map(|secret| import_engine::Material::copy_of(secret.expose().as_bytes()));
    match call.engine.probe_key_store(store, secret.as_ref()).await? {
        None => Ok(()),
        Some(fault) => Err(StoreRefusal::Proxy(fault).into()),
    }
}
