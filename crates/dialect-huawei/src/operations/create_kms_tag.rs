//! Putting a tag on a key.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::settings::Settings;
use crate::shapes::{KEY_ID, SEQUENCE, TAG};
use crate::tags::{self, TagItem};

pub(super) struct CreateKmsTag;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    tag: TagItem,
}

impl Operation for CreateKmsTag {
    const NAME: &'static str = "create-kms-tag";
    const INPUT: &'static [Member] =
        &[Member::required("key_id", &KEY_ID), Member::required("tag", &TAG), Member::optional("sequence", &SEQUENCE)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let new = tags::wanted(vec![input.tag], call.settings::<Settings>()?)?;
        tags::put(call, input.key_id, &new).await
    }
}
