//! `WhiteboxKeyInfo`: the vendor's description of a white-box key.

use dialect::wire::Blob;
use import_engine::store::Record;
use import_engine::{Error, Material};
use serde::Serialize;

use super::half::{DECRYPTION, ENCRYPTION};
use super::key::{Algorithm, Status, WhiteBoxKey};
use crate::identity::{resource_id, uin_number};

/// What DescribeWhiteBoxKey shows: both halves among it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct WhiteBoxKeyInfo {
    key_id: String,
    alias: String,
    creator_uin: u64,
    description: String,
    create_time: i64,
    status: Status,
    owner_uin: u64,
    algorithm: Algorithm,
    encrypt_key: Blob,
    decrypt_key: Blob,
    resource_id: String,
    device_fingerprint_bind: bool,
}

impl WhiteBoxKeyInfo {
    /// The description of a key with these bytes.
    ///
    /// # Errors
    /// [`Error::Internal`] if the record cannot be understood.
    pub(crate) fn of(record: &Record, key: WhiteBoxKey, bytes: &Material) -> Result<Self, Error> {
        let account = &record.scope.tenant.account;
        let creator_uin = key.creator.as_ref().unwrap_or(account);
        Ok(Self {
            key_id: record.id.clone(),
            alias: record.name.clone().unwrap_or_default(),
            creator_uin: uin_number(creator_uin),
            description: key.description,
            create_time: record.created_at.seconds(),
            status: key.status,
            owner_uin: uin_number(account),
            algorithm: key.algorithm,
            encrypt_key: ENCRYPTION.of(&record.id, key.algorithm, bytes)?,
            decrypt_key: DECRYPTION.of(&record.id, key.algorithm, bytes)?,
            resource_id: resource_id(creator_uin, &record.id),
            device_fingerprint_bind: !key.fingerprints.is_empty(),
        })
    }
}
