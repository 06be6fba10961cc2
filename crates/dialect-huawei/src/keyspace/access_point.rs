//! Access points: who may be handed a data key.

use dialect::{Call, Kept};
use import_engine::Timestamp;
use import_engine::store::Record;
use serde::{Deserialize, Serialize};

use super::{ACCESS_POINT, identifier};
use crate::errors::Refusal;

/// `type` of an access point whose key pair is made here.
pub(crate) const CUSTOM: i64 = 3;
/// `type` of a container cluster.
pub(crate) const CLUSTER: i64 = 2;
/// `type` of an elastic server.
pub(crate) const SERVER: i64 = 1;

/// The name of the secret that holds the private key.
pub(crate) const PRIVATE_KEY: &str = "private key";

/// What is kept of an access point.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub(crate) struct AccessPoint {
    /// Its keyspace.
    pub keyspace_id: String,
    /// Its name.
    pub name: String,
    /// What it is: [`SERVER`], [`CLUSTER`], [`CUSTOM`].
    pub kind: i64,
    /// Whether it is handed anything.
    pub is_enabled: bool,
    /// What its maker says that it is known by. No answer shows it, and nothing here can prove it.
    pub identity: Option<String>,
    /// The cluster, of a container cluster.
    pub cluster_id: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When it was last enabled or disabled, in microseconds.
    pub modified_at: i64,
    /// `SubjectPublicKeyInfo` of a custom one, hex; empty for the others.
    pub public_key: String,
}

impl Kept for AccessPoint {}

impl AccessPoint {
    /// Whether it proves itself with this key.
    pub(crate) fn has_key(&self, spki: &[u8]) -> bool {
        self.kind == CUSTOM && self.public_key == hex::encode(spki)
    }

    /// When it was last changed.
    pub(crate) fn modified_at(&self) -> Timestamp {
        Timestamp(self.modified_at)
    }
}

/// Enables or disables an access point.
// Unverified: that it may be what it shall be already.
pub(crate) async fn switch(call: &Call, id: &str, is_enabled: bool) -> Result<(), Refusal> {
    let change = |record: Record, now: Timestamp| {
        let before = AccessPoint::of(&record.attributes)?;
        if before.is_enabled == is_enabled {
            return Ok::<_, Refusal>(record);
        }
        let after = AccessPoint { is_enabled, modified_at: now.0, ..before };
        Ok(Record { attributes: after.to_text()?, ..record })
    };
    call.engine.edit_record(&call.scope, ACCESS_POINT, &identifier(id), change).await?;
    Ok(())
}
