//! The table of calls: one line each, in the order of the vendor's reference. It is the dispatch,
//! the support matrix and the list of what tests must cover.

mod cancel_key_deletion;
mod create_datakey;
mod create_datakey_without_plaintext;
mod create_key;
mod decrypt_data;
mod decrypt_datakey;
mod delete_imported_key_material;
mod describe_key;
mod disable_key;
mod enable_key;
mod encrypt_data;
mod encrypt_datakey;
mod gen_random;
mod generate_mac;
mod get_parameters_for_import;
mod get_publickey;
mod import_key_material;
mod list_keys;
mod schedule_key_deletion;
mod sign;
mod verify;
mod verify_mac;

use dialect::Entry;

use crate::errors::Refusal;
use crate::routes::Route;

/// Every call that is answered with more than "no such route".
pub(crate) static TABLE: &[Route] = &[
    post::<create_key::CreateKey>("/v1.0/{project_id}/kms/create-key"),
    post::<enable_key::EnableKey>("/v1.0/{project_id}/kms/enable-key"),
    post::<disable_key::DisableKey>("/v1.0/{project_id}/kms/disable-key"),
    post::<schedule_key_deletion::ScheduleKeyDeletion>("/v1.0/{project_id}/kms/schedule-key-deletion"),
    post::<cancel_key_deletion::CancelKeyDeletion>("/v1.0/{project_id}/kms/cancel-key-deletion"),
    post::<list_keys::ListKeys>("/v1.0/{project_id}/kms/list-keys"),
    post::<describe_key::DescribeKey>("/v1.0/{project_id}/kms/describe-key"),
    post::<get_publickey::GetPublickey>("/v1.0/{project_id}/kms/get-publickey"),
    post::<get_parameters_for_import::GetParametersForImport>("/v1.0/{project_id}/kms/get-parameters-for-import"),
    post::<import_key_material::ImportKeyMaterial>("/v1.0/{project_id}/kms/import-key-material"),
    post::<delete_imported_key_material::DeleteImportedKeyMaterial>(
        "/v1.0/{project_id}/kms/delete-imported-key-material",
    ),
    post::<gen_random::GenRandom>("/v1.0/{project_id}/kms/gen-random"),
    post::<create_datakey::CreateDatakey>("/v1.0/{project_id}/kms/create-datakey"),
    post::<create_datakey_without_plaintext::CreateDatakeyWithoutPlaintext>(
        "/v1.0/{project_id}/kms/create-datakey-without-plaintext",
    ),
    post::<encrypt_datakey::EncryptDatakey>("/v1.0/{project_id}/kms/encrypt-datakey"),
    post::<decrypt_datakey::DecryptDatakey>("/v1.0/{project_id}/kms/decrypt-datakey"),
    post::<encrypt_data::EncryptData>("/v1.0/{project_id}/kms/encrypt-data"),
    post::<decrypt_data::DecryptData>("/v1.0/{project_id}/kms/decrypt-data"),
    post::<sign::Sign>("/v1.0/{project_id}/kms/sign"),
    post::<verify::Verify>("/v1.0/{project_id}/kms/verify"),
    post::<generate_mac::GenerateMac>("/v1.0/{project_id}/kms/generate-mac"),
    post::<verify_mac::VerifyMac>("/v1.0/{project_id}/kms/verify-mac"),
];

const fn post<O: dialect::Operation<Refusal = Refusal>>(template: &'static str) -> Route {
    Route::new("POST", template, Entry::of::<O>())
}

/// The names of all calls of the table, in its order.
pub fn supported() -> Vec<&'static str> {
    TABLE.iter().map(|route| route.entry.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::constraint::broken_patterns;

    #[test]
    fn every_pattern_compiles() {
        for route in TABLE {
            assert_eq!(broken_patterns(route.entry.input), Vec::<&str>::new(), "{}", route.entry.name);
        }
    }

    #[test]
    fn names_are_the_ends_of_their_paths() {
        for route in TABLE {
            let path = format!("/v1.0/0dea2644dc80d5d22ff1c01e3ebea6fc/kms/{}", route.entry.name);
            let found = crate::routes::find(TABLE, "POST", &path).unwrap();
            assert_eq!(found.route.entry.name, route.entry.name);
            assert_eq!(found.value("project_id"), Some("0dea2644dc80d5d22ff1c01e3ebea6fc"));
            for (method, path) in [("GET", path.clone()), ("POST", format!("{path}/")), ("POST", format!("{path}x"))] {
                assert!(crate::routes::find(TABLE, method, &path).is_none(), "{method} {path}");
            }
        }
        assert!(crate::routes::find(TABLE, "POST", "/v1.0//kms/create-key").is_none());
    }
}
