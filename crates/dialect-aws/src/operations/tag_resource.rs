//! `TagResource`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{Facts, KeyOperation};
use serde::Deserialize;

use crate::attributes::{Attributes, Tag, check_tags};
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::shapes;

/// Adds tags to a key, or gives those that it has other values.
pub(crate) struct TagResource;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    tags: Vec<Tag>,
}

impl Operation for TagResource {
    const NAME: &'static str = "TagResource";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &shapes::KEY_ID), Member::required("Tags", &shapes::TAG_LIST)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let add = |facts: Facts<'_>| -> Result<(), Refusal> {
            check_tags(&input.tags)?;
            let mut attributes = Attributes::of(facts.attributes)?;
            for new in &input.tags {
                match attributes.tags.iter_mut().find(|tag| tag.tag_key == new.tag_key) {
                    Some(tag) => tag.tag_value.clone_from(&new.tag_value),
                    None => attributes.tags.push(new.clone()),
                }
            }
            // Unverified: that too many together are told in the same way as too many at once.
            check_tags(&attributes.tags)?;
            *facts.attributes = attributes.to_text()?;
            Ok(())
        };
        call.engine.edit_key(&target.scope, &target.id, KeyOperation::Edit, add).await?;
        Ok(())
    }
}
