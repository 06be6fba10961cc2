//! `CreateAlias`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, check_alias_name, is_alias};
use crate::shapes;

/// Gives a key another name.
pub(crate) struct CreateAlias;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    alias_name: String,
    target_key_id: String,
}

impl Operation for CreateAlias {
    const NAME: &'static str = "CreateAlias";
    const INPUT: &'static [Member] =
        &[Member::required("AliasName", &shapes::ALIAS_NAME), Member::required("TargetKeyId", &shapes::KEY_ID)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        check_alias_name(&input.alias_name)?;
        if is_alias(&input.target_key_id) {
            return Err(Refusal::Validation("Aliases must refer to keys. Not aliases".to_owned()));
        }
        let access = Access::to(Self::NAME);
        let target = admit(call, &input.target_key_id, Accepts::OWN_KEY, &access).await?;
        authorization::on_alias(call, &input.alias_name, &access).await?;
        call.engine.create_label(&call.scope, &input.alias_name, &target.id).await?;
        Ok(())
    }
}
