//! The table of calls: one line each, in the order of the vendor's reference, with path, method and
//! the IAM actions that allow it. It is the dispatch, the support matrix and the list of what tests
//! must cover.

mod associate_alias;
mod batch_create_kms_tags;
mod cancel_key_deletion;
mod create_access_point;
mod create_alias;
mod create_datakey;
mod create_datakey_capsule;
mod create_datakey_without_plaintext;
mod create_ec_datakey_pair;
mod create_grant;
mod create_key;
mod create_key_policy;
mod create_keystore;
mod create_kms_tag;
mod create_pin;
mod create_rsa_datakey_pair;
mod decrypt_data;
mod decrypt_datakey;
mod decrypt_datakey_capsule;
mod delete_access_point;
mod delete_alias;
mod delete_imported_key_material;
mod delete_key_policy;
mod delete_keystore;
mod delete_tag;
mod derive_shared_secret;
mod describe_key;
mod disable_access_point;
mod disable_key;
mod disable_key_rotation;
mod disable_keystore;
mod enable_access_point;
mod enable_key;
mod enable_key_rotation;
mod enable_keystore;
mod encrypt_data;
mod encrypt_datakey;
mod gen_random;
mod generate_mac;
mod get_access_point_privatekey;
mod get_key_rotation_status;
mod get_parameters_for_import;
mod get_publickey;
mod import_key_material;
mod imports;
mod list_access_points;
mod list_aliases;
mod list_grants;
mod list_key_policies;
mod list_keys;
mod list_keystores;
mod list_kms_by_tags;
mod list_kms_tags;
mod list_retirable_grants;
mod list_support_regions;
mod paging;
mod re_encrypt;
mod replicate_key;
mod retire_grant;
mod revoke_grant;
mod rotate_on_demand;
mod rotation;
mod schedule_key_deletion;
mod show_key_policy;
mod show_keystore;
mod show_kms_tags;
mod sign;
mod update_key_alias;
mod update_key_description;
mod update_key_policy;
mod update_key_rotation_interval;
mod update_primary_region;
mod user_instances;
mod user_quotas;
mod verify;
mod verify_mac;

use dialect::Entry;

use crate::errors::Refusal;
use crate::routes::Route;

/// Calls that are understood, and refused whatever they ask for.
const REFUSED: &[&str] = &[<create_pin::CreatePin as dialect::Operation>::NAME];

/// Every call that is answered with more than "no such route".
pub(crate) static TABLE: &[Route] = &[
    post::<create_key::CreateKey>("/v1.0/{project_id}/kms/create-key", &["kms:cmk:create"]),
    post::<enable_key::EnableKey>("/v1.0/{project_id}/kms/enable-key", &["kms:cmk:enable"]),
    post::<disable_key::DisableKey>("/v1.0/{project_id}/kms/disable-key", &["kms:cmk:disable"]),
    post::<schedule_key_deletion::ScheduleKeyDeletion>(
        "/v1.0/{project_id}/kms/schedule-key-deletion",
        &["kms:cmk:update", "kms:cmk:scheduleKeyDeletion"],
    ),
    post::<cancel_key_deletion::CancelKeyDeletion>(
        "/v1.0/{project_id}/kms/cancel-key-deletion",
        &["kms:cmk:update", "kms:cmk:cancelKeyDeletion"],
    ),
    post::<update_key_alias::UpdateKeyAlias>(
        "/v1.0/{project_id}/kms/update-key-alias",
        &["kms:cmk:update", "kms:cmk:updateKeyAlias"],
    ),
    post::<update_key_description::UpdateKeyDescription>(
        "/v1.0/{project_id}/kms/update-key-description",
        &["kms:cmk:update", "kms:cmk:updateKeyDescription"],
    ),
    post::<list_keys::ListKeys>("/v1.0/{project_id}/kms/list-keys", &["kms:cmk:list"]),
    post::<describe_key::DescribeKey>("/v1.0/{project_id}/kms/describe-key", &["kms:cmk:get"]),
    post::<get_publickey::GetPublickey>(
        "/v1.0/{project_id}/kms/get-publickey",
        &["kms:cmk:get", "kms:cmk:getPublicKey"],
    ),
    get::<user_instances::UserInstances>("/v1.0/{project_id}/kms/user-instances", &["kms:cmk:getInstance"]),
    get::<user_quotas::UserQuotas>("/v1.0/{project_id}/kms/user-quotas", &["kms:cmk:getQuota"]),
    post::<get_parameters_for_import::GetParametersForImport>(
        "/v1.0/{project_id}/kms/get-parameters-for-import",
        &["kms:cmk:getMaterial"],
    ),
    post::<import_key_material::ImportKeyMaterial>(
        "/v1.0/{project_id}/kms/import-key-material",
        &["kms:cmk:importMaterial"],
    ),
    post::<delete_imported_key_material::DeleteImportedKeyMaterial>(
        "/v1.0/{project_id}/kms/delete-imported-key-material",
        &["kms:cmk:deleteMaterial"],
    ),
    post::<gen_random::GenRandom>("/v1.0/{project_id}/kms/gen-random", &["kms:cmk:generate"]),
    post::<create_datakey::CreateDatakey>(
        "/v1.0/{project_id}/kms/create-datakey",
        &["kms:dek:create", "kms:cmk:createDataKey"],
    ),
    post::<create_datakey_without_plaintext::CreateDatakeyWithoutPlaintext>(
        "/v1.0/{project_id}/kms/create-datakey-without-plaintext",
        &["kms:dek:create", "kms:cmk:createDataKeyWithoutPlaintext"],
    ),
    post::<encrypt_datakey::EncryptDatakey>(
        "/v1.0/{project_id}/kms/encrypt-datakey",
        &["kms:dek:crypto", "kms:cmk:encryptDataKey"],
    ),
    post::<decrypt_datakey::DecryptDatakey>(
        "/v1.0/{project_id}/kms/decrypt-datakey",
        &["kms:dek:crypto", "kms:cmk:decryptDataKey"],
    ),
    post::<create_rsa_datakey_pair::CreateRsaDatakeyPair>(
        "/v1.0/{project_id}/kms/create-rsa-datakey-pair",
        &["kms:dek:create", "kms:cmk:createDataKeyPair"],
    ),
    post::<create_ec_datakey_pair::CreateEcDatakeyPair>(
        "/v1.0/{project_id}/kms/create-ec-datakey-pair",
        &["kms:dek:create", "kms:cmk:createDataKeyPair"],
    ),
    post::<encrypt_data::EncryptData>(
        "/v1.0/{project_id}/kms/encrypt-data",
        &["kms:cmk:crypto", "kms:cmk:encryptData"],
    ),
    post::<decrypt_data::DecryptData>(
        "/v1.0/{project_id}/kms/decrypt-data",
        &["kms:cmk:crypto", "kms:cmk:decryptData"],
    ),
    // Unverified: that the older word covers it, and the newer one.
    post::<re_encrypt::ReEncrypt>("/v1.0/{project_id}/kms/re-encrypt", &["kms:cmk:crypto", "kms:cmk:reEncrypt"]),
    post::<sign::Sign>("/v1.0/{project_id}/kms/sign", &["kms:cmk:crypto", "kms:cmk:sign"]),
    post::<verify::Verify>("/v1.0/{project_id}/kms/verify", &["kms:cmk:crypto", "kms:cmk:verify"]),
    post::<generate_mac::GenerateMac>(
        "/v1.0/{project_id}/kms/generate-mac",
        &["kms:cmk:crypto", "kms:cmk:generateMac"],
    ),
    post::<verify_mac::VerifyMac>("/v1.0/{project_id}/kms/verify-mac", &["kms:cmk:crypto", "kms:cmk:verifyMac"]),
    // Unverified: that the older word covers it, and the newer one.
    post::<derive_shared_secret::DeriveSharedSecret>(
        "/v1.0/{project_id}/kms/derive-shared-secret",
        &["kms:cmk:crypto", "kms:cmk:deriveSharedSecret"],
    ),
    post::<create_grant::CreateGrant>("/v1.0/{project_id}/kms/create-grant", &["kms:grant:create"]),
    post::<list_grants::ListGrants>("/v1.0/{project_id}/kms/list-grants", &["kms:grant:list"]),
    post::<list_retirable_grants::ListRetirableGrants>(
        "/v1.0/{project_id}/kms/list-retirable-grants",
        &["kms:grant:list"],
    ),
    post::<revoke_grant::RevokeGrant>("/v1.0/{project_id}/kms/revoke-grant", &["kms:grant:revoke"]),
    post::<retire_grant::RetireGrant>(
        "/v1.0/{project_id}/kms/retire-grant",
        &["kms:grant:retire", "kms:cmk:retireGrant"],
    ),
    post::<enable_key_rotation::EnableKeyRotation>(
        "/v1.0/{project_id}/kms/enable-key-rotation",
        &["kms:cmk:enableRotation"],
    ),
    post::<disable_key_rotation::DisableKeyRotation>(
        "/v1.0/{project_id}/kms/disable-key-rotation",
        &["kms:cmk:disableRotation"],
    ),
    post::<update_key_rotation_interval::UpdateKeyRotationInterval>(
        "/v1.0/{project_id}/kms/update-key-rotation-interval",
        &["kms:cmk:updateRotation"],
    ),
    post::<get_key_rotation_status::GetKeyRotationStatus>(
        "/v1.0/{project_id}/kms/get-key-rotation-status",
        &["kms:cmk:getRotation"],
    ),
    post::<rotate_on_demand::RotateOnDemand>("/v1.0/{project_id}/kms/rotate-on-demand", &["kms:cmk:rotateOnDemand"]),
    post::<replicate_key::ReplicateKey>("/v2/{project_id}/kms/keys/{key_id}/replicate", &["kms:cmk:replicate"]),
    Route::new(
        "PUT",
        "/v2/{project_id}/kms/keys/{key_id}/update-primary-region",
        Entry::of::<update_primary_region::UpdatePrimaryRegion>(),
        &["kms:cmk:updatePrimaryRegion"],
    ),
    // Unverified: its action.
    get::<list_support_regions::ListSupportRegions>("/v2/{project_id}/kms/regions", &["kms:cmk:listSupportRegions"]),
    post::<create_keystore::CreateKeystore>("/v1.0/{project_id}/keystores", &["kms:keystore:create"]),
    get::<list_keystores::ListKeystores>("/v1.0/{project_id}/keystores", &["kms:keystore:list"]),
    get::<show_keystore::ShowKeystore>("/v1.0/{project_id}/keystores/{keystore_id}", &["kms:keystore:get"]),
    post::<enable_keystore::EnableKeystore>(
        "/v1.0/{project_id}/keystores/{keystore_id}/enable",
        &["kms:keystore:enable"],
    ),
    post::<disable_keystore::DisableKeystore>(
        "/v1.0/{project_id}/keystores/{keystore_id}/disable",
        &["kms:keystore:disable"],
    ),
    Route::new(
        "DELETE",
        "/v1.0/{project_id}/keystores/{keystore_id}",
        Entry::of::<delete_keystore::DeleteKeystore>(),
        &["kms:keystore:delete"],
    ),
    post::<create_kms_tag::CreateKmsTag>(
        "/v1.0/{project_id}/kms/{key_id}/tags",
        &["kms:cmkTag:create", "kms:cmk:createTag"],
    )
    .answering(204),
    get::<show_kms_tags::ShowKmsTags>("/v1.0/{project_id}/kms/{key_id}/tags", &["kms:cmkTag:list", "kms:cmk:getTags"]),
    post::<batch_create_kms_tags::BatchCreateKmsTags>(
        "/v1.0/{project_id}/kms/{key_id}/tags/action",
        &["kms:cmkTag:batch", "kms:cmk:createTags"],
    )
    .answering(204),
    delete::<delete_tag::DeleteTag>(
        "/v1.0/{project_id}/kms/{key_id}/tags/{key..}",
        &["kms:cmkTag:delete", "kms:cmk:deleteTag"],
    )
    .answering(204),
    get::<list_kms_tags::ListKmsTags>("/v1.0/{project_id}/kms/tags", &["kms:cmkTag:list", "kms:cmk:listTags"]),
    post::<list_kms_by_tags::ListKmsByTags>(
        "/v1.0/{project_id}/kms/{resource_instances}/action",
        &["kms:cmkTag:listInstance", "kms:cmk:listKeysByTag"],
    ),
    post::<create_alias::CreateAlias>("/v1.0/{project_id}/kms/aliases", &["kms:alias:create"]).answering(201),
    get::<list_aliases::ListAliases>("/v1.0/{project_id}/kms/aliases", &["kms:alias:list"]),
    delete::<delete_alias::DeleteAlias>("/v1.0/{project_id}/kms/aliases", &["kms:alias:delete"]).answering(204),
    post::<associate_alias::AssociateAlias>("/v1.0/{project_id}/kms/alias/associate", &["kms:alias:associate"]),
    // Of the level-4 compliance mode. Refused, whatever it asks for.
    post::<create_pin::CreatePin>("/v1.0/{project_id}/kms/create-pin", &["kms:pin:create"]),
    // The trusted keyspace. Unverified: the names of its rights, which no table that was seen has.
    post::<create_access_point::CreateAccessPoint>("/v1.0/{project_id}/kms/access-points", &["kms:accessPoint:create"]),
    get::<list_access_points::ListAccessPoints>("/v1.0/{project_id}/kms/access-points", &["kms:accessPoint:list"]),
    post::<enable_access_point::EnableAccessPoint>(
        "/v1.0/{project_id}/kms/access-points/{access_point_id}/enable",
        &["kms:accessPoint:enable"],
    ),
    post::<disable_access_point::DisableAccessPoint>(
        "/v1.0/{project_id}/kms/access-points/{access_point_id}/disable",
        &["kms:accessPoint:disable"],
    ),
    delete::<delete_access_point::DeleteAccessPoint>(
        "/v1.0/{project_id}/kms/access-points/{access_point_id}",
        &["kms:accessPoint:delete"],
    ),
    post::<get_access_point_privatekey::GetAccessPointPrivatekey>(
        "/v1.0/{project_id}/kms/access-points/{access_point_id}/get-privatekey",
        &["kms:accessPoint:getPrivateKey"],
    ),
    post::<create_key_policy::CreateKeyPolicy>("/v1.0/{project_id}/kms/key-policies", &["kms:keyPolicy:create"]),
    get::<list_key_policies::ListKeyPolicies>("/v1.0/{project_id}/kms/key-policies", &["kms:keyPolicy:list"]),
    get::<show_key_policy::ShowKeyPolicy>("/v1.0/{project_id}/kms/key-policies/{policy_id}", &["kms:keyPolicy:get"]),
    Route::new(
        "PUT",
        "/v1.0/{project_id}/kms/key-policies/{policy_id}",
        Entry::of::<update_key_policy::UpdateKeyPolicy>(),
        &["kms:keyPolicy:update"],
    ),
    delete::<delete_key_policy::DeleteKeyPolicy>(
        "/v1.0/{project_id}/kms/key-policies/{policy_id}",
        &["kms:keyPolicy:delete"],
    ),
    post::<create_datakey_capsule::CreateDatakeyCapsule>(
        "/v1.0/{project_id}/kms/datakey-capsule/create",
        &["kms:dek:create", "kms:cmk:createDataKey"],
    ),
    post::<decrypt_datakey_capsule::DecryptDatakeyCapsule>(
        "/v1.0/{project_id}/kms/datakey-capsule/decrypt",
        &["kms:dek:crypto", "kms:cmk:decryptDataKey"],
    ),
];

const fn post<O: dialect::Operation<Refusal = Refusal>>(
    template: &'static str,
    actions: &'static [&'static str],
) -> Route {
    Route::new("POST", template, Entry::of::<O>(), actions)
}

const fn get<O: dialect::Operation<Refusal = Refusal>>(
    template: &'static str,
    actions: &'static [&'static str],
) -> Route {
    Route::new("GET", template, Entry::of::<O>(), actions)
}

const fn delete<O: dialect::Operation<Refusal = Refusal>>(
    template: &'static str,
    actions: &'static [&'static str],
) -> Route {
    Route::new("DELETE", template, Entry::of::<O>(), actions)
}

/// The calls of the table that can be answered with more than a refusal.
fn answered() -> impl Iterator<Item = &'static Route> {
    TABLE.iter().filter(|route| !REFUSED.contains(&route.entry.name))
}

/// The names of all calls that are here, in the order of the table.
pub fn supported() -> Vec<&'static str> {
    answered().map(|route| route.entry.name).collect()
}

/// The calls of the table as the vendor's pages name them: method and path, in the table's order.
/// Some paths take several methods.
pub fn supported_paths() -> Vec<String> {
    answered().map(|route| format!("{} {}", route.method, route.template.replace("..}", "}"))).collect()
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
    fn every_line_is_found_by_its_path_and_no_other() {
        use std::collections::HashSet;
        let names: HashSet<_> = TABLE.iter().map(|route| route.entry.name).collect();
        assert_eq!(names.len(), TABLE.len());
        for route in TABLE {
            assert!(!route.actions.is_empty(), "{}", route.entry.name);
            let path =
                route.template.replace("{project_id}", "0dea2644dc80d5d22ff1c01e3ebea6fc").replace(['{', '}'], "");
            let found = crate::routes::find(TABLE, route.method, &path).unwrap();
            assert_eq!(found.route.entry.name, route.entry.name);
            assert_eq!(found.value("project_id"), Some("0dea2644dc80d5d22ff1c01e3ebea6fc"));
            assert!(crate::routes::find(TABLE, "PATCH", &path).is_none(), "{path}");
        }
        for (method, path) in [
            ("POST", "/v1.0//kms/create-key"),
            ("GET", "/v1.0/p/kms/create-key"),
            ("POST", "/v1.0/p/kms/create-key/"),
            ("POST", "/v1.0/p/kms/create-keyx"),
        ] {
            assert!(crate::routes::find(TABLE, method, path).is_none(), "{method} {path}");
        }
    }
}
