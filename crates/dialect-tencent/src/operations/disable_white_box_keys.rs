//! DisableWhiteBoxKeys.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::errors::Refusal;
use crate::operations::{ByKeyIds, distinct};
use crate::shapes::WHITE_BOX_KEY_IDS;
use crate::white_box::{Status, switch};

/// Takes up to 50 white-box keys out of use.
pub(crate) struct DisableWhiteBoxKeys;

impl Operation for DisableWhiteBoxKeys {
    const NAME: &'static str = "DisableWhiteBoxKeys";
    const INPUT: &'static [Member] = &[Member::required("KeyIds", &WHITE_BOX_KEY_IDS)];
    type Input = ByKeyIds;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyIds) -> Result<(), Refusal> {
        switch(call, &distinct(&input.key_ids)?, Status::Disabled).await
    }
}
