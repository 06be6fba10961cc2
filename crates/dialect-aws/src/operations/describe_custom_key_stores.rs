//! `DescribeCustomKeyStores`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{ConnectionState, Error, KeyStore};
use serde::{Deserialize, Serialize};

use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::key_stores::{Backing, KEY_STORES_MAX, Proxy};
use crate::marker::Marker;
use crate::{names, shapes};

/// Markers here hold the identifier of a page's last store.
const MARKER: Marker = Marker("key-stores/");

/// Lists the custom key stores of the caller's account in the region, or one of them.
pub(crate) struct DescribeCustomKeyStores;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    custom_key_store_id: Option<String>,
    custom_key_store_name: Option<String>,
    limit: Option<usize>,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    custom_key_stores: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Line {
    custom_key_store_id: String,
    custom_key_store_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_hsm_cluster_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust_anchor_certificate: Option<String>,
    connection_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_error_code: Option<String>,
    creation_date: f64,
    custom_key_store_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    xks_proxy_configuration: Option<ProxyConfiguration>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProxyConfiguration {
    connectivity: String,
    access_key_id: String,
    uri_endpoint: String,
    uri_path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpc_endpoint_service_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpc_endpoint_service_owner: Option<String>,
}

impl From<Proxy> for ProxyConfiguration {
    fn from(proxy: Proxy) -> Self {
        Self {
            connectivity: proxy.connectivity,
            access_key_id: proxy.access_key_id,
            uri_endpoint: proxy.uri_endpoint,
            uri_path: proxy.uri_path,
            vpc_endpoint_service_name: proxy.vpc_endpoint_service_name,
            vpc_endpoint_service_owner: proxy.vpc_endpoint_service_owner,
        }
    }
}

impl Line {
    fn of(store: KeyStore) -> Result<Self, Error> {
        let (cluster, proxy) = match Backing::of(&store.attributes)? {
            Backing::Cluster(cluster) => (Some(cluster), None),
            Backing::Proxy(proxy) => (None, Some(proxy)),
        };
        let (cloud_hsm_cluster_id, trust_anchor_certificate) =
            cluster.map(|cluster| (cluster.id, cluster.trust_anchor_certificate)).unzip();
        let has_failed = store.connection.state == ConnectionState::Failed;
        Ok(Self {
            custom_key_store_id: store.id,
            custom_key_store_name: store.name,
            cloud_hsm_cluster_id,
            trust_anchor_certificate,
            connection_state: names::connection_state_word(store.connection.state),
            connection_error_code: store.connection.fault.filter(|_| has_failed),
            creation_date: names::epoch_seconds(store.created_at),
            custom_key_store_type: names::key_store_type_word(store.kind),
            xks_proxy_configuration: proxy.map(Into::into),
        })
    }
}

impl Operation for DescribeCustomKeyStores {
    const NAME: &'static str = "DescribeCustomKeyStores";
    const INPUT: &'static [Member] = &[
        Member::optional("CustomKeyStoreId", &shapes::CUSTOM_KEY_STORE_ID),
        Member::optional("CustomKeyStoreName", &shapes::CUSTOM_KEY_STORE_NAME),
        Member::optional("Limit", &shapes::LIMIT),
        Member::optional("Marker", &shapes::MARKER),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let after = input.marker.as_deref().map(|marker| MARKER.read(marker)).transpose()?;
        if input.custom_key_store_id.is_some() && input.custom_key_store_name.is_some() {
            // Unverified: exception and text.
            return Err(Refusal::Validation(
                "You can specify either CustomKeyStoreId or CustomKeyStoreName, but not both.".to_owned(),
            ));
        }
        authorization::on_account(call, &Access::to(Self::NAME)).await?;
        let mut stores = call.engine.list_key_stores(&call.scope).await?;
        if let Some(wanted) = input.custom_key_store_id.as_ref().or(input.custom_key_store_name.as_ref()) {
            let by_id = input.custom_key_store_id.is_some();
            stores.retain(|store| if by_id { store.id == *wanted } else { store.name == *wanted });
            if stores.is_empty() {
                return Err(Error::KeyStoreNotFound(wanted.clone()).into());
            }
        }
        // In the order of identifiers. Unverified: AWS's order.
        stores.retain(|store| after.as_ref().is_none_or(|after| store.id > *after));
        let limit = input.limit.unwrap_or(KEY_STORES_MAX);
        let truncated = stores.len() > limit;
        stores.truncate(limit);
        let next_marker = stores.last().filter(|_| truncated).map(|store| MARKER.write(&store.id));
        let custom_key_stores = stores.into_iter().map(Line::of).collect::<Result<_, _>>()?;
        Ok(Output { custom_key_stores, next_marker, truncated })
    }
}
