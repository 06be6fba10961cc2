//! The actions, one file each. The table is the dispatch and the support matrix.

mod cancel_key_deletion;
mod create_key;
mod decrypt;
mod delete_imported_key_material;
mod describe_key;
mod describe_keys;
mod disable_key;
mod enable_key;
mod encrypt;
mod generate_data_key;
mod generate_random;
mod get_parameters_for_import;
mod get_regions;
mod get_service_status;
mod import_key_material;
mod list_key_detail;
mod list_keys;
mod schedule_key_deletion;

use dialect::{Call, Entry};
use import_engine::{Error, KeyId};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::regions::Edition;
use crate::settings::Settings;

/// A line of the table.
pub(crate) type TencentEntry = Entry<Refusal>;

/// Every action there is. This vendor refuses members that it does not know.
static TABLE: &[TencentEntry] = &[
    Entry::strict::<cancel_key_deletion::CancelKeyDeletion>(),
    Entry::strict::<create_key::CreateKey>(),
    Entry::strict::<decrypt::Decrypt>(),
    Entry::strict::<delete_imported_key_material::DeleteImportedKeyMaterial>(),
    Entry::strict::<describe_key::DescribeKey>(),
    Entry::strict::<describe_keys::DescribeKeys>(),
    Entry::strict::<disable_key::DisableKey>(),
    Entry::strict::<enable_key::EnableKey>(),
    Entry::strict::<encrypt::Encrypt>(),
    Entry::strict::<generate_data_key::GenerateDataKey>(),
    Entry::strict::<generate_random::GenerateRandom>(),
    Entry::strict::<get_parameters_for_import::GetParametersForImport>(),
    Entry::strict::<get_regions::GetRegions>(),
    Entry::strict::<get_service_status::GetServiceStatus>(),
    Entry::strict::<import_key_material::ImportKeyMaterial>(),
    Entry::strict::<list_key_detail::ListKeyDetail>(),
    Entry::strict::<list_keys::ListKeys>(),
    Entry::strict::<schedule_key_deletion::ScheduleKeyDeletion>(),
];

/// The line of an action. Names are case-sensitive.
// Unverified: the rule on letter case.
pub(crate) fn entry(action: &str) -> Option<&'static TencentEntry> {
    TABLE.iter().find(|entry| entry.name == action)
}

/// The names of all actions that are served.
pub fn supported() -> Vec<&'static str> {
    TABLE.iter().map(|entry| entry.name).collect()
}

/// The input of actions that take a KeyId and nothing else that matters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ByKeyId {
    key_id: String,
}

/// A key identifier, if the text has its form: a lower-case UUID.
// Unverified: that identifiers of other versions than 1 count as well-formed.
fn key_id(text: &str) -> Result<KeyId, Refusal> {
    let is_uuid = text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        });
    if is_uuid { Ok(KeyId::from(text)) } else { Err(Refusal::InvalidKeyId) }
}

/// Refuses the name of an HSM cluster: there are none.
fn no_hsm_cluster(id: Option<&str>) -> Result<(), Refusal> {
    if id.is_none_or(str::is_empty) { Ok(()) } else { Err(Refusal::InvalidHsmClusterId) }
}

/// Refuses a public key to encrypt the answer under.
fn no_public_key(key: Option<&str>) -> Result<(), Refusal> {
    if key.is_none_or(str::is_empty) {
        Ok(())
    } else {
        Err(Refusal::Unsupported("EncryptionPublicKey is not supported."))
    }
}

/// The edition of the call's region.
fn edition(call: &Call) -> Result<Edition, Error> {
    let settings: &Settings = call.settings()?;
    // Whoever gets here came through the gateway's check of the region.
    settings.regions.get(call.region()).copied().ok_or_else(|| Error::internal("a region that is not served"))
}

/// One page of a list.
fn page<T>(items: Vec<T>, offset: u64, limit: u64) -> Vec<T> {
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    items.into_iter().skip(offset).take(limit).collect()
}

/// Items on a page unless told otherwise.
const LIMIT_DEFAULT: u64 = 10;

/// Most items on a page.
const LIMIT_MAX: u64 = 200;

/// The number of items on a page.
// Unverified: the code for too many; and that none at all is fine.
fn limit(asked: Option<u64>) -> Result<u64, Refusal> {
    let limit = asked.unwrap_or(LIMIT_DEFAULT);
    if limit <= LIMIT_MAX { Ok(limit) } else { Err(Refusal::OutOfBounds("Limit")) }
}

/// Whether the list of the keys that users made is wanted, rather than that of cloud products,
/// which make none here.
fn wants_user_keys(role: Option<u64>) -> Result<bool, Refusal> {
    match role.unwrap_or(0) {
        0 => Ok(true),
        1 => Ok(false),
        _ => Err(Refusal::OutOfBounds("Role")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::constraint::broken_patterns;

    #[test]
    fn the_table_is_in_order_and_sound() {
        assert!(TABLE.is_sorted_by_key(|entry| entry.name));
        assert!(TABLE.iter().all(|entry| broken_patterns(entry.input).is_empty()));
        assert_eq!(TABLE.len(), 18);
    }

    #[test]
    fn key_ids_are_lower_case_uuids() {
        assert!(key_id("23e80852-1e38-11e9-b129-5cb9019b4b01").is_ok());
        for bad in [
            "",
            "23E80852-1e38-11e9-b129-5cb9019b4b01",
            "23e80852-1e38-11e9-b129-5cb9019b4b0",
            "23e80852-1e38-11e9-b129-5cb9019b4b011",
            "23e808521e3811e9b1295cb9019b4b01",
            "23e80852-1e38-11e9-b129-5cb9019b4b0g",
            "creatorUin/1/23e80852-1e38-11e9-b129-5cb9019b4b01",
            "alias",
        ] {
            assert_eq!(key_id(bad), Err(Refusal::InvalidKeyId), "{bad}");
        }
    }
}
