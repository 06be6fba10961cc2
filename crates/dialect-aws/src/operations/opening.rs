//! Opening ciphertexts, for the operations that do.

use dialect::wire::Blob;
use dialect::{Call, Failure};
use import_engine::{EncryptionAlgorithm, EncryptionContext, Error, Key, KeyOperation, Material};

use super::checks;
use crate::authorization::{self, Access};
use crate::ciphertext::from_blob;
use crate::errors::Refusal;
use crate::identifiers::Target;

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
/// opened. That a symmetric ciphertext names another key comes before what the key is and may do,
/// if only it is there.
pub(crate) async fn judge(
    call: &Call,
    target: Option<&Target>,
    algorithm: EncryptionAlgorithm,
    blob: &Blob,
) -> Result<(), Refusal> {
    let Some(target) = target else { return Ok(()) };
    let names_another = || from_blob(blob.bytes()).is_some_and(|ciphertext| ciphertext.key != target.id);
    if algorithm == EncryptionAlgorithm::Symmetric && names_another() {
        call.engine.describe_key(&target.scope, &target.id).await?;
        return Err(Refusal::IncorrectKey);
    }
    checks::encrypting(call, target, KeyOperation::Decrypt, algorithm).await
}

/// Opens a ciphertext; a symmetric one names its key itself.
pub(crate) async fn open(
    call: &Call,
    target: Option<&Target>,
    algorithm: EncryptionAlgorithm,
    blob: &Blob,
    context: &EncryptionContext,
    access: &Access<'_>,
) -> Result<Opened, Refusal> {
    if algorithm == EncryptionAlgorithm::Symmetric {
        return open_symmetric(call, target, blob, context, access).await;
    }
    let target = target.ok_or(Refusal::Missing("KeyId"))?;
    let decrypted = call.engine.decrypt_asymmetric(&target.scope, &target.id, algorithm, blob.bytes().to_vec()).await?;
    Ok(Opened { key: decrypted.key, plaintext: decrypted.plaintext, material: None })
}

async fn open_symmetric(
    call: &Call,
    target: Option<&Target>,
    blob: &Blob,
    context: &EncryptionContext,
    access: &Access<'_>,
) -> Result<Opened, Refusal> {
    let ciphertext = from_blob(blob.bytes()).ok_or(Error::CiphertextInvalid)?;
    let is_unnamed = target.is_none();
    if target.is_some_and(|target| target.id != ciphertext.key) {
        return Err(Refusal::IncorrectKey);
    }
    let found;
    let target = match target {
        Some(target) => target,
        None => {
            found = Target { scope: call.scope.clone(), id: ciphertext.key.clone() };
            match authorization::on_key(call, &found, access).await {
                // One answer for a key that is not there and one that may not be used.
                Err(Refusal::Denied(_) | Refusal::Failure(Failure::Engine(Error::KeyNotFound(_)))) => {
                    return Err(Refusal::ForeignCiphertext);
                }
                other => other?,
            }
            &found
        }
    };
    let decrypted = match call.engine.decrypt(&target.scope, &ciphertext, context).await {
        Err(Error::KeyNotFound(_)) if is_unnamed => return Err(Refusal::ForeignCiphertext),
        other => other?,
    };
    Ok(Opened { key: decrypted.key, plaintext: decrypted.plaintext, material: Some(ciphertext.material.0) })
}
