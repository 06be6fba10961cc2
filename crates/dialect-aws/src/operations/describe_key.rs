//! `DescribeKey`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::key_metadata::KeyMetadata;
use crate::shapes;

/// Shows everything about a key but its material.
pub(crate) struct DescribeKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    #[serde(default)]
    grant_tokens: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_metadata: KeyMetadata,
}

impl Operation for DescribeKey {
    const NAME: &'static str = "DescribeKey";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &shapes::KEY_ID), Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let tokens = input.grant_tokens.unwrap_or_default();
        let access = Access::to(Self::NAME).with_tokens(&tokens);
        let target = admit(call, &input.key_id, Accepts::ANY, &access).await?;
        let key = call.engine.describe_key(&target.scope, &target.id).await?;
        let members = match key.multi_region {
            Some(_) => call.engine.members(&target.scope, &target.id).await?,
            None => Vec::new(),
        };
        Ok(Output { key_metadata: KeyMetadata::of(&key, &members) })
    }
}
