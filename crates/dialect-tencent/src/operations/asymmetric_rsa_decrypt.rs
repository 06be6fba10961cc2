//! AsymmetricRsaDecrypt.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::names::decryption_algorithm;
use crate::operations::key_id;
use crate::operations::private_keys::{Output, ciphertext, decrypt};
use crate::shapes::STRING;

/// The most bytes of a ciphertext that are looked at: far more than an RSA one has. What is not as long as the modulus
/// does not open.
const CIPHERTEXT_MAX: usize = 4096;

/// Opens what somebody encrypted under the public half of an RSA key.
pub(crate) struct AsymmetricRsaDecrypt;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    ciphertext: String,
    algorithm: String,
}

impl Operation for AsymmetricRsaDecrypt {
    const NAME: &'static str = "AsymmetricRsaDecrypt";
    const REQUESTS_PER_SECOND: Option<u32> = Some(200);
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &STRING),
        Member::required("Ciphertext", &STRING),
        Member::required("Algorithm", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let algorithm = decryption_algorithm(&input.algorithm).ok_or(Refusal::OutOfBounds("Algorithm"))?;
        decrypt(call, &id, algorithm, ciphertext(&input.ciphertext, CIPHERTEXT_MAX)?).await
    }
}
