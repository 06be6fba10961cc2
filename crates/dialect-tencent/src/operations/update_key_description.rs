//! UpdateKeyDescription.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Facts, KeyOperation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::operations::key_id;
use crate::operations::naming::require_description;
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Changes what is said about a key.
pub(crate) struct UpdateKeyDescription;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    description: String,
    key_id: String,
}

impl Operation for UpdateKeyDescription {
    const NAME: &'static str = "UpdateKeyDescription";
    const INPUT: &'static [Member] = &[
        Member::required("Description", &STRING),
        Member::required("KeyId", &STRING),
        Member::optional("MemberAccount", &MEMBER_ACCOUNT),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        require_description(&input.description)?;
        let describe = |facts: Facts<'_>| -> Result<(), Refusal> {
            facts.description.clone_from(&input.description);
            Ok(())
        };
        call.engine.edit_key(&call.scope, &id, KeyOperation::Edit, describe).await?;
        Ok(())
    }
}
