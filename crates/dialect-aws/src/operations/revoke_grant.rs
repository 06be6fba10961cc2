//! `RevokeGrant`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::grants::check_id;
use crate::identifiers::{Accepts, admit};
use crate::shapes;

/// Takes a grant back, as the key's policy allows.
pub(crate) struct RevokeGrant;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    grant_id: String,
    dry_run: Option<bool>,
}

impl Operation for RevokeGrant {
    const NAME: &'static str = "RevokeGrant";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("GrantId", &shapes::GRANT_ID),
        Member::optional("DryRun", &shapes::BOOLEAN),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let target = admit(call, &input.key_id, Accepts::KEY, &Access::to(Self::NAME)).await?;
        check_id(&input.grant_id)?;
        if input.dry_run == Some(true) {
            call.engine.grant(&target.scope, &target.id, &input.grant_id).await?;
            return Err(Refusal::DryRun);
        }
        Ok(call.engine.remove_grant(&target.scope, &target.id, &input.grant_id).await?)
    }
}
