//! `UpdateKeyDescription`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Facts, KeyOperation};
use serde::Deserialize;

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::shapes;

/// Replaces a key's description.
pub(crate) struct UpdateKeyDescription;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    description: String,
}

impl Operation for UpdateKeyDescription {
    const NAME: &'static str = "UpdateKeyDescription";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &shapes::KEY_ID), Member::required("Description", &shapes::DESCRIPTION)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let describe = |facts: Facts<'_>| -> Result<(), Refusal> {
            input.description.clone_into(facts.description);
            Ok(())
        };
        call.engine.edit_key(&target.scope, &target.id, KeyOperation::Edit, describe).await?;
        Ok(())
    }
}
