//! Making a replica the primary, and the primary a replica.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::KeyOperation;
use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::errors::Refusal;
use crate::shapes::{KEY_ID, REGION};

pub(super) struct UpdatePrimaryRegion;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    primary_region: String,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    primary_region: String,
}

impl Operation for UpdatePrimaryRegion {
    const NAME: &'static str = "update-primary-region";
    const INPUT: &'static [Member] =
        &[Member::required("key_id", &KEY_ID), Member::required("primary_region", &REGION)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = input.key_id.into();
        let policy = call.engine.policy(&call.scope)?;
        call.engine.describe_key(&call.scope, &id).await?.require_for_owner(KeyOperation::MovePrimary, policy)?;
        if call.engine.members(&call.scope, &id).await?.len() < 2 {
            // Unverified: that a key which has no replicas is told so, before its state.
            return Err(Code::NoReplicas.into());
        }
        let key = call.engine.move_primary(&call.scope, &id, &input.primary_region, 0).await?;
        Ok(Output { key_id: key.id.0, primary_region: input.primary_region })
    }
}
