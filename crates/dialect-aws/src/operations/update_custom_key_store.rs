//! `UpdateCustomKeyStore`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{ConnectionState, Error, KeyStore, KeyStoreChange, Material};
use serde::Deserialize;

use super::checks::Nothing;
use super::proxies::{Credential, require_served, require_unshared};
use crate::authorization::{self, Access};
use crate::circumstances::Circumstances;
use crate::errors::{Refusal, StoreRefusal};
use crate::key_stores::{Backing, Cluster, Proxy, clusters};
use crate::shapes;
use dialect::SecretText;

/// Changes a custom key store.
pub(crate) struct UpdateCustomKeyStore;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    custom_key_store_id: String,
    new_custom_key_store_name: Option<String>,
    key_store_password: Option<SecretText>,
    cloud_hsm_cluster_id: Option<String>,
    xks_proxy_uri_endpoint: Option<String>,
    xks_proxy_uri_path: Option<String>,
    xks_proxy_vpc_endpoint_service_name: Option<String>,
    xks_proxy_vpc_endpoint_service_owner: Option<String>,
    xks_proxy_authentication_credential: Option<Credential>,
    xks_proxy_connectivity: Option<String>,
}

/// What may change a store that is connected.
const EVEN_CONNECTED: &[ConnectionState] = &[ConnectionState::Connected, ConnectionState::Disconnected];
const DISCONNECTED: &[ConnectionState] = &[ConnectionState::Disconnected];

impl Operation for UpdateCustomKeyStore {
    const NAME: &'static str = "UpdateCustomKeyStore";
    const INPUT: &'static [Member] = &[
        Member::required("CustomKeyStoreId", &shapes::CUSTOM_KEY_STORE_ID),
        Member::optional("NewCustomKeyStoreName", &shapes::CUSTOM_KEY_STORE_NAME),
        Member::optional("KeyStorePassword", &shapes::KEY_STORE_PASSWORD),
        Member::optional("CloudHsmClusterId", &shapes::CLOUD_HSM_CLUSTER_ID),
        Member::optional("XksProxyUriEndpoint", &shapes::XKS_PROXY_URI_ENDPOINT),
        Member::optional("XksProxyUriPath", &shapes::XKS_PROXY_URI_PATH),
        Member::optional("XksProxyVpcEndpointServiceName", &shapes::XKS_PROXY_VPC_ENDPOINT_SERVICE_NAME),
        Member::optional("XksProxyVpcEndpointServiceOwner", &shapes::ACCOUNT_ID),
        Member::optional("XksProxyAuthenticationCredential", &shapes::XKS_PROXY_AUTHENTICATION_CREDENTIAL),
        Member::optional("XksProxyConnectivity", &shapes::XKS_PROXY_CONNECTIVITY),
    ];
    type Input = Input;
    type Output = Nothing;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Nothing, Refusal> {
        authorization::on_account(call, &Access::to(Self::NAME)).await?;
        let store = call.engine.key_store(&call.scope, &input.custom_key_store_id).await?;
        let states = if input.needs_disconnection() { DISCONNECTED } else { EVEN_CONNECTED };
        let backing = Backing::of(&store.attributes)?;
        input.check_members(&backing)?;
        store.require(states)?;
        let (changed, secret) = match backing.clone() {
            Backing::Cluster(cluster) => changed_cluster(call, &input, cluster)?,
            Backing::Proxy(proxy) => changed_proxy(call, &input, &store, proxy).await?,
        };
        let mut change = KeyStoreChange { name: input.new_custom_key_store_name, ..KeyStoreChange::default() };
        if changed != backing {
            change.claim = Some(changed.claim());
            change.attributes = Some(changed.to_text()?);
        }
        change.secret = secret;
        match call.engine.update_key_store(&call.scope, &store.id, states, change).await {
            // The operation has no word for a cluster that stands behind another store. Unverified.
            Err(Error::KeyStoreClaimTaken(id)) if matches!(changed, Backing::Cluster(_)) => {
                Err(StoreRefusal::ClusterNotRelated(id).into())
            }
            other => other.map(|_| Nothing {}).map_err(Refusal::from),
        }
    }
}

impl Input {
    fn needs_disconnection(&self) -> bool {
        self.key_store_password.is_some()
            || self.cloud_hsm_cluster_id.is_some()
            || self.xks_proxy_uri_endpoint.is_some()
            || self.xks_proxy_vpc_endpoint_service_name.is_some()
            || self.xks_proxy_vpc_endpoint_service_owner.is_some()
            || self.xks_proxy_connectivity.is_some()
    }

    /// Refuses members that are for the other kind of store. Unverified: exception and text.
    fn check_members(&self, backing: &Backing) -> Result<(), Refusal> {
        let of_clusters = [
            (self.key_store_password.is_some(), "KeyStorePassword"),
            (self.cloud_hsm_cluster_id.is_some(), "CloudHsmClusterId"),
        ];
        let of_proxies = [
            (self.xks_proxy_uri_endpoint.is_some(), "XksProxyUriEndpoint"),
            (self.xks_proxy_uri_path.is_some(), "XksProxyUriPath"),
            (self.xks_proxy_vpc_endpoint_service_name.is_some(), "XksProxyVpcEndpointServiceName"),
            (self.xks_proxy_vpc_endpoint_service_owner.is_some(), "XksProxyVpcEndpointServiceOwner"),
            (self.xks_proxy_authentication_credential.is_some(), "XksProxyAuthenticationCredential"),
            (self.xks_proxy_connectivity.is_some(), "XksProxyConnectivity"),
        ];
        let (foreign, kind) = match backing {
            Backing::Cluster(_) => (&of_proxies[..], "AWS_CLOUDHSM"),
            Backing::Proxy(_) => (&of_clusters[..], "EXTERNAL_KEY_STORE"),
        };
        match foreign.iter().find(|(is_there, _)| *is_there) {
            Some((_, member)) => Err(Refusal::Validation(format!(
                "{member} is not valid for a custom key store whose CustomKeyStoreType is {kind}."
            ))),
            None => Ok(()),
        }
    }
}

type Changed = (Backing, Option<Material>);

fn changed_cluster(call: &Call, input: &Input, mut cluster: Cluster) -> Result<Changed, Refusal> {
    if let Some(id) = &input.cloud_hsm_cluster_id {
        let settings = &call.settings::<Circumstances>()?.settings.key_stores;
        let found = clusters::require(settings, id, clusters::MODULES_TO_MAKE)?;
        clusters::require_related(&found, &cluster.trust_anchor_certificate)?;
        cluster.id.clone_from(id);
    }
    let secret = input.key_store_password.as_ref().map(|password| Material::copy_of(password.expose().as_bytes()));
    Ok((Backing::Cluster(cluster), secret))
}

async fn changed_proxy(call: &Call, input: &Input, store: &KeyStore, before: Proxy) -> Result<Changed, Refusal> {
    let mut proxy = before.clone();
    let keep = |new: &Option<String>, old: &str| new.clone().unwrap_or_else(|| old.to_owned());
    proxy.connectivity = keep(&input.xks_proxy_connectivity, &before.connectivity);
    proxy.uri_endpoint = keep(&input.xks_proxy_uri_endpoint, &before.uri_endpoint);
    proxy.uri_path = keep(&input.xks_proxy_uri_path, &before.uri_path);
    let credential = input.xks_proxy_authentication_credential.as_ref();
    proxy.access_key_id = credential.map_or(before.access_key_id, |credential| credential.access_key_id.clone());
    let service = input.xks_proxy_vpc_endpoint_service_name.clone();
    if proxy.connectivity != before.connectivity && input.xks_proxy_uri_endpoint.is_none() {
        return Err(Refusal::Validation("XksProxyUriEndpoint must change with XksProxyConnectivity.".to_owned()));
    }
    if proxy.is_in_vpc() {
        let missing = "XksProxyVpcEndpointServiceName is required when XksProxyConnectivity is VPC_ENDPOINT_SERVICE.";
        let service = service.or(before.vpc_endpoint_service_name);
        proxy.vpc_endpoint_service_name = Some(service.ok_or_else(|| Refusal::Validation(missing.to_owned()))?);
        let owner = input.xks_proxy_vpc_endpoint_service_owner.clone().or(before.vpc_endpoint_service_owner);
        proxy.vpc_endpoint_service_owner = Some(owner.unwrap_or_else(|| call.account().to_owned()));
    } else if service.is_some() || input.xks_proxy_vpc_endpoint_service_owner.is_some() {
        return Err(Refusal::Validation(
            "XksProxyVpcEndpointServiceName is not valid when XksProxyConnectivity is PUBLIC_ENDPOINT.".to_owned(),
        ));
    } else {
        proxy.vpc_endpoint_service_name = None;
        proxy.vpc_endpoint_service_owner = None;
    }
    require_unshared(call, &proxy, Some(&store.id)).await?;
    let secret = credential.map(|credential| &credential.raw_secret_access_key);
    let backing = Backing::Proxy(proxy.clone());
    let is_asked = secret.is_some() || Backing::of(&store.attributes)? != backing;
    // One in a VPC is called when it is connected.
    if is_asked && (!proxy.is_in_vpc() || store.is_connected()) {
        let changed = KeyStore { attributes: backing.to_text()?, ..store.clone() };
        require_served(call, &changed, secret).await?;
    }
    Ok((backing, secret.map(|secret| Material::copy_of(secret.expose().as_bytes()))))
}
