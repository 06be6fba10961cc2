//! `RetireGrant`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::authorization;
use crate::errors::Refusal;
use crate::grants::{Named, check_id, read};
use crate::identifiers::{Accepts, resolve};
use crate::shapes;

/// Gives a grant up, as the grant itself allows.
pub(crate) struct RetireGrant;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    grant_token: Option<String>,
    key_id: Option<String>,
    grant_id: Option<String>,
    dry_run: Option<bool>,
}

impl Operation for RetireGrant {
    const NAME: &'static str = "RetireGrant";
    const INPUT: &'static [Member] = &[
        Member::optional("GrantToken", &shapes::GRANT_TOKEN),
        Member::optional("KeyId", &shapes::KEY_ID),
        Member::optional("GrantId", &shapes::GRANT_ID),
        Member::optional("DryRun", &shapes::BOOLEAN),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let Named { scope, key, id } = match (input.grant_token, input.key_id, input.grant_id) {
            // Unverified: that the token counts if there are both.
            (Some(token), _, _) => read(call, &token)?,
            (None, Some(key), Some(id)) => {
                let target = resolve(call, &key, Accepts::KEY).await?;
                check_id(&id)?;
                Named { scope: target.scope, key: target.id, id }
            }
            // Unverified: the text.
            (None, _, _) => {
                return Err(Refusal::Validation("Grant token OR (grant ID, key ID) must be specified".to_owned()));
            }
        };
        let grant = call.engine.grant(&scope, &key, &id).await?;
        authorization::to_retire(call, &grant).await?;
        if input.dry_run == Some(true) {
            return Err(Refusal::DryRun);
        }
        Ok(call.engine.remove_grant(&scope, &key, &id).await?)
    }
}
