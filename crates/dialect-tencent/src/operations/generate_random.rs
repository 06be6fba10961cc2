//! GenerateRandom.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::shapes::UINT64;

/// The most bytes.
const BYTES_MAX: usize = 1024;

/// Random bytes.
pub(crate) struct GenerateRandom;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    number_of_bytes: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    plaintext: Blob,
}

impl Operation for GenerateRandom {
    const NAME: &'static str = "GenerateRandom";
    const INPUT: &'static [Member] = &[Member::required("NumberOfBytes", &UINT64)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let length = usize::try_from(input.number_of_bytes).unwrap_or(usize::MAX);
        if !(1..=BYTES_MAX).contains(&length) {
            return Err(Refusal::OutOfBounds("NumberOfBytes"));
        }
        Ok(Output { plaintext: call.engine.random(length)?.into() })
    }
}
