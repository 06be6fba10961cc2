//! Taking a grant back, as the key's owner.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::grants;
use crate::shapes::GRANT_REF;

pub(super) struct RevokeGrant;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    grant_id: String,
}

impl Operation for RevokeGrant {
    const NAME: &'static str = "revoke-grant";
    const INPUT: &'static [Member] = GRANT_REF;
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        grants::remove(call, input.key_id, &input.grant_id.to_ascii_lowercase()).await
    }
}
