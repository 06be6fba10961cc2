//! UnbindCloudResource.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{Facts, KeyOperation};

use crate::attributes::Attributes;
use crate::errors::Refusal;
use crate::operations::bind_cloud_resource::{Input, MEMBERS};
use crate::operations::key_id;

/// Takes back that a resource of a cloud product is encrypted under a key.
pub(crate) struct UnbindCloudResource;

impl Operation for UnbindCloudResource {
    const NAME: &'static str = "UnbindCloudResource";
    const INPUT: &'static [Member] = MEMBERS;
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        let binding = input.binding()?;
        let forget = |facts: Facts<'_>| -> Result<(), Refusal> {
            let mut attributes = Attributes::of(facts.attributes)?;
            let position = attributes.bindings.iter().position(|known| *known == binding);
            attributes.bindings.remove(position.ok_or(Refusal::BindingNotFound)?);
            *facts.attributes = attributes.to_text()?;
            Ok(())
        };
        call.engine.edit_key(&call.scope, &id, KeyOperation::Unbind, forget).await?;
        Ok(())
    }
}
