//! DisableWhiteBoxKey.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::STRING;
use crate::white_box::{Status, switch};

/// Takes a white-box key out of use.
pub(crate) struct DisableWhiteBoxKey;

impl Operation for DisableWhiteBoxKey {
    const NAME: &'static str = "DisableWhiteBoxKey";
    const INPUT: &'static [Member] = &[Member::required("KeyId", &STRING)];
    type Input = ByKeyId;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<(), Refusal> {
        switch(call, &[key_id(&input.key_id)?], Status::Disabled).await
    }
}
