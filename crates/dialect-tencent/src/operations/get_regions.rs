//! GetRegions.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::settings::Settings;

/// The regions that are served.
pub(crate) struct GetRegions;

#[derive(Debug, Deserialize)]
pub(crate) struct Input {}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    regions: Vec<String>,
}

impl Operation for GetRegions {
    const NAME: &'static str = "GetRegions";
    const INPUT: &'static [Member] = &[];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, _: Input) -> Result<Output, Refusal> {
        let settings: &Settings = call.settings()?;
        Ok(Output { regions: settings.regions.keys().cloned().collect() })
    }
}
