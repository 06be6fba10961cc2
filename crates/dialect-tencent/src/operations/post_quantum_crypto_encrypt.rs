//! PostQuantumCryptoEncrypt.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::encapsulated_ciphertext;
use crate::errors::Refusal;
use crate::operations::encrypt::PLAINTEXT_MAX;
use crate::operations::key_id;
use crate::shapes::{SECRET, STRING};
use dialect::SecretText;

/// Encrypts up to 4096 bytes under the public half of a post-quantum key.
pub(crate) struct PostQuantumCryptoEncrypt;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    plain_text: SecretText,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    ciphertext_blob: String,
    key_id: String,
}

impl Operation for PostQuantumCryptoEncrypt {
    const NAME: &'static str = "PostQuantumCryptoEncrypt";
    const REQUESTS_PER_SECOND: Option<u32> = Some(20);
    const INPUT: &'static [Member] = &[Member::required("KeyId", &STRING), Member::required("PlainText", &SECRET)];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let plaintext = input
            .plain_text
            .decode()
            .filter(|plaintext| (1..=PLAINTEXT_MAX).contains(&plaintext.len()))
            .ok_or(Refusal::InvalidPlaintext)?;
        let encrypted = call.engine.encrypt_encapsulated(&call.scope, &id, plaintext).await?;
        let ciphertext_blob = encapsulated_ciphertext::encode(&encrypted.ciphertext)?;
        Ok(Output { ciphertext_blob, key_id: encrypted.key.id.to_string() })
    }
}
