//! Opening ciphertexts, for the operations that do.

use dialect::Call;
use dialect::wire::Blob;
use import_engine::{EncryptionAlgorithm, EncryptionContext, Error, Key, KeyId, KeyOperation, Material};

use super::checks;
use crate::ciphertext::from_blob;
use crate::errors::Refusal;

/// What was in a ciphertext.
pub(crate) struct Opened {
    /// The key that opened it.
    pub key: Key,
    /// The plaintext.
    pub plaintext: Material,
    /// The material that opened it, for symmetric ciphertexts.
    pub material: Option<String>,
}

/// Judges the key that the caller names, if they name one: that comes before the ciphertext is
/// looked at.
pub(crate) async fn judge(call: &Call, id: Option<&KeyId>, algorithm: EncryptionAlgorithm) -> Result<(), Refusal> {
    match id {
        Some(id) => checks::encrypting(call, id, KeyOperation::Decrypt, algorithm).await,
        None => Ok(()),
    }
}

/// Opens a ciphertext; a symmetric one names its key itself.
pub(crate) async fn open(
    call: &Call,
    id: Option<&KeyId>,
    algorithm: EncryptionAlgorithm,
    blob: &Blob,
    context: &EncryptionContext,
) -> Result<Opened, Refusal> {
    if algorithm == EncryptionAlgorithm::Symmetric {
        return open_symmetric(call, id, blob, context).await;
    }
    let id = id.ok_or(Refusal::Missing("KeyId"))?;
    let decrypted = call.engine.decrypt_asymmetric(&call.scope, id, algorithm, blob.bytes().to_vec()).await?;
    Ok(Opened { key: decrypted.key, plaintext: decrypted.plaintext, material: None })
}

async fn open_symmetric(
    call: &Call,
    id: Option<&KeyId>,
    blob: &Blob,
    context: &EncryptionContext,
) -> Result<Opened, Refusal> {
    let ciphertext = from_blob(blob.bytes()).ok_or(Error::CiphertextInvalid)?;
    if id.is_some_and(|id| *id != ciphertext.key) {
        return Err(Refusal::IncorrectKey);
    }
    let decrypted = match call.engine.decrypt(&call.scope, &ciphertext, context).await {
        Err(Error::KeyNotFound(_)) if id.is_none() => return Err(Refusal::ForeignCiphertext),
        other => other?,
    };
    Ok(Opened { key: decrypted.key, plaintext: decrypted.plaintext, material: Some(ciphertext.material.0) })
}
