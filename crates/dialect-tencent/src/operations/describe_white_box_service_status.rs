//! DescribeWhiteBoxServiceStatus.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::settings::Settings;

/// Whether the account has bought white-box keys.
// Unverified: that an account that has not is answered, although the action lists NotPurchased like the others.
pub(crate) struct DescribeWhiteBoxServiceStatus;

#[derive(Debug, Deserialize)]
pub(crate) struct Input {}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    service_enabled: bool,
}

impl Operation for DescribeWhiteBoxServiceStatus {
    const NAME: &'static str = "DescribeWhiteBoxServiceStatus";
    const INPUT: &'static [Member] = &[];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, _: Input) -> Result<Output, Refusal> {
        let settings: &Settings = call.settings()?;
        Ok(Output { service_enabled: settings.has_white_box_keys(call.account()) })
    }
}
