//! `ConnectCustomKeyStore`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{ConnectionState, KeyStore};
use serde::Deserialize;

use super::checks::Nothing;
use crate::authorization::{self, Access};
use crate::circumstances::Circumstances;
use crate::errors::{Refusal, connection_error_code};
use crate::key_stores::{Backing, clusters};
use crate::shapes;

/// Begins to connect a custom key store with what stands behind it.
pub(crate) struct ConnectCustomKeyStore;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    custom_key_store_id: String,
}

impl Operation for ConnectCustomKeyStore {
    const NAME: &'static str = "ConnectCustomKeyStore";
    const INPUT: &'static [Member] = &[Member::required("CustomKeyStoreId", &shapes::CUSTOM_KEY_STORE_ID)];
    type Input = Input;
    type Output = Nothing;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Nothing, Refusal> {
        authorization::on_account(call, &Access::to(Self::NAME)).await?;
        let store = call.engine.key_store(&call.scope, &input.custom_key_store_id).await?;
        store.require(KeyStore::CONNECTABLE)?;
        if store.connection.state != ConnectionState::Disconnected {
            // It is connected, or soon will be.
            return Ok(Nothing {});
        }
        let settings = &call.settings::<Circumstances>()?.settings.key_stores;
        let fault = try_connection(call, &store).await?;
        call.engine.connect_key_store(&call.scope, &store.id, fault, settings.settling_seconds.into()).await?;
        Ok(Nothing {})
    }
}

/// What connecting comes to: nothing, or a `ConnectionErrorCode`.
async fn try_connection(call: &Call, store: &KeyStore) -> Result<Option<String>, Refusal> {
    match Backing::of(&store.attributes)? {
        Backing::Cluster(cluster) => {
            let password = call.engine.key_store_secret(&call.scope, &store.id).await?;
            let settings = &call.settings::<Circumstances>()?.settings.key_stores;
            Ok(clusters::connect(settings, &cluster.id, password.expose())?)
        }
        Backing::Proxy(_) => {
            let fault = call.engine.probe_key_store(store, None).await?;
            Ok(fault.map(|fault| connection_error_code(fault).to_owned()))
        }
    }
}
