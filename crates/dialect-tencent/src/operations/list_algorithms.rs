//! ListAlgorithms.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::operations::edition;
use crate::usages::{Group, offered};

/// The usages that the call's region offers, each with its algorithm.
pub(crate) struct ListAlgorithms;

#[derive(Debug, Deserialize)]
pub(crate) struct Input {}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    symmetric_algorithms: Vec<AlgorithmInfo>,
    asymmetric_algorithms: Vec<AlgorithmInfo>,
    asymmetric_sign_verify_algorithms: Vec<AlgorithmInfo>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AlgorithmInfo {
    key_usage: &'static str,
    algorithm: &'static str,
}

impl Operation for ListAlgorithms {
    const NAME: &'static str = "ListAlgorithms";
    const INPUT: &'static [Member] = &[];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, _: Input) -> Result<Output, Refusal> {
        let edition = edition(call)?;
        let group = |group| {
            offered(edition)
                .filter(|usage| usage.group == group)
                .map(|usage| AlgorithmInfo { key_usage: usage.word, algorithm: usage.algorithm })
                .collect()
        };
        Ok(Output {
            symmetric_algorithms: group(Group::Symmetric),
            asymmetric_algorithms: group(Group::Asymmetric),
            asymmetric_sign_verify_algorithms: group(Group::SignVerify),
        })
    }
}
