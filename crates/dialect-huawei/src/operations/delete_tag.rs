//! Taking a tag off a key. Its name is the rest of the path, slashes and all.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::codes::Code;
use crate::errors::Refusal;
use crate::shapes::{KEY_ID, TAG_TEXT};
use crate::tags::{self, Tag};

pub(super) struct DeleteTag;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    key: String,
}

impl Operation for DeleteTag {
    const NAME: &'static str = "delete-tag";
    const INPUT: &'static [Member] = &[Member::required("key_id", &KEY_ID), Member::required("key", &TAG_TEXT)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let remove = |tags: &mut Vec<Tag>| {
            let before = tags.len();
            tags.retain(|tag| tag.key != input.key);
            if tags.len() < before { Ok(()) } else { Err(Code::NoSuchTag) }
        };
        tags::change(call, input.key_id, remove).await
    }
}
