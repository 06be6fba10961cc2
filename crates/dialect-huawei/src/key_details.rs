//! `KeyDetails`: how the vendor describes a key. Nearly everything is text: numbers, times in
//! milliseconds, flags.

use dialect::Kept;
use import_engine::{Expiry, Key, KeyManager, KeyState, Origin, Timestamp};
use serde::{Deserialize, Serialize};

use crate::accounts::domain_id;
use crate::names::{key_spec_word, key_state};
use crate::tags::Tag;

/// The key store that everybody has: the service itself.
pub(crate) const DEFAULT_KEYSTORE: &str = "0";

/// What only this vendor keeps with a key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(default)]
pub(crate) struct Attributes {
    /// The enterprise project; `0` is the one that everybody has.
    pub enterprise_project_id: String,
    /// Its tags, in the order in which they came.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

impl Default for Attributes {
    fn default() -> Self {
        Self { enterprise_project_id: "0".to_owned(), tags: Vec::new() }
    }
}

impl Kept for Attributes {}

impl Attributes {
    /// What is kept with a key.
    pub(crate) fn of_key(key: &Key) -> Self {
        serde_json::from_str(&key.attributes).unwrap_or_default()
    }
}

/// A key as it is shown, in the order in which the vendor shows it.
#[derive(Serialize)]
pub(crate) struct KeyDetails {
    key_id: String,
    domain_id: String,
    key_alias: String,
    realm: String,
    key_spec: &'static str,
    key_usage: &'static str,
    key_description: String,
    creation_date: String,
    scheduled_deletion_date: String,
    key_state: &'static str,
    default_key_flag: &'static str,
    key_type: &'static str,
    expiration_time: String,
    origin: &'static str,
    key_rotation_enabled: &'static str,
    sys_enterprise_project_id: String,
    keystore_id: String,
}

impl From<Key> for KeyDetails {
    fn from(key: Key) -> Self {
        let expiry = key.current_material().map_or(Expiry::Never, |material| material.expiry);
        let deletion = key.deletion.filter(|_| key.state == KeyState::PendingDeletion);
        Self {
            domain_id: domain_id(&key.scope.tenant.account),
            key_spec: key_spec_word(key.spec),
            key_usage: key.usage.word(),
            creation_date: milliseconds(key.created_at),
            scheduled_deletion_date: deletion.map(|deletion| milliseconds(deletion.at)).unwrap_or_default(),
            key_state: key_state(key.state),
            default_key_flag: match key.manager {
                KeyManager::Owner => "0",
                KeyManager::Provider => "1",
            },
            key_type: "1",
            expiration_time: match expiry {
                Expiry::Never => String::new(),
                Expiry::At(end) => milliseconds(end),
            },
            origin: match key.origin {
                // The last two are of keys in key stores.
                Origin::Generated | Origin::Module | Origin::Outside => "kms",
                Origin::Imported => "external",
            },
            // Unverified: that a key which is to be deleted, and pauses, shows as not rotated.
            key_rotation_enabled: if key.rotation_schedule().is_some() { "true" } else { "false" },
            sys_enterprise_project_id: Attributes::of_key(&key).enterprise_project_id,
            keystore_id: key.residence.map_or_else(|| DEFAULT_KEYSTORE.to_owned(), |residence| residence.store),
            key_id: key.id.0,
            key_alias: key.name.unwrap_or_default(),
            realm: key.scope.region,
            key_description: key.description,
        }
    }
}

/// An instant as nearly all of this vendor's calls show it.
pub(crate) fn milliseconds(at: Timestamp) -> String {
    at.milliseconds().to_string()
}

/// A key and its state, as changes answer.
#[derive(Serialize)]
pub(crate) struct KeyStateInfo {
    key_id: String,
    key_state: &'static str,
}

impl From<Key> for KeyStateInfo {
    fn from(key: Key) -> Self {
        Self { key_state: key_state(key.state), key_id: key.id.0 }
    }
}

/// What many answers are wrapped in.
#[derive(Serialize)]
pub(crate) struct KeyInfo<T> {
    pub key_info: T,
}
