//! Giving a grant up, as the grant itself allows.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::grants::{self, RETIRE_GRANT};
use crate::shapes::GRANT_REF;

pub(super) struct RetireGrant;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    grant_id: String,
}

impl Operation for RetireGrant {
    const NAME: &'static str = RETIRE_GRANT;
    const INPUT: &'static [Member] = GRANT_REF;
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        grants::remove(call, input.key_id, &input.grant_id.to_ascii_lowercase()).await
    }
}
