//! The tags of a key.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::key_details::Attributes;
use crate::shapes::KEY_ID;
use crate::tags::Tag;

pub(super) struct ShowKmsTags;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
}

#[derive(Serialize)]
pub(super) struct Output {
    tags: Vec<Tag>,
    // The one name of the dialect that is not in snake case.
    #[serde(rename = "existTagsNum")]
    exist_tags_num: usize,
}

impl Operation for ShowKmsTags {
    const NAME: &'static str = "show-kms-tags";
    const INPUT: &'static [Member] = &[Member::required("key_id", &KEY_ID)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let key = call.engine.describe_key(&call.scope, &input.key_id.into()).await?;
        let tags = Attributes::of_key(&key).tags;
        Ok(Output { exist_tags_num: tags.len(), tags })
    }
}
