//! `DeleteAlias`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::identifiers::check_alias_name;
use crate::shapes;

/// Takes a name off a key.
pub(crate) struct DeleteAlias;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    alias_name: String,
}

impl Operation for DeleteAlias {
    const NAME: &'static str = "DeleteAlias";
    const INPUT: &'static [Member] = &[Member::required("AliasName", &shapes::ALIAS_NAME)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        authorization::on_account(call, &Access::to(Self::NAME)).await?;
        check_alias_name(&input.alias_name)?;
        call.engine.delete_label(&call.scope, &input.alias_name).await?;
        Ok(())
    }
}
