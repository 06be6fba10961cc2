//! `GetKeyLastUsage`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::store::KeyUse;
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Tells what a key was last used for.
pub(crate) struct GetKeyLastUsage;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    key_last_usage: Usage,
    tracking_start_date: f64,
    key_creation_date: f64,
}

/// The last use; empty if there was none.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Usage {
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_trail_event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_request_id: Option<String>,
}

impl From<KeyUse> for Usage {
    fn from(key_use: KeyUse) -> Self {
        Self {
            operation: Some(key_use.operation),
            timestamp: Some(names::epoch_seconds(key_use.used_at)),
            cloud_trail_event_id: Some(key_use.event),
            kms_request_id: Some(key_use.request),
        }
    }
}

impl Operation for GetKeyLastUsage {
    const NAME: &'static str = "GetKeyLastUsage";
    const INPUT: &'static [Member] = &[Member::required("KeyId", &shapes::KEY_ID)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let told = call.engine.last_use(&target.scope, &target.id).await?;
        Ok(Output {
            // "The globally unique identifier for the KMS key". Unverified: that this is its ARN.
            key_id: key_arn(&told.key.scope, &told.key.id),
            key_last_usage: told.last.map(Usage::from).unwrap_or_default(),
            tracking_start_date: names::epoch_seconds(told.since),
            key_creation_date: names::epoch_seconds(told.key.created_at),
        })
    }
}
