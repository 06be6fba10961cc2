//! The actions, one file each. The table is the dispatch and the support matrix.

mod archive_key;
mod asymmetric_rsa_decrypt;
mod asymmetric_sm2_decrypt;
mod bind_cloud_resource;
mod cancel_data_key_deletion;
mod cancel_key_archive;
mod cancel_key_deletion;
mod create_key;
mod create_white_box_key;
mod decrypt;
mod delete_imported_key_material;
mod delete_white_box_key;
mod describe_data_key;
mod describe_data_keys;
mod describe_key;
mod describe_keys;
mod describe_white_box_decrypt_key;
mod describe_white_box_device_fingerprints;
mod describe_white_box_key;
mod describe_white_box_key_details;
mod describe_white_box_service_status;
mod disable_data_key;
mod disable_data_keys;
mod disable_key;
mod disable_key_rotation;
mod disable_keys;
mod disable_white_box_key;
mod disable_white_box_keys;
mod enable_data_key;
mod enable_data_keys;
mod enable_key;
mod enable_key_rotation;
mod enable_keys;
mod enable_white_box_key;
mod enable_white_box_keys;
mod encrypt;
mod encrypt_by_white_box;
mod generate_data_key;
mod generate_random;
mod get_data_key_ciphertext_blob;
mod get_data_key_plaintext;
mod get_key_rotation_status;
mod get_parameters_for_import;
mod get_public_key;
mod get_regions;
mod get_service_status;
mod import_data_key;
mod import_key_material;
mod list_algorithms;
mod list_data_key_detail;
mod list_data_keys;
mod list_key_detail;
mod list_keys;
mod lists;
mod messages;
mod naming;
mod overwrite_white_box_device_fingerprints;
mod post_quantum_crypto_decrypt;
mod post_quantum_crypto_encrypt;
mod post_quantum_crypto_sign;
mod post_quantum_crypto_verify;
mod private_keys;
mod re_encrypt;
mod rotate_key;
mod schedule_data_key_deletion;
mod schedule_key_deletion;
mod sign_by_asymmetric_key;
mod unbind_cloud_resource;
mod update_alias;
mod update_data_key_description;
mod update_data_key_name;
mod update_key_description;
mod verify_by_asymmetric_key;

use dialect::constraint::Member;
use dialect::{Call, Entry};
use import_engine::{Error, KeyId, KeyManager};
use serde::Deserialize;

use crate::attributes::Attributes;
use crate::errors::Refusal;
use crate::regions::Edition;
use crate::settings::Settings;

pub(crate) use naming::PRODUCT_PREFIX;

/// A line of the table.
pub(crate) type TencentEntry = Entry<Refusal>;

/// Every action there is. This vendor refuses members that it does not know.
static TABLE: &[TencentEntry] = &[
    Entry::strict::<archive_key::ArchiveKey>(),
    Entry::strict::<asymmetric_rsa_decrypt::AsymmetricRsaDecrypt>(),
    Entry::strict::<asymmetric_sm2_decrypt::AsymmetricSm2Decrypt>(),
    Entry::strict::<bind_cloud_resource::BindCloudResource>(),
    Entry::strict::<cancel_data_key_deletion::CancelDataKeyDeletion>(),
    Entry::strict::<cancel_key_archive::CancelKeyArchive>(),
    Entry::strict::<cancel_key_deletion::CancelKeyDeletion>(),
    Entry::strict::<create_key::CreateKey>(),
    Entry::strict::<create_white_box_key::CreateWhiteBoxKey>(),
    Entry::strict::<decrypt::Decrypt>(),
    Entry::strict::<delete_imported_key_material::DeleteImportedKeyMaterial>(),
    Entry::strict::<delete_white_box_key::DeleteWhiteBoxKey>(),
    Entry::strict::<describe_data_key::DescribeDataKey>(),
    Entry::strict::<describe_data_keys::DescribeDataKeys>(),
    Entry::strict::<describe_key::DescribeKey>(),
    Entry::strict::<describe_keys::DescribeKeys>(),
    Entry::strict::<describe_white_box_decrypt_key::DescribeWhiteBoxDecryptKey>(),
    Entry::strict::<describe_white_box_device_fingerprints::DescribeWhiteBoxDeviceFingerprints>(),
    Entry::strict::<describe_white_box_key::DescribeWhiteBoxKey>(),
    Entry::strict::<describe_white_box_key_details::DescribeWhiteBoxKeyDetails>(),
    Entry::strict::<describe_white_box_service_status::DescribeWhiteBoxServiceStatus>(),
    Entry::strict::<disable_data_key::DisableDataKey>(),
    Entry::strict::<disable_data_keys::DisableDataKeys>(),
    Entry::strict::<disable_key::DisableKey>(),
    Entry::strict::<disable_key_rotation::DisableKeyRotation>(),
    Entry::strict::<disable_keys::DisableKeys>(),
    Entry::strict::<disable_white_box_key::DisableWhiteBoxKey>(),
    Entry::strict::<disable_white_box_keys::DisableWhiteBoxKeys>(),
    Entry::strict::<enable_data_key::EnableDataKey>(),
    Entry::strict::<enable_data_keys::EnableDataKeys>(),
    Entry::strict::<enable_key::EnableKey>(),
    Entry::strict::<enable_key_rotation::EnableKeyRotation>(),
    Entry::strict::<enable_keys::EnableKeys>(),
    Entry::strict::<enable_white_box_key::EnableWhiteBoxKey>(),
    Entry::strict::<enable_white_box_keys::EnableWhiteBoxKeys>(),
    Entry::strict::<encrypt::Encrypt>(),
    Entry::strict::<encrypt_by_white_box::EncryptByWhiteBox>(),
    Entry::strict::<generate_data_key::GenerateDataKey>(),
    Entry::strict::<generate_random::GenerateRandom>(),
    Entry::strict::<get_data_key_ciphertext_blob::GetDataKeyCiphertextBlob>(),
    Entry::strict::<get_data_key_plaintext::GetDataKeyPlaintext>(),
    Entry::strict::<get_key_rotation_status::GetKeyRotationStatus>(),
    Entry::strict::<get_parameters_for_import::GetParametersForImport>(),
    Entry::strict::<get_public_key::GetPublicKey>(),
    Entry::strict::<get_regions::GetRegions>(),
    Entry::strict::<get_service_status::GetServiceStatus>(),
    Entry::strict::<import_data_key::ImportDataKey>(),
    Entry::strict::<import_key_material::ImportKeyMaterial>(),
    Entry::strict::<list_algorithms::ListAlgorithms>(),
    Entry::strict::<list_data_key_detail::ListDataKeyDetail>(),
    Entry::strict::<list_data_keys::ListDataKeys>(),
    Entry::strict::<list_key_detail::ListKeyDetail>(),
    Entry::strict::<list_keys::ListKeys>(),
    Entry::strict::<overwrite_white_box_device_fingerprints::OverwriteWhiteBoxDeviceFingerprints>(),
    Entry::strict::<post_quantum_crypto_decrypt::PostQuantumCryptoDecrypt>(),
    Entry::strict::<post_quantum_crypto_encrypt::PostQuantumCryptoEncrypt>(),
    Entry::strict::<post_quantum_crypto_sign::PostQuantumCryptoSign>(),
    Entry::strict::<post_quantum_crypto_verify::PostQuantumCryptoVerify>(),
    Entry::strict::<re_encrypt::ReEncrypt>(),
    Entry::strict::<rotate_key::RotateKey>(),
    Entry::strict::<schedule_data_key_deletion::ScheduleDataKeyDeletion>(),
    Entry::strict::<schedule_key_deletion::ScheduleKeyDeletion>(),
    Entry::strict::<sign_by_asymmetric_key::SignByAsymmetricKey>(),
    Entry::strict::<unbind_cloud_resource::UnbindCloudResource>(),
    Entry::strict::<update_alias::UpdateAlias>(),
    Entry::strict::<update_data_key_description::UpdateDataKeyDescription>(),
    Entry::strict::<update_data_key_name::UpdateDataKeyName>(),
    Entry::strict::<update_key_description::UpdateKeyDescription>(),
    Entry::strict::<verify_by_asymmetric_key::VerifyByAsymmetricKey>(),
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

/// What the requests of these actions may look like, by their names.
pub fn tables() -> impl Iterator<Item = (&'static str, &'static [Member])> {
    TABLE.iter().map(|entry| (entry.name, entry.input))
}

/// The input of actions that take a KeyId and nothing else that matters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ByKeyId {
    key_id: String,
}

/// The input of actions that take KeyIds and nothing else that matters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ByKeyIds {
    key_ids: Vec<String>,
}

/// The input of actions that take a DataKeyId and nothing else that matters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ByDataKeyId {
    data_key_id: String,
}

/// The input of actions that take DataKeyIds and nothing else that matters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ByDataKeyIds {
    data_key_ids: Vec<String>,
}

/// A key identifier, if the text has its form.
pub(crate) fn key_id(text: &str) -> Result<KeyId, Refusal> {
    if is_uuid(text) { Ok(KeyId::from(text)) } else { Err(Refusal::InvalidKeyId) }
}

/// Whether a text has the form of an identifier: a lower-case UUID.
// Unverified: that identifiers of other versions than 1 count as well-formed.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

/// Identifiers of the right form, none twice.
fn distinct(texts: &[String]) -> Result<Vec<KeyId>, Refusal> {
    let ids: Vec<KeyId> = texts.iter().map(|text| key_id(text)).collect::<Result<_, _>>()?;
    let mut sorted: Vec<&KeyId> = ids.iter().collect();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) { Err(Refusal::DuplicatedKeyId) } else { Ok(ids) }
}

/// The HSM cluster of an identifier, if one is named.
fn hsm_cluster(call: &Call, id: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(id) = id.filter(|id| !id.is_empty()) else { return Ok(None) };
    let settings: &Settings = call.settings()?;
    let exists = settings.clusters_in(call.region()).any(|(known, _)| *known == id);
    if exists { Ok(Some(id)) } else { Err(Refusal::InvalidHsmClusterId) }
}

/// Refuses another cluster than the key's, if one is named.
async fn require_cluster_of(call: &Call, id: &KeyId, named: Option<String>) -> Result<(), Refusal> {
    let Some(named) = hsm_cluster(call, named)? else { return Ok(()) };
    let key = call.engine.describe_key(&call.scope, id).await?;
    if Attributes::of_key(&key)?.hsm_cluster == Some(named) { Ok(()) } else { Err(Refusal::InvalidHsmClusterId) }
}

/// A `PendingWindowInDays`. The form of a value is looked at before what it is for.
fn deletion_window(call: &Call, days: u64) -> Result<u32, Error> {
    let window = u32::try_from(days).map_err(|_| Error::DeletionWindow)?;
    let is_offered = call.engine.policy(&call.scope)?.deletion_window_days.contains(&window);
    if is_offered { Ok(window) } else { Err(Error::DeletionWindow) }
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

/// Whose keys are wanted: those that users made, or those of cloud products.
fn manager(role: Option<u64>) -> Result<KeyManager, Refusal> {
    match role.unwrap_or(0) {
        0 => Ok(KeyManager::Owner),
        1 => Ok(KeyManager::Provider),
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
