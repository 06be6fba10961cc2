//! `UntagResource`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{Facts, KeyOperation};
use serde::Deserialize;

use crate::attributes::{Attributes, check_tag_names};
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::shapes;

/// Takes tags off a key; those that it does not have are none to take.
pub(crate) struct UntagResource;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagResource {
    const NAME: &'static str = "UntagResource";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &shapes::KEY_ID), Member::required("TagKeys", &shapes::TAG_KEY_LIST)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let remove = |facts: Facts<'_>| -> Result<(), Refusal> {
            // Unverified: that names which no tag can have are refused here as well.
            check_tag_names(input.tag_keys.iter().map(String::as_str))?;
            let mut attributes = Attributes::of(facts.attributes)?;
            attributes.tags.retain(|tag| !input.tag_keys.contains(&tag.tag_key));
            *facts.attributes = attributes.to_text()?;
            Ok(())
        };
        call.engine.edit_key(&target.scope, &target.id, KeyOperation::Edit, remove).await?;
        Ok(())
    }
}
