//! EnableWhiteBoxKeys.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::errors::Refusal;
use crate::operations::{ByKeyIds, distinct};
use crate::shapes::WHITE_BOX_KEY_IDS;
use crate::white_box::{Status, switch};

/// Makes up to 50 disabled white-box keys usable again.
pub(crate) struct EnableWhiteBoxKeys;

impl Operation for EnableWhiteBoxKeys {
    const NAME: &'static str = "EnableWhiteBoxKeys";
    const REQUESTS_PER_SECOND: Option<u32> = Some(200);
    const INPUT: &'static [Member] = &[Member::required("KeyIds", &WHITE_BOX_KEY_IDS)];
    type Input = ByKeyIds;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyIds) -> Result<(), Refusal> {
        switch(call, &distinct(&input.key_ids)?, Status::Enabled).await
    }
}
