//! BindCloudResource.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::Facts;
use serde::Deserialize;

use crate::attributes::{Attributes, Binding};
use crate::errors::Refusal;
use crate::operations::key_id;
use crate::shapes::STRING;

/// The most bytes of a name of a product or of its resource. Unverified.
const NAME_MAX: usize = 256;

/// Notes that a resource of a cloud product is encrypted under a key, which must not be taken away
/// then, and whose material no longer expires.
pub(crate) struct BindCloudResource;

/// Also the input of UnbindCloudResource.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    pub(super) key_id: String,
    product_id: String,
    resource_id: String,
}

/// The members of both actions.
pub(super) const MEMBERS: &[Member] = &[
    Member::required("KeyId", &STRING),
    Member::required("ProductId", &STRING),
    Member::required("ResourceId", &STRING),
];

impl Input {
    /// What is bound.
    ///
    /// # Errors
    /// [`Refusal::OutOfBounds`] if a name is empty or too long.
    pub(super) fn binding(&self) -> Result<Binding, Refusal> {
        for (name, value) in [("ProductId", &self.product_id), ("ResourceId", &self.resource_id)] {
            if !(1..=NAME_MAX).contains(&value.len()) {
                return Err(Refusal::OutOfBounds(name));
            }
        }
        Ok(Binding { product: self.product_id.clone(), resource: self.resource_id.clone() })
    }
}

impl Operation for BindCloudResource {
    const NAME: &'static str = "BindCloudResource";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = MEMBERS;
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        let binding = input.binding()?;
        let note = |facts: Facts<'_>| -> Result<(), Refusal> {
            let mut attributes = Attributes::of(facts.attributes)?;
            attributes.bind(&binding)?;
            *facts.attributes = attributes.to_text()?;
            Ok(())
        };
        call.engine.bind_key(&call.scope, &id, note).await?;
        Ok(())
    }
}
