//! `KeyMetadata`: the vendor's description of a key.

use import_engine::{Error, Expiry, Key, KeySpec, Timestamp};
use serde::Serialize;

use crate::attributes::Attributes;
use crate::identity::{resource_id, uin_number};
use crate::names::{key_state, origin};
use crate::regions::Edition;
use crate::usages::key_usage;

/// A year of rotation, in days and in seconds.
const ROTATION_DAYS: u32 = 365;
const ROTATION_SECONDS: i64 = 31_536_000;

/// The `Owner` of keys that users made.
const USER: &str = "user";

/// What DescribeKey shows. Members that do not apply are there all the same, with a value of their
/// type: the vendor never sends null.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyMetadata {
    key_id: String,
    alias: String,
    create_time: i64,
    description: String,
    key_state: &'static str,
    key_usage: &'static str,
    #[serde(rename = "Type")]
    edition: i64,
    creator_uin: u64,
    key_rotation_enabled: bool,
    owner: String,
    next_rotate_time: i64,
    deletion_date: i64,
    origin: &'static str,
    valid_to: i64,
    resource_id: String,
    hsm_cluster_id: String,
    rotate_days: u32,
    last_rotate_time: i64,
    #[serde(flatten)]
    elsewhere: Elsewhere,
}

/// What the vendor says at the end of every description: of which copy in other regions it is, in which
/// organisation. There are neither here.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Elsewhere {
    is_sync_replica: i64,
    source_region: &'static str,
    sync_status: i64,
    sync_messages: &'static str,
    sync_start_time: u64,
    sync_end_time: u64,
    source_hsm_cluster_id: &'static str,
    account_app_id: u64,
    account_uin: u64,
    account_name: &'static str,
    creator_uin_string: String,
}

impl Elsewhere {
    /// Of something that an account has and that somebody in it has made.
    pub fn of(account: &str, creator_uin: String) -> Self {
        Self { account_uin: uin_number(account), creator_uin_string: creator_uin, ..Self::default() }
    }
}

impl KeyMetadata {
    /// The description of a key in a region of an edition.
    ///
    /// # Errors
    /// As in [`Attributes::of_key`].
    pub fn of(key: &Key, edition: Edition) -> Result<Self, Error> {
        let attributes = Attributes::of_key(key)?;
        let account = &key.scope.tenant.account;
        let creator_uin = attributes.creator_uin(account).to_owned();
        let created = key.created_at.seconds();
        let edition = match key.spec {
            KeySpec::Sm4 => Edition::Sm,
            KeySpec::Aes256 => Edition::Fips,
            _ => edition,
        };
        let last_rotated = key.last_rotation().map(Timestamp::seconds);
        // A year after creation in every published example, with rotation off too. Unverified: that a
        // rotation moves it while rotation is off.
        let next_unscheduled = last_rotated.unwrap_or(created).saturating_add(ROTATION_SECONDS);
        Ok(Self {
            key_id: key.id.to_string(),
            alias: key.name.clone().unwrap_or_default(),
            create_time: created,
            description: key.description.clone(),
            key_state: key_state(key.state),
            key_usage: key_usage(key),
            edition: edition.key_type(),
            creator_uin: uin_number(&creator_uin),
            key_rotation_enabled: key.rotation.is_some(),
            owner: attributes.owner.unwrap_or_else(|| USER.to_owned()),
            next_rotate_time: key.rotation.map_or(next_unscheduled, |schedule| schedule.next_at.seconds()),
            deletion_date: key.deletion.map_or(0, |deletion| deletion.at.seconds()),
            origin: origin(key.origin),
            // Unverified: 0 once the material is gone.
            valid_to: key.current_material().map_or(0, |material| match material.expiry {
                Expiry::At(end) if material.present => end.seconds(),
                _ => 0,
            }),
            resource_id: resource_id(&creator_uin, key.id.as_str()),
            hsm_cluster_id: attributes.hsm_cluster.unwrap_or_default(),
            rotate_days: key.rotation.map_or(ROTATION_DAYS, |schedule| schedule.period_days),
            last_rotate_time: last_rotated.unwrap_or(0),
            elsewhere: Elsewhere::of(account, creator_uin),
        })
    }
}
