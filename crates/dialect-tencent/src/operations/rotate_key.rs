//! RotateKey.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Error, Key};
use serde::Serialize;

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Replaces a key's material at once. The vendor does it in a task; here it is done when the task's
/// name is answered, so that none is ever found running.
pub(crate) struct RotateKey;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    task_id: String,
}

impl Operation for RotateKey {
    const NAME: &'static str = "RotateKey";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByKeyId;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let key = call.engine.rotate_key(&call.scope, &id).await?;
        Ok(Output { task_id: task_id(&key)? })
    }
}

/// The name of the rotation that a key went through last: that of the material it brought, cut to a
/// UUID.
// Unverified: how the vendor's names of tasks look.
fn task_id(key: &Key) -> Result<String, Error> {
    let material = key.current_material().map(|material| material.id.0.as_str()).unwrap_or_default();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| material.get(part));
    let parts: Option<Vec<&str>> = parts.into_iter().collect();
    parts.map(|parts| parts.join("-")).ok_or_else(|| Error::internal("a rotated key without material"))
}
