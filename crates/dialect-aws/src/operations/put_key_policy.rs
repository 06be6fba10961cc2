//! `PutKeyPolicy`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{Facts, KeyOperation};
use serde::Deserialize;

use crate::attributes::Attributes;
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{key_policy, shapes};

/// Replaces a key's policy.
pub(crate) struct PutKeyPolicy;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    policy: String,
    policy_name: Option<String>,
    bypass_policy_lockout_safety_check: Option<bool>,
}

impl Operation for PutKeyPolicy {
    const NAME: &'static str = "PutKeyPolicy";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("Policy", &shapes::POLICY),
        Member::optional("PolicyName", &shapes::POLICY_NAME),
        Member::optional("BypassPolicyLockoutSafetyCheck", &shapes::BOOLEAN),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let bypass_lockout = input.bypass_policy_lockout_safety_check == Some(true);
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let arn = key_arn(&target.scope, &target.id);
        let name = input.policy_name.as_deref().unwrap_or(key_policy::NAME);
        call.engine.describe_key(&target.scope, &target.id).await?;
        match name {
            key_policy::NAME => {}
            "AWS_RAM" => {
                let message = "The AWS_RAM policy can only be managed by the RAM service";
                return Err(Refusal::Validation(message.to_owned()));
            }
            // Unverified: that it is said here as for reading.
            _ => return Err(Refusal::NoSuchPolicy),
        }
        key_policy::check(call, &input.policy, &arn, bypass_lockout).await?;
        let put = |facts: Facts<'_>| -> Result<(), Refusal> {
            let mut attributes = Attributes::of(facts.attributes)?;
            attributes.policy = Some(input.policy.clone());
            *facts.attributes = attributes.to_text()?;
            Ok(())
        };
        call.engine.edit_key(&target.scope, &target.id, KeyOperation::SetAccess, put).await?;
        Ok(())
    }
}
