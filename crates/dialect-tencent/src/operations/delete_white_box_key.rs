//! DeleteWhiteBoxKey.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::record_kinds::WHITE_BOX_KEY;
use crate::shapes::STRING;
use crate::white_box::{Act, WhiteBoxKey};

/// Removes a disabled white-box key at once, with its bytes.
pub(crate) struct DeleteWhiteBoxKey;

impl Operation for DeleteWhiteBoxKey {
    const NAME: &'static str = "DeleteWhiteBoxKey";
    const INPUT: &'static [Member] = &[Member::required("KeyId", &STRING)];
    type Input = ByKeyId;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        let remove = call.engine.remove_record(&call.scope, WHITE_BOX_KEY, id.as_str(), |record, _| {
            Act::Delete.require(WhiteBoxKey::of(&record.attributes)?.status)
        });
        remove.await?;
        Ok(())
    }
}
