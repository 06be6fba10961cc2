//! Making a dedicated key store. It is disabled at first.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{KeyStoreKind, Material, NewKeyStore};
use serde::{Deserialize, Serialize};

use crate::accounts::domain_id;
use crate::errors::Refusal;
use crate::keystores::{Cluster, KEYSTORES_MAX, Keystore, Kind};
use crate::shapes::{ALIAS, CERTIFICATE, WORD};

pub(super) struct CreateKeystore;

#[derive(Deserialize)]
pub(super) struct Input {
    keystore_alias: String,
    hsm_cluster_id: Option<String>,
    cluster_id: Option<String>,
    keystore_type: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Created {
    keystore_id: String,
    domain_id: String,
}

impl Operation for CreateKeystore {
    const NAME: &'static str = "create-keystore";
    const INPUT: &'static [Member] = &[
        Member::required("keystore_alias", &ALIAS),
        Member::optional("hsm_cluster_id", &WORD),
        // Whom the vendor checks the cluster by. A simulated one needs no proof.
        Member::optional("hsm_ca_cert", &CERTIFICATE),
        Member::optional("cluster_id", &WORD),
        Member::optional("keystore_type", &WORD),
    ];
    type Input = Input;
    type Output = Keystore<Created>;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let kind = Kind::of(input.keystore_type.as_deref())?;
        let cluster = Cluster::named(kind, input.hsm_cluster_id, input.cluster_id)?;
        let new = NewKeyStore {
            id: call.engine.fresh_uuid()?,
            name: input.keystore_alias,
            kind: KeyStoreKind::Module,
            claim: cluster.claim(),
            attributes: cluster.to_text()?,
            secret: Material::zeroed(0),
        };
        let store = call.engine.create_key_store(&call.scope, new, KEYSTORES_MAX).await?;
        Ok(Keystore { keystore: Created { keystore_id: store.id, domain_id: domain_id(call.account()) } })
    }
}
