//! How many keys and grants there may be, and how many there are.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::Error;
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;

pub(super) struct UserQuotas;

#[derive(Deserialize)]
pub(super) struct Input {}

#[derive(Serialize)]
pub(super) struct Output {
    quotas: Quotas,
}

#[derive(Serialize)]
struct Quotas {
    resources: [Quota; 2],
}

#[derive(Serialize)]
struct Quota {
    #[serde(rename = "type")]
    kind: &'static str,
    used: u64,
    quota: Option<u32>,
}

impl Operation for UserQuotas {
    const NAME: &'static str = "user-quotas";
    const INPUT: &'static [Member] = &[];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, _: Input) -> Result<Output, Refusal> {
        let policy = call.engine.policy(&call.scope)?;
        let keys = Quota {
            kind: "CMK",
            used: u64::try_from(call.engine.count_keys(&call.scope).await?).map_err(Error::internal)?,
            quota: policy.keys_per_scope,
        };
        // Unverified: that what is used of a quota by key is what the key with most of them uses.
        let grants = Quota {
            kind: "grant_per_CMK",
            used: call.engine.most_grants_of_a_key(&call.scope).await?,
            quota: Some(policy.grants_per_key),
        };
        Ok(Output { quotas: Quotas { resources: [keys, grants] } })
    }
}
