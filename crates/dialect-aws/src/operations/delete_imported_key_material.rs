//! `DeleteImportedKeyMaterial`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{KeyFamily, MaterialId};
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
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
        let material = input.key_material_id.map(MaterialId);
        let deleted = call.engine.delete_material(&target.scope, &target.id, material.as_ref()).await?;
        let is_symmetric = matches!(deleted.key.spec.family(), KeyFamily::Symmetric);
        Ok(Output {
            key_id: key_arn(&deleted.key.scope, &deleted.key.id),
            key_material_id: deleted.material.filter(|_| is_symmetric).map(|material| material.0),
        })
    }
}
