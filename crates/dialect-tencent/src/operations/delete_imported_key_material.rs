//! DeleteImportedKeyMaterial.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::STRING;

/// Drops imported material; only the same can be imported afterwards.
pub(crate) struct DeleteImportedKeyMaterial;

impl Operation for DeleteImportedKeyMaterial {
    const NAME: &'static str = "DeleteImportedKeyMaterial";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[Member::required("KeyId", &STRING)];
    type Input = ByKeyId;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        call.engine.delete_material(&call.scope, &id, None).await?;
        Ok(())
    }
}
