//! UpdateAlias.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Facts, KeyOperation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::operations::key_id;
use crate::operations::naming::require_alias;
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Gives a key another name.
// Unverified: that its own name again is fine.
pub(crate) struct UpdateAlias;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    alias: String,
    key_id: String,
}

impl Operation for UpdateAlias {
    const NAME: &'static str = "UpdateAlias";
    const INPUT: &'static [Member] = &[
        Member::required("Alias", &STRING),
        Member::required("KeyId", &STRING),
        Member::optional("MemberAccount", &MEMBER_ACCOUNT),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        require_alias(&input.alias)?;
        let rename = |facts: Facts<'_>| -> Result<(), Refusal> {
            *facts.name = Some(input.alias.clone());
            Ok(())
        };
        call.engine.edit_key(&call.scope, &id, KeyOperation::Edit, rename).await?;
        Ok(())
    }
}
