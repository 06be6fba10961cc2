//! Taking aliases off a key: all or none.

use std::collections::BTreeSet;

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::aliases;
use crate::errors::Refusal;
use crate::shapes::{ALIAS_LIST, KEY_ID};

pub(super) struct DeleteAlias;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    aliases: Vec<String>,
}

impl Operation for DeleteAlias {
    const NAME: &'static str = "delete-alias";
    const INPUT: &'static [Member] = &[Member::required("key_id", &KEY_ID), Member::required("aliases", &ALIAS_LIST)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    // Unverified: that an alias which is not there, or another key's, is a key that does not exist.
    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let mut names = BTreeSet::new();
        for alias in input.aliases {
            names.insert(aliases::as_made(call, alias).await?);
        }
        let names: Vec<String> = names.into_iter().collect();
        Ok(call.engine.delete_labels(&call.scope, &input.key_id.into(), &names).await?)
    }
}
