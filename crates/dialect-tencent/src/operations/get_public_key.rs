//! GetPublicKey.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation, pem};
use serde::Serialize;

use crate::errors::Refusal;
use crate::operations::{ByKeyId, key_id};
use crate::shapes::STRING;

/// Shows the public half of a key, as DER and as PEM.
pub(crate) struct GetPublicKey;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    public_key: Blob,
    public_key_pem: String,
}

impl Operation for GetPublicKey {
    const NAME: &'static str = "GetPublicKey";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[Member::required("KeyId", &STRING)];
    type Input = ByKeyId;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByKeyId) -> Result<Output, Refusal> {
        let found = call.engine.public_key(&call.scope, &key_id(&input.key_id)?).await?;
        // Unverified: the code for a symmetric key; the action lists none for usages. And that
        // post-quantum keys show theirs.
        let spki = found.spki.ok_or(Refusal::UsageUnfit)?;
        Ok(Output {
            key_id: found.key.id.to_string(),
            public_key_pem: pem::write_public_key(&spki, "\n"),
            public_key: spki.into(),
        })
    }
}
