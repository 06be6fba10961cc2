//! `GetKeyPolicy`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use serde::{Deserialize, Serialize};

use crate::attributes::Attributes;
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::{key_policy, shapes};

/// Shows a key's policy, as it was sent.
pub(crate) struct GetKeyPolicy;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    policy_name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    policy: String,
    policy_name: &'static str,
}

impl Operation for GetKeyPolicy {
    const NAME: &'static str = "GetKeyPolicy";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &shapes::KEY_ID), Member::optional("PolicyName", &shapes::POLICY_NAME)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let key = call.engine.describe_key(&target.scope, &target.id).await?;
        if input.policy_name.is_some_and(|name| name != key_policy::NAME) {
            return Err(Refusal::NoSuchPolicy);
        }
        let policy = Attributes::of(&key.attributes)?.policy;
        let policy = policy.unwrap_or_else(|| key_policy::default_policy(&call.scope));
        Ok(Output { policy, policy_name: key_policy::NAME })
    }
}
