//! Decrypt.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::guest_key::{GuestKey, answer};
use crate::shapes::STRING;
use crate::{ciphertext, context};

/// Opens what Encrypt or GenerateDataKey made. The blob names the key.
pub(crate) struct Decrypt;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    ciphertext_blob: String,
    encryption_context: Option<String>,
    encryption_public_key: Option<String>,
    encryption_algorithm: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    plaintext: Blob,
}

impl Operation for Decrypt {
    const NAME: &'static str = "Decrypt";
    const REQUESTS_PER_SECOND: Option<u32> = Some(300);
    const INPUT: &'static [Member] = &[
        Member::required("CiphertextBlob", &STRING),
        Member::optional("EncryptionContext", &STRING),
        Member::optional("EncryptionPublicKey", &STRING),
        Member::optional("EncryptionAlgorithm", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let ciphertext = ciphertext::decode(&input.ciphertext_blob).ok_or(Refusal::InvalidCiphertext)?;
        let context = context::parse("EncryptionContext", input.encryption_context.as_deref())?;
        let guest = GuestKey::of(input.encryption_public_key.as_deref(), input.encryption_algorithm.as_deref())?;
        let decrypted = call.engine.decrypt(&call.scope, &ciphertext, &context).await?;
        let plaintext = answer(call, guest, decrypted.plaintext).await?;
        Ok(Output { key_id: decrypted.key.id.to_string(), plaintext })
    }
}
