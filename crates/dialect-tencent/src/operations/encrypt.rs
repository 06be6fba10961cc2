//! Encrypt.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Ciphertext, EncryptionAlgorithm, EncryptionContext, Error, KeyId, Material};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::operations::key_id;
use crate::shapes::{SECRET, STRING};
use crate::{ciphertext, context};
use dialect::SecretText;

/// The most bytes of a plaintext.
pub(super) const PLAINTEXT_MAX: usize = 4096;

/// Encrypts up to 4096 bytes.
pub(crate) struct Encrypt;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    plaintext: SecretText,
    encryption_context: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    pub(super) ciphertext_blob: String,
    pub(super) key_id: String,
}

impl Operation for Encrypt {
    const NAME: &'static str = "Encrypt";
    const REQUESTS_PER_SECOND: Option<u32> = Some(300);
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &STRING),
        Member::required("Plaintext", &SECRET),
        Member::optional("EncryptionContext", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        // Unverified: that an empty plaintext is none.
        let plaintext = input
            .plaintext
            .decode()
            .filter(|plaintext| (1..=PLAINTEXT_MAX).contains(&plaintext.len()))
            .ok_or(Refusal::InvalidPlaintext)?;
        let context = context::parse("EncryptionContext", input.encryption_context.as_deref())?;
        seal(call, &id, plaintext, &context).await
    }
}

/// A plaintext under a key, as a blob.
///
/// # Errors
/// What the engine says about the key.
pub(super) async fn seal(
    call: &Call,
    id: &KeyId,
    plaintext: Material,
    context: &EncryptionContext,
) -> Result<Output, Refusal> {
    let algorithm = EncryptionAlgorithm::Symmetric;
    let encrypted = call.engine.encrypt(&call.scope, id, algorithm, plaintext, context).await?;
    let Ciphertext::Symmetric(parts) = encrypted.ciphertext else {
        return Err(Error::internal("a symmetric key made an asymmetric ciphertext").into());
    };
    Ok(Output { ciphertext_blob: ciphertext::encode(&parts)?, key_id: encrypted.key.id.to_string() })
}
