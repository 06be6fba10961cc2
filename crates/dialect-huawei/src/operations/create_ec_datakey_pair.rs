//! A new key pair on a curve for the caller, its private half sealed and, unless told otherwise,
//! open.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use super::create_rsa_datakey_pair::{self, make};
use crate::errors::Refusal;
use crate::names::ec_pair_spec;

pub(super) struct CreateEcDatakeyPair;

impl Operation for CreateEcDatakeyPair {
    const NAME: &'static str = "create-ec-datakey-pair";
    const INPUT: &'static [Member] = create_rsa_datakey_pair::INPUT;
    type Input = create_rsa_datakey_pair::Input;
    type Output = create_rsa_datakey_pair::Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Self::Input) -> Result<Self::Output, Refusal> {
        // Unverified: the code for a kind that there is not.
        let spec = ec_pair_spec(input.key_spec()).ok_or(Refusal::Parameter("key_spec"))?;
        make(call, input, spec).await
    }
}
