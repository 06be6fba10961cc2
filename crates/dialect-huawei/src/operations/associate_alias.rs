//! Giving an alias to another key.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::Key;
use serde::Deserialize;

use crate::aliases::{self, AliasEntity};
use crate::errors::Refusal;
use crate::shapes::{ALIAS, KEY_ID};

pub(super) struct AssociateAlias;

#[derive(Deserialize)]
pub(super) struct Input {
    alias: String,
    target_key_id: String,
}

impl Operation for AssociateAlias {
    const NAME: &'static str = "associate-alias";
    const INPUT: &'static [Member] = &[Member::required("alias", &ALIAS), Member::required("target_key_id", &KEY_ID)];
    type Input = Input;
    type Output = AliasEntity;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<AliasEntity, Refusal> {
        let alias = aliases::as_made(call, input.alias).await?;
        // Unverified: that a key of any kind may have it.
        let any = |_: &Key, _: &Key| -> Result<(), Refusal> { Ok(()) };
        Ok(call.engine.move_label(&call.scope, &alias, &input.target_key_id.into(), any).await?.into())
    }
}
