//! Putting several tags on a key, or taking several off: all or none.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::codes::Code;
use crate::errors::Refusal;
use crate::settings::Settings;
use crate::shapes::{KEY_ID, SEQUENCE, TAG_BATCH_ACTION, TAG_LIST};
use crate::tags::{self, TagItem};

pub(super) struct BatchCreateKmsTags;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    tags: Vec<TagItem>,
    action: String,
}

impl Operation for BatchCreateKmsTags {
    const NAME: &'static str = "batch-create-kms-tags";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::required("tags", &TAG_LIST),
        Member::required("action", &TAG_BATCH_ACTION),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let settings = call.settings::<Settings>()?;
        if input.tags.is_empty() {
            return Err(Code::EmptyTagList.into());
        }
        if input.action == "create" {
            let new = tags::wanted(input.tags, settings)?;
            return tags::put(call, input.key_id, &new).await;
        }
        for item in &input.tags {
            tags::check_key(&item.key, settings)?;
        }
        // Unverified: the code for more names than a key can have.
        if input.tags.len() > settings.tags_per_key {
            return Err(Code::TagListSize.into());
        }
        // Unverified: that names which the key has not are passed over, and that values do not count.
        let remove = |tags: &mut Vec<tags::Tag>| {
            tags.retain(|tag| input.tags.iter().all(|item| item.key != tag.key));
            Ok(())
        };
        tags::change(call, input.key_id, remove).await
    }
}
