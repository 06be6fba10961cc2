//! Describing a key in other words.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Facts, KeyOperation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::key_details::KeyInfo;
use crate::shapes::{DESCRIPTION, KEY_ID, SEQUENCE};

pub(super) struct UpdateKeyDescription;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    key_description: String,
}

#[derive(Serialize)]
pub(super) struct Described {
    key_id: String,
    key_description: String,
}

impl Operation for UpdateKeyDescription {
    const NAME: &'static str = "update-key-description";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::required("key_description", &DESCRIPTION),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = KeyInfo<Described>;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let describe = |facts: Facts<'_>| -> Result<(), Refusal> {
            facts.description.clone_from(&input.key_description);
            Ok(())
        };
        let key = call.engine.edit_key(&call.scope, &input.key_id.into(), KeyOperation::Edit, describe).await?;
        Ok(KeyInfo { key_info: Described { key_id: key.id.0, key_description: key.description } })
    }
}
