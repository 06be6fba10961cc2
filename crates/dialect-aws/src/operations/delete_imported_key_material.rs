//! `DeleteImportedKeyMaterial`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::Origin;
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, Target, admit, key_arn};
use crate::key_metadata::material_id;
use crate::shapes;

/// Destroys imported material. Without material it does nothing, and says so by success
/// (unverified: AWS may refuse by state).
pub(crate) struct DeleteImportedKeyMaterial;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    key_material_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<String>,
}

impl Operation for DeleteImportedKeyMaterial {
    const NAME: &'static str = "DeleteImportedKeyMaterial";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &shapes::KEY_ID), Member::optional("KeyMaterialId", &shapes::BACKING_KEY_ID)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        if let Some(material) = input.key_material_id {
            require_material(call, &target, material).await?;
        }
        let key = call.engine.delete_material(&target.scope, &target.id).await?;
        Ok(Output { key_id: key_arn(&key.scope, &key.id), key_material_id: material_id(&key) })
    }
}

/// A key has one material, and its name never changes, so this can be looked at beforehand.
async fn require_material(call: &Call, target: &Target, material: String) -> Result<(), Refusal> {
    let key = call.engine.describe_key(&target.scope, &target.id).await?;
    if key.origin != Origin::Imported || material_id(&key).as_ref() == Some(&material) {
        return Ok(());
    }
    Err(Refusal::NoSuchMaterial(material))
}
