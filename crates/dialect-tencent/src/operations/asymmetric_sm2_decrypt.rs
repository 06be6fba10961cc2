//! AsymmetricSm2Decrypt.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{EncryptionAlgorithm, KeySpec, KeyUsage};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::operations::private_keys::{Output, ciphertext, decrypt};
use crate::operations::{edition, key_id};
use crate::shapes::STRING;
use crate::usages::offered;

/// The most bytes of a ciphertext.
const CIPHERTEXT_MAX: usize = 256;

/// Opens what somebody encrypted under the public half of an SM2 key: C1C3C2 in ASN.1.
pub(crate) struct AsymmetricSm2Decrypt;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    ciphertext: String,
}

impl Operation for AsymmetricSm2Decrypt {
    const NAME: &'static str = "AsymmetricSm2Decrypt";
    const REQUESTS_PER_SECOND: Option<u32> = Some(200);
    const INPUT: &'static [Member] = &[Member::required("KeyId", &STRING), Member::required("Ciphertext", &STRING)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        // Unverified: that this is told before anything about the key.
        let is_offered =
            offered(edition(call)?).any(|usage| usage.spec == KeySpec::Sm2 && usage.usage == KeyUsage::EncryptDecrypt);
        if !is_offered {
            return Err(Refusal::UnsupportedKeyUsage);
        }
        decrypt(call, &id, EncryptionAlgorithm::Sm2, ciphertext(&input.ciphertext, CIPHERTEXT_MAX)?).await
    }
}
