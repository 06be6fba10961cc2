//! `GetPublicKey`.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::key_metadata::Algorithms;
use crate::{names, shapes};

/// Shows the public half of a key.
pub(crate) struct GetPublicKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    grant_tokens: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    public_key: Blob,
    customer_master_key_spec: &'static str,
    key_spec: &'static str,
    key_usage: &'static str,
    #[serde(flatten)]
    algorithms: Algorithms,
}

impl Operation for GetPublicKey {
    const NAME: &'static str = "GetPublicKey";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &shapes::KEY_ID), Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let tokens = input.grant_tokens.unwrap_or_default();
        let access = Access::to(Self::NAME).with_tokens(&tokens);
        let target = admit(call, &input.key_id, Accepts::ANY, &access).await?;
        let found = call.engine.public_key(&target.scope, &target.id).await?;
        let key = found.key;
        let arn = key_arn(&key.scope, &key.id);
        let Some(spki) = found.spki else { return Err(Refusal::SpecUnfit { arn, spec: key.spec }) };
        let spec = names::key_spec_word(key.spec);
        Ok(Output {
            key_id: arn,
            public_key: spki.into(),
            customer_master_key_spec: spec,
            key_spec: spec,
            key_usage: names::usage_word(key.usage),
            algorithms: Algorithms::of(&key),
        })
    }
}
