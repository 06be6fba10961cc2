//! `ImportKeyMaterial`.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{Expected, Expiry, ImportMaterial, Key, KeyFamily, MaterialId, Origin, Wrapped};
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, Target, admit, key_arn};
use crate::{names, shapes};

/// Brings material.
pub(crate) struct ImportKeyMaterial;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    import_token: Blob,
    encrypted_key_material: Blob,
    valid_to: Option<f64>,
    expiration_model: Option<String>,
    import_type: Option<String>,
    key_material_description: Option<String>,
    key_material_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<String>,
}

impl Operation for ImportKeyMaterial {
    const NAME: &'static str = "ImportKeyMaterial";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("ImportToken", &shapes::CIPHERTEXT),
        Member::required("EncryptedKeyMaterial", &shapes::CIPHERTEXT),
        Member::optional("ValidTo", &shapes::DATE),
        Member::optional("ExpirationModel", &shapes::EXPIRATION_MODEL),
        Member::optional("ImportType", &shapes::IMPORT_TYPE),
        Member::optional("KeyMaterialDescription", &shapes::KEY_MATERIAL_DESCRIPTION),
        Member::optional("KeyMaterialId", &shapes::BACKING_KEY_ID),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let expiry = expiry(input.expiration_model.as_deref(), input.valid_to)?;
        let expected = expected(input.import_type.as_deref(), input.key_material_id.as_deref())?;
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        if expected != Expected::Anything || input.key_material_description.is_some() {
            require_symmetric(call, &target).await?;
        }
        let import = ImportMaterial {
            token: input.import_token.bytes().to_vec(),
            wrapped: Wrapped { blob: input.encrypted_key_material.bytes().to_vec(), private_key: None },
            expiry,
            expected,
            description: input.key_material_description,
        };
        let imported = call.engine.import_material(&target.scope, &target.id, import).await?;
        Ok(Output {
            key_id: key_arn(&imported.key.scope, &imported.key.id),
            key_material_id: Some(imported.material.0).filter(|_| is_symmetric(&imported.key)),
        })
    }
}

fn expiry(model: Option<&str>, valid_to: Option<f64>) -> Result<Expiry, Refusal> {
    let refuse = |text: &str| Err(Refusal::Validation(text.to_owned()));
    match (model, valid_to) {
        (Some("KEY_MATERIAL_DOES_NOT_EXPIRE"), None) => Ok(Expiry::Never),
        // Unverified: the text.
        (Some("KEY_MATERIAL_DOES_NOT_EXPIRE"), Some(_)) => {
            refuse("A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE")
        }
        (_, Some(seconds)) => Ok(Expiry::At(names::timestamp(seconds))),
        (_, None) => refuse("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"),
    }
}

fn expected(import_type: Option<&str>, id: Option<&str>) -> Result<Expected, Refusal> {
    let id = id.map(|id| MaterialId(id.to_owned()));
    match (import_type, id) {
        // Unverified: the text.
        (Some("NEW_KEY_MATERIAL"), Some(_)) => Err(Refusal::Validation(
            "KeyMaterialId cannot be specified when the ImportType is NEW_KEY_MATERIAL".to_owned(),
        )),
        (Some("NEW_KEY_MATERIAL"), None) => Ok(Expected::New),
        (None, None) => Ok(Expected::Anything),
        (_, id) => Ok(Expected::Known(id)),
    }
}

/// Only symmetric keys can have several materials, and only they take the members that tell them
/// apart. Unverified: which exception says so.
async fn require_symmetric(call: &Call, target: &Target) -> Result<(), Refusal> {
    let key = call.engine.describe_key(&target.scope, &target.id).await?;
    if is_symmetric(&key) || key.origin != Origin::Imported {
        return Ok(());
    }
    Err(Refusal::SpecUnfit { arn: key_arn(&key.scope, &key.id), spec: key.spec })
}

/// Materials have names with these keys only.
fn is_symmetric(key: &Key) -> bool {
    matches!(key.spec.family(), KeyFamily::Symmetric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use import_engine::Timestamp;

    #[test]
    fn models_and_dates_go_together() {
        assert_eq!(expiry(Some("KEY_MATERIAL_DOES_NOT_EXPIRE"), None), Ok(Expiry::Never));
        assert_eq!(expiry(None, Some(2.0)), Ok(Expiry::At(Timestamp::from_seconds(2))));
        assert_eq!(expiry(Some("KEY_MATERIAL_EXPIRES"), Some(2.0)), Ok(Expiry::At(Timestamp::from_seconds(2))));
        assert!(matches!(expiry(None, None), Err(Refusal::Validation(_))));
        assert!(matches!(expiry(Some("KEY_MATERIAL_DOES_NOT_EXPIRE"), Some(2.0)), Err(Refusal::Validation(_))));
    }

    #[test]
    fn types_and_ids_go_together() {
        let id = || MaterialId("a".into());
        assert_eq!(expected(None, None), Ok(Expected::Anything));
        assert_eq!(expected(None, Some("a")), Ok(Expected::Known(Some(id()))));
        assert_eq!(expected(Some("EXISTING_KEY_MATERIAL"), Some("a")), Ok(Expected::Known(Some(id()))));
        assert_eq!(expected(Some("EXISTING_KEY_MATERIAL"), None), Ok(Expected::Known(None)));
        assert_eq!(expected(Some("NEW_KEY_MATERIAL"), None), Ok(Expected::New));
        assert!(matches!(expected(Some("NEW_KEY_MATERIAL"), Some("a")), Err(Refusal::Validation(_))));
    }
}
