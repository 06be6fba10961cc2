//! Rotating an external key to material that was imported in advance.
//!
//! Here nothing is ever imported in advance: an external key takes material only while it has none
//! (KMS.0310). So no key can be rotated on demand, and the call says so once it has found nothing else
//! to refuse. Unverified: all of its codes. That it is for external keys only is documented.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::KeyOperation;
use serde::Deserialize;

use super::rotation::refusal;
use crate::codes::Code;
use crate::errors::Refusal;
use crate::shapes::KEY_ID;

pub(super) struct RotateOnDemand;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
}

impl Operation for RotateOnDemand {
    const NAME: &'static str = "rotate-on-demand";
    const INPUT: &'static [Member] = &[Member::required("key_id", &KEY_ID)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        let policy = call.engine.policy(&call.scope)?;
        let key = call.engine.describe_key(&call.scope, &input.key_id.into()).await?;
        key.require_for_owner(KeyOperation::Rotate, policy)?;
        key.require_imported().map_err(refusal)?;
        key.require_rotatable(policy).map_err(refusal)?;
        key.require(KeyOperation::Rotate, policy)?;
        Err(Code::RotationUnsupported.into())
    }
}
