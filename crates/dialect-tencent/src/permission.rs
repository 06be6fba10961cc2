//! Whether a caller may do what they ask for.
//!
//! An account itself may do everything, its sub-accounts and roles what their rights say. A request is
//! about the keys that it names, by their ids or by what they have encrypted; one that names none is
//! about all keys.

use dialect::Call;
use dialect::principals::Standing;
use import_engine::{Error, KeyId};
use serde_json::Value;

use crate::attributes::Attributes;
use crate::errors::Refusal;
use crate::identity::{self, made_by};
use crate::operations::key_id;
use crate::record_kinds::{DATA_KEY, WHITE_BOX_KEY};
use crate::resource::Resource;
use crate::{ciphertext, encapsulated_ciphertext};

/// The one action that is anybody's in the account.
const SIGNATURE_SUFFICES: &str = "BindCloudResource";

/// Members that name one key, and those that name several.
const ONE: [&str; 3] = ["KeyId", "DestinationKeyId", "DataKeyId"];
const SEVERAL: [&str; 2] = ["KeyIds", "DataKeyIds"];
/// Members that hold what a key has encrypted.
const BLOBS: [&str; 2] = ["CiphertextBlob", "ImportKeyMaterial"];

/// Refuses what the caller may not do.
///
/// # Errors
/// [`Refusal::Unauthorized`] with the first of the resources that the caller has no right to.
pub(crate) async fn require(call: &Call, action: &str, input: &Value) -> Result<(), Refusal> {
    let Standing::Limited(rights) = &identity::of(call)?.standing else { return Ok(()) };
    if action == SIGNATURE_SUFFICES {
        return Ok(());
    }
    // Policies of old have another word in front.
    let may = rights.allow(&[&format!("kms:{action}"), &format!("name/kms:{action}")]);
    if may && rights.resources.is_empty() {
        return Ok(());
    }
    for resource in resources(call, action, input).await? {
        if !(may && rights.resources.iter().any(|pattern| resource.is_covered_by(pattern))) {
            let request_id = call.request_id.clone();
            return Err(Refusal::Unauthorized { request_id, resource: resource.to_string() });
        }
    }
    Ok(())
}

/// What a request is about; at least one.
async fn resources(call: &Call, action: &str, input: &Value) -> Result<Vec<Resource>, Error> {
    let (account, region) = (call.account(), call.region());
    let mut resources = Vec::new();
    for id in named_keys(action, input) {
        let creator_uin = creator_of(call, &id).await?;
        resources.push(Resource::one(account, region, &creator_uin, id.as_str()));
    }
    if resources.is_empty() {
        resources.push(Resource::all(account, region));
    }
    Ok(resources)
}

/// The keys that a request names. What is no identifier names none: the action says so to those who
/// may do it to all keys. Lists are about all keys, whatever they are filtered by.
// Unverified: which resource hosted data keys and white-box keys are, beyond their ResourceIds.
fn named_keys(action: &str, input: &Value) -> Vec<KeyId> {
    if action.starts_with("List") {
        return Vec::new();
    }
    let text = |name: &&str| input.get(*name).and_then(Value::as_str);
    let items = |name: &&str| input.get(*name).and_then(Value::as_array).into_iter().flatten();
    let by_blob = BLOBS.iter().filter_map(text).filter_map(encrypted_by);
    let several = SEVERAL.iter().flat_map(items).filter_map(Value::as_str);
    let by_id = ONE.iter().filter_map(text).chain(several).filter_map(|text| key_id(text).ok());
    by_blob.chain(by_id).collect()
}

/// The key that has encrypted something.
fn encrypted_by(blob: &str) -> Option<KeyId> {
    let by_symmetric = ciphertext::decode(blob).map(|ciphertext| ciphertext.key);
    by_symmetric.or_else(|| encapsulated_ciphertext::decode(blob).map(|ciphertext| ciphertext.key))
}

/// Who has made a key. What is not there counts as the account's: the action says that it is not there
/// to those who may do it to that.
async fn creator_of(call: &Call, id: &KeyId) -> Result<String, Error> {
    match call.engine.describe_key(&call.scope, id).await {
        Ok(key) => return Ok(Attributes::of_key(&key)?.creator_uin(call.account()).to_owned()),
        Err(Error::KeyNotFound(_)) => {}
        Err(error) => return Err(error),
    }
    for kind in [DATA_KEY, WHITE_BOX_KEY] {
        match call.engine.record(&call.scope, kind, id.as_str()).await {
            Ok(record) => return made_by(&record.attributes, call.account()),
            Err(Error::RecordNotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(call.account().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{entry, supported};
    use serde_json::json;

    const A: &str = "23e80852-1e38-11e9-b129-5cb9019b4b01";
    const B: &str = "23e80852-1e38-11e9-b129-5cb9019b4b02";

    #[test]
    fn no_action_names_keys_by_another_member() {
        for entry in supported().into_iter().filter_map(entry) {
            for member in entry.input.iter().map(|member| member.name) {
                let names_keys = member.ends_with("KeyId") || member.ends_with("KeyIds") || member.contains("Blob");
                let is_known = [&ONE[..], &SEVERAL, &BLOBS].concat().contains(&member);
                assert!(is_known || !names_keys, "{}: {member}", entry.name);
            }
        }
    }

    #[test]
    fn requests_name_their_keys() {
        let sealed = import_engine::SymmetricCiphertext {
            key: B.into(),
            material: import_engine::MaterialId("ab".repeat(32)),
            salt: [3; 16],
            nonce: [4; 12],
            body: vec![5; 20],
        };
        let blob = ciphertext::encode(&sealed).unwrap();
        for (action, input, expected) in [
            ("Encrypt", json!({ "KeyId": A }), &[A][..]),
            ("EnableKeys", json!({ "KeyIds": [A, B] }), &[A, B]),
            ("DescribeDataKey", json!({ "DataKeyId": A }), &[A]),
            ("DisableDataKeys", json!({ "DataKeyIds": [B, A, "x"] }), &[B, A]),
            ("Decrypt", json!({ "CiphertextBlob": blob }), &[B]),
            ("Decrypt", json!({ "CiphertextBlob": "x" }), &[]),
            ("ReEncrypt", json!({ "CiphertextBlob": blob, "DestinationKeyId": A }), &[B, A]),
            ("ReEncrypt", json!({ "CiphertextBlob": blob, "DestinationKeyId": "" }), &[B]),
            ("ImportDataKey", json!({ "ImportKeyMaterial": blob, "KeyId": A }), &[B, A]),
            ("ImportDataKey", json!({ "ImportKeyMaterial": "AAAA", "KeyId": A }), &[A]),
            ("ListDataKeyDetail", json!({ "KeyId": A }), &[]),
            ("CreateKey", json!({ "Alias": A }), &[]),
            ("Encrypt", json!({ "KeyId": "creatorUin/1/x" }), &[]),
            ("Encrypt", json!({ "KeyId": 5 }), &[]),
            ("Encrypt", json!(null), &[]),
        ] {
            let named: Vec<String> = named_keys(action, &input).into_iter().map(|id| id.0).collect();
            assert_eq!(named, expected, "{action} {input}");
        }
    }
}
