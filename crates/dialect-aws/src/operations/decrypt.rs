//! `Decrypt`.

use std::collections::BTreeMap;

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{EncryptionAlgorithm, EncryptionContext, Error, KeyId, KeyOperation, KeyUsage};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::checks;
use crate::ciphertext::from_blob;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, key_arn, resolve};
use crate::{names, shapes};

/// Opens a ciphertext. A symmetric one names its key itself.
pub(crate) struct Decrypt;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    ciphertext_blob: Option<Blob>,
    encryption_context: Option<BTreeMap<String, String>>,
    grant_tokens: Option<Vec<String>>,
    key_id: Option<String>,
    encryption_algorithm: Option<String>,
    recipient: Option<Value>,
    dry_run: Option<bool>,
    dry_run_modifiers: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    plaintext: Blob,
    encryption_algorithm: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<String>,
}

impl Operation for Decrypt {
    const NAME: &'static str = "Decrypt";
    const INPUT: &'static [Member] = &[
        Member::optional("CiphertextBlob", &shapes::CIPHERTEXT),
        Member::optional("EncryptionContext", &shapes::ENCRYPTION_CONTEXT),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("KeyId", &shapes::KEY_ID),
        Member::optional("EncryptionAlgorithm", &shapes::ENCRYPTION_ALGORITHM_SPEC),
        Member::optional("Recipient", &shapes::RECIPIENT_INFO),
        Member::optional("DryRun", &shapes::BOOLEAN),
        Member::optional("DryRunModifiers", &shapes::DRY_RUN_MODIFIER_LIST),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let ignores_ciphertext = input.dry_run_modifiers.is_some_and(|modifiers| !modifiers.is_empty());
        if ignores_ciphertext && input.dry_run != Some(true) {
            // Unverified: the text.
            return Err(Refusal::Validation("DryRunModifiers can only be specified with DryRun.".to_owned()));
        }
        let algorithm = input.encryption_algorithm.as_deref().and_then(names::encryption_algorithm);
        let algorithm = algorithm.unwrap_or(EncryptionAlgorithm::Symmetric);
        let is_symmetric = algorithm == EncryptionAlgorithm::Symmetric;
        if input.key_id.is_none() && (ignores_ciphertext || !is_symmetric) {
            return Err(Refusal::Missing("KeyId"));
        }
        let blob = match input.ciphertext_blob {
            None if !ignores_ciphertext => return Err(Refusal::Missing("CiphertextBlob")),
            blob => blob,
        };
        let context = checks::encryption_context(input.encryption_context.unwrap_or_default(), is_symmetric)?;
        let id = match input.key_id {
            Some(text) => Some(resolve(call, &text, Accepts::ANY).await?),
            None => None,
        };
        checks::grant_tokens(&input.grant_tokens.unwrap_or_default())?;
        checks::recipient(input.recipient.as_ref())?;
        let output = match (id, blob) {
            (Some(id), _) if ignores_ciphertext => {
                call.engine.describe_key(&call.scope, &id).await?;
                return Err(Refusal::DryRun);
            }
            (Some(id), Some(blob)) if !is_symmetric => asymmetric(call, &id, algorithm, &blob).await?,
            (id, Some(blob)) => symmetric(call, id.as_ref(), &blob, &context).await?,
            (_, None) => return Err(Refusal::Missing("CiphertextBlob")),
        };
        checks::conclude(input.dry_run, output)
    }
}

async fn asymmetric(call: &Call, id: &KeyId, algorithm: EncryptionAlgorithm, blob: &Blob) -> Result<Output, Refusal> {
    let decrypted = call.engine.decrypt_asymmetric(&call.scope, id, algorithm, blob.bytes().to_vec()).await?;
    Ok(Output {
        key_id: key_arn(&decrypted.key.scope, &decrypted.key.id),
        plaintext: decrypted.plaintext.into(),
        encryption_algorithm: names::encryption_word(algorithm),
        key_material_id: None,
    })
}

async fn symmetric(
    call: &Call,
    id: Option<&KeyId>,
    blob: &Blob,
    context: &EncryptionContext,
) -> Result<Output, Refusal> {
    let algorithm = EncryptionAlgorithm::Symmetric;
    if let Some(id) = id {
        // The key that the caller names is judged before the ciphertext is.
        let key = checks::permitted(call, id, KeyOperation::Decrypt, KeyUsage::EncryptDecrypt).await?;
        if !algorithm.fits(key.spec) {
            return Err(Refusal::AlgorithmUnfit { algorithm: names::encryption_word(algorithm), spec: key.spec });
        }
    }
    let ciphertext = from_blob(blob.bytes()).ok_or(Error::CiphertextInvalid)?;
    if id.is_some_and(|id| *id != ciphertext.key) {
        return Err(Refusal::IncorrectKey);
    }
    let decrypted = match call.engine.decrypt(&call.scope, &ciphertext, context).await {
        Err(Error::KeyNotFound(_)) if id.is_none() => return Err(Refusal::ForeignCiphertext),
        other => other?,
    };
    Ok(Output {
        key_id: key_arn(&decrypted.key.scope, &decrypted.key.id),
        plaintext: decrypted.plaintext.into(),
        encryption_algorithm: names::encryption_word(algorithm),
        key_material_id: Some(ciphertext.material.0),
    })
}
