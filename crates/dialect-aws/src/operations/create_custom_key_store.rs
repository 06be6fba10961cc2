//! `CreateCustomKeyStore`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{Connection, Error, KeyStore, KeyStoreKind, Material, NewKeyStore};
use serde::{Deserialize, Serialize};

use super::proxies::{Credential, require_served, require_unshared};
use crate::authorization::{self, Access};
use crate::circumstances::Circumstances;
use crate::errors::Refusal;
use crate::key_stores::{Backing, Cluster, KEY_STORES_MAX, Proxy, VPC_ENDPOINT_SERVICE, clusters};
use crate::settings::ClusterSettings;
use crate::shapes;
use dialect::SecretText;

/// Makes a custom key store, which is not connected.
pub(crate) struct CreateCustomKeyStore;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    custom_key_store_name: String,
    cloud_hsm_cluster_id: Option<String>,
    trust_anchor_certificate: Option<String>,
    key_store_password: Option<SecretText>,
    custom_key_store_type: Option<String>,
    xks_proxy_uri_endpoint: Option<String>,
    xks_proxy_uri_path: Option<String>,
    xks_proxy_vpc_endpoint_service_name: Option<String>,
    xks_proxy_vpc_endpoint_service_owner: Option<String>,
    xks_proxy_authentication_credential: Option<Credential>,
    xks_proxy_connectivity: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    custom_key_store_id: String,
}

impl Operation for CreateCustomKeyStore {
    const NAME: &'static str = "CreateCustomKeyStore";
    const INPUT: &'static [Member] = &[
        Member::required("CustomKeyStoreName", &shapes::CUSTOM_KEY_STORE_NAME),
        Member::optional("CloudHsmClusterId", &shapes::CLOUD_HSM_CLUSTER_ID),
        Member::optional("TrustAnchorCertificate", &shapes::TRUST_ANCHOR_CERTIFICATE),
        Member::optional("KeyStorePassword", &shapes::KEY_STORE_PASSWORD),
        Member::optional("CustomKeyStoreType", &shapes::CUSTOM_KEY_STORE_TYPE),
        Member::optional("XksProxyUriEndpoint", &shapes::XKS_PROXY_URI_ENDPOINT),
        Member::optional("XksProxyUriPath", &shapes::XKS_PROXY_URI_PATH),
        Member::optional("XksProxyVpcEndpointServiceName", &shapes::XKS_PROXY_VPC_ENDPOINT_SERVICE_NAME),
        Member::optional("XksProxyVpcEndpointServiceOwner", &shapes::ACCOUNT_ID),
        Member::optional("XksProxyAuthenticationCredential", &shapes::XKS_PROXY_AUTHENTICATION_CREDENTIAL),
        Member::optional("XksProxyConnectivity", &shapes::XKS_PROXY_CONNECTIVITY),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        authorization::on_account(call, &Access::to(Self::NAME)).await?;
        let name = input.custom_key_store_name.clone();
        let (kind, backing, secret) = if input.custom_key_store_type.as_deref() == Some("EXTERNAL_KEY_STORE") {
            let (proxy, secret) = proxy(call, input)?;
            (KeyStoreKind::Outside, Backing::Proxy(proxy), secret)
        } else {
            let (cluster, secret) = cluster(input)?;
            (KeyStoreKind::Module, Backing::Cluster(cluster), secret)
        };
        let mut new = NewKeyStore {
            id: key_store_id(call)?,
            name,
            kind,
            claim: backing.claim(),
            attributes: backing.to_text()?,
            secret: Material::copy_of(secret.expose().as_bytes()),
        };
        match &backing {
            Backing::Cluster(cluster) => {
                let settings = &call.settings::<Circumstances>()?.settings.key_stores;
                let found = clusters::require(settings, &cluster.id, clusters::MODULES_TO_MAKE)?;
                clusters::require_trust_anchor(&found, &cluster.trust_anchor_certificate)?;
                require_own_history(call, &found, cluster).await?;
            }
            Backing::Proxy(proxy) => {
                require_unshared(call, proxy, None).await?;
                // One in a VPC is called when it is connected.
                if !proxy.is_in_vpc() {
                    new = require_new_served(call, new, &secret).await?;
                }
            }
        }
        let store = call.engine.create_key_store(&call.scope, new, KEY_STORES_MAX).await?;
        Ok(Output { custom_key_store_id: store.id })
    }
}

/// Refuses a cluster that shares its history with that of another store: both have one certificate.
/// Clusters that take any certificate have none that would tell.
async fn require_own_history(call: &Call, found: &ClusterSettings, cluster: &Cluster) -> Result<(), Refusal> {
    if found.trust_anchor_certificate.trim().is_empty() {
        return Ok(());
    }
    for other in call.engine.list_key_stores(&call.scope).await? {
        if let Backing::Cluster(other) = Backing::of(&other.attributes)?
            && other.trust_anchor_certificate.trim() == cluster.trust_anchor_certificate.trim()
        {
            return Err(Error::KeyStoreClaimTaken(cluster.id.clone()).into());
        }
    }
    Ok(())
}

/// `cks-` and 17 hex digits.
fn key_store_id(call: &Call) -> Result<String, Refusal> {
    let digits = hex::encode(call.engine.random(9)?.expose());
    Ok(format!("cks-{}", digits.get(..17).unwrap_or_default()))
}

async fn require_new_served(call: &Call, new: NewKeyStore, secret: &SecretText) -> Result<NewKeyStore, Refusal> {
    let store = KeyStore {
        scope: call.scope.clone(),
        id: new.id,
        name: new.name,
        kind: new.kind,
        claim: new.claim,
        attributes: new.attributes,
        connection: Connection::none(call.received_at),
        created_at: call.received_at,
        revision: 1,
    };
    require_served(call, &store, Some(secret)).await?;
    let KeyStore { id, name, kind, claim, attributes, .. } = store;
    Ok(NewKeyStore { id, name, kind, claim, attributes, secret: new.secret })
}

// Unverified: exception and text of both.
fn required<T>(value: Option<T>, member: &str, kind: &str) -> Result<T, Refusal> {
    value.ok_or_else(|| Refusal::Validation(format!("{member} is required when CustomKeyStoreType is {kind}.")))
}

fn refused(is_there: bool, member: &str, when: &str) -> Result<(), Refusal> {
    if is_there { Err(Refusal::Validation(format!("{member} is not valid when {when}."))) } else { Ok(()) }
}

fn cluster(input: Input) -> Result<(Cluster, SecretText), Refusal> {
    const KIND: &str = "AWS_CLOUDHSM";
    const WHEN: &str = "CustomKeyStoreType is AWS_CLOUDHSM";
    for (is_there, member) in [
        (input.xks_proxy_uri_endpoint.is_some(), "XksProxyUriEndpoint"),
        (input.xks_proxy_uri_path.is_some(), "XksProxyUriPath"),
        (input.xks_proxy_vpc_endpoint_service_name.is_some(), "XksProxyVpcEndpointServiceName"),
        (input.xks_proxy_vpc_endpoint_service_owner.is_some(), "XksProxyVpcEndpointServiceOwner"),
        (input.xks_proxy_authentication_credential.is_some(), "XksProxyAuthenticationCredential"),
        (input.xks_proxy_connectivity.is_some(), "XksProxyConnectivity"),
    ] {
        refused(is_there, member, WHEN)?;
    }
    let cluster = Cluster {
        id: required(input.cloud_hsm_cluster_id, "CloudHsmClusterId", KIND)?,
        trust_anchor_certificate: required(input.trust_anchor_certificate, "TrustAnchorCertificate", KIND)?,
    };
    Ok((cluster, required(input.key_store_password, "KeyStorePassword", KIND)?))
}

fn proxy(call: &Call, input: Input) -> Result<(Proxy, SecretText), Refusal> {
    const KIND: &str = "EXTERNAL_KEY_STORE";
    const WHEN: &str = "CustomKeyStoreType is EXTERNAL_KEY_STORE";
    for (is_there, member) in [
        (input.cloud_hsm_cluster_id.is_some(), "CloudHsmClusterId"),
        (input.trust_anchor_certificate.is_some(), "TrustAnchorCertificate"),
        (input.key_store_password.is_some(), "KeyStorePassword"),
    ] {
        refused(is_there, member, WHEN)?;
    }
    let connectivity = required(input.xks_proxy_connectivity, "XksProxyConnectivity", KIND)?;
    let credential = required(input.xks_proxy_authentication_credential, "XksProxyAuthenticationCredential", KIND)?;
    let mut proxy = Proxy {
        uri_endpoint: required(input.xks_proxy_uri_endpoint, "XksProxyUriEndpoint", KIND)?,
        uri_path: required(input.xks_proxy_uri_path, "XksProxyUriPath", KIND)?,
        access_key_id: credential.access_key_id,
        connectivity,
        vpc_endpoint_service_name: None,
        vpc_endpoint_service_owner: None,
    };
    let service = input.xks_proxy_vpc_endpoint_service_name;
    if proxy.connectivity == VPC_ENDPOINT_SERVICE {
        let missing = "XksProxyVpcEndpointServiceName is required when XksProxyConnectivity is VPC_ENDPOINT_SERVICE.";
        proxy.vpc_endpoint_service_name = Some(service.ok_or_else(|| Refusal::Validation(missing.to_owned()))?);
        let owner = input.xks_proxy_vpc_endpoint_service_owner;
        proxy.vpc_endpoint_service_owner = Some(owner.unwrap_or_else(|| call.account().to_owned()));
    } else {
        let when = "XksProxyConnectivity is PUBLIC_ENDPOINT";
        refused(service.is_some(), "XksProxyVpcEndpointServiceName", when)?;
        refused(input.xks_proxy_vpc_endpoint_service_owner.is_some(), "XksProxyVpcEndpointServiceOwner", when)?;
    }
    Ok((proxy, credential.raw_secret_access_key))
}
