//! Giving a key another alias.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::aliases::{self, AliasEntity};
use crate::errors::Refusal;
use crate::shapes::{ALIAS, KEY_ID};

pub(super) struct CreateAlias;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    alias: String,
}

impl Operation for CreateAlias {
    const NAME: &'static str = "create-alias";
    const INPUT: &'static [Member] = &[Member::required("key_id", &KEY_ID), Member::required("alias", &ALIAS)];
    type Input = Input;
    type Output = AliasEntity;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<AliasEntity, Refusal> {
        Ok(aliases::create(call, &input.alias, &input.key_id.into()).await?.into())
    }
}
