//! `UpdatePrimaryRegion`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::Scope;
use serde::Deserialize;

use crate::authorization::{self, Access};
use crate::circumstances::Circumstances;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, Target, admit};
use crate::shapes;

/// Makes a replica the primary of its multi-Region key, and the primary a replica.
pub(crate) struct UpdatePrimaryRegion;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    primary_region: String,
}

impl Operation for UpdatePrimaryRegion {
    const NAME: &'static str = "UpdatePrimaryRegion";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &shapes::KEY_ID), Member::required("PrimaryRegion", &shapes::REGION)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let access = Access::to(Self::NAME);
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &access).await?;
        let members = call.engine.members(&target.scope, &target.id).await?;
        let scope = Scope::new(target.scope.tenant.clone(), input.primary_region);
        if scope != target.scope && members.iter().any(|member| member.scope == scope) {
            // The replica's own policy must allow it as well.
            let replica = Target { scope: scope.clone(), id: target.id.clone() };
            authorization::on_key(call, &replica, &access).await?;
        }
        let settling_seconds = call.settings::<Circumstances>()?.settings.settling_seconds;
        call.engine.move_primary(&target.scope, &target.id, &scope.region, settling_seconds).await?;
        Ok(())
    }
}
