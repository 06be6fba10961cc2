//! ReEncrypt.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{EncryptionAlgorithm, Error, KeyId, KeyOperation, KeyUsage};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::operations::encrypt::seal;
use crate::operations::key_id;
use crate::shapes::STRING;
use crate::{ciphertext, context};

/// Opens a blob and encrypts what was in it with another key, another context or the same key's newer material.
pub(crate) struct ReEncrypt;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    ciphertext_blob: String,
    destination_key_id: Option<String>,
    source_encryption_context: Option<String>,
    destination_encryption_context: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    ciphertext_blob: String,
    key_id: String,
    source_key_id: String,
    re_encrypted: bool,
}

impl Operation for ReEncrypt {
    const NAME: &'static str = "ReEncrypt";
    const INPUT: &'static [Member] = &[
        Member::required("CiphertextBlob", &STRING),
        Member::optional("DestinationKeyId", &STRING),
        Member::optional("SourceEncryptionContext", &STRING),
        Member::optional("DestinationEncryptionContext", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let destination = destination(input.destination_key_id.as_deref())?;
        let opening = context::parse("SourceEncryptionContext", input.source_encryption_context.as_deref())?;
        let sealing = context::parse("DestinationEncryptionContext", input.destination_encryption_context.as_deref())?;
        let blob = ciphertext::decode(&input.ciphertext_blob).ok_or(Refusal::InvalidCiphertext)?;
        let destination = destination.unwrap_or_else(|| blob.key.clone());
        // Both keys are judged, and the blob is opened, even if it then comes back as it is. Unverified: which of two bad keys
        // is told.
        let opened = call.engine.decrypt(&call.scope, &blob, &opening).await?;
        let (operation, usage) = (KeyOperation::Encrypt, KeyUsage::EncryptDecrypt);
        let key = call.engine.permitted(&call.scope, &destination, operation, usage).await?;
        if !EncryptionAlgorithm::Symmetric.fits(key.spec) {
            let algorithm = EncryptionAlgorithm::Symmetric.word();
            return Err(Error::AlgorithmUnfit { key: key.id, spec: key.spec, algorithm }.into());
        }
        // Unverified: that another context makes another blob, with the same key and material too.
        let is_current = key.current_material().is_some_and(|current| current.id == blob.material);
        if key.id == blob.key && is_current && opening == sealing {
            return Ok(Output {
                ciphertext_blob: input.ciphertext_blob,
                key_id: key.id.to_string(),
                source_key_id: blob.key.to_string(),
                re_encrypted: false,
            });
        }
        let sealed = seal(call, &destination, opened.plaintext, &sealing).await?;
        Ok(Output {
            ciphertext_blob: sealed.ciphertext_blob,
            key_id: sealed.key_id,
            source_key_id: blob.key.to_string(),
            re_encrypted: true,
        })
    }
}

/// The key that is named; empty text names none.
fn destination(text: Option<&str>) -> Result<Option<KeyId>, Refusal> {
    text.filter(|text| !text.is_empty()).map(key_id).transpose()
}
