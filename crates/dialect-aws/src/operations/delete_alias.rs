//! `DeleteAlias`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::identifiers::{Target, check_alias_name};
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
        check_alias_name(&input.alias_name)?;
        let access = Access::to(Self::NAME);
        authorization::on_alias(call, &input.alias_name, &access).await?;
        let label = call.engine.label(&call.scope, &input.alias_name).await?;
        authorization::on_key(call, &Target { scope: call.scope.clone(), id: label.key }, &access).await?;
        call.engine.delete_label(&call.scope, &input.alias_name).await?;
        Ok(())
    }
}
