//! PostQuantumCryptoDecrypt.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::encapsulated_ciphertext;
use crate::errors::Refusal;
use crate::guest_key::{GuestKey, answer};
use crate::shapes::STRING;

/// Opens what PostQuantumCryptoEncrypt made. The blob names the key.
pub(crate) struct PostQuantumCryptoDecrypt;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    ciphertext_blob: String,
    encryption_public_key: Option<String>,
    encryption_algorithm: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    plain_text: Blob,
}

impl Operation for PostQuantumCryptoDecrypt {
    const NAME: &'static str = "PostQuantumCryptoDecrypt";
    const REQUESTS_PER_SECOND: Option<u32> = Some(20);
    const INPUT: &'static [Member] = &[
        Member::required("CiphertextBlob", &STRING),
        Member::optional("EncryptionPublicKey", &STRING),
        Member::optional("EncryptionAlgorithm", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let ciphertext = encapsulated_ciphertext::decode(&input.ciphertext_blob).ok_or(Refusal::InvalidCiphertext)?;
        let guest = GuestKey::of(input.encryption_public_key.as_deref(), input.encryption_algorithm.as_deref())?;
        let decrypted = call.engine.decrypt_encapsulated(&call.scope, &ciphertext).await?;
        let plain_text = answer(call, guest, decrypted.plaintext).await?;
        Ok(Output { key_id: decrypted.key.id.to_string(), plain_text })
    }
}
