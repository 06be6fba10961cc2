//! Destroying imported material. Only the same material can come again.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::shapes::OPERATE_KEY;

pub(super) struct DeleteImportedKeyMaterial;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
}

impl Operation for DeleteImportedKeyMaterial {
    const NAME: &'static str = "delete-imported-key-material";
    const INPUT: &'static [Member] = OPERATE_KEY;
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        call.engine.delete_material(&call.scope, &input.key_id.into(), None).await?;
        Ok(())
    }
}
