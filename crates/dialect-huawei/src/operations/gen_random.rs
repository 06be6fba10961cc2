//! Random bytes, asked for in bits.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::errors::Refusal;
use crate::shapes::{BITS, SEQUENCE};
use crate::texts::UpperHex;

pub(super) struct GenRandom;

#[derive(Deserialize)]
pub(super) struct Input {
    random_data_length: Numeric,
}

#[derive(Serialize)]
pub(super) struct Output {
    random_data: UpperHex,
}

impl Operation for GenRandom {
    const NAME: &'static str = "gen-random";
    const INPUT: &'static [Member] =
        &[Member::required("random_data_length", &BITS), Member::optional("sequence", &SEQUENCE)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let bits = usize::try_from(input.random_data_length.0).map_err(|_| Code::RandomLength)?;
        if bits % 8 != 0 {
            return Err(Code::RandomLengthBits.into());
        }
        Ok(Output { random_data: call.engine.random(bits / 8)?.into() })
    }
}
