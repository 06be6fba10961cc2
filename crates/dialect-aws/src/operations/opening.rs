//! Opening ciphertexts, for the operations that do.

use dialect::wire::Blob;
use dialect::{Call, Failure};
use import_engine::{
    EncryptionAlgorithm, EncryptionContext, Error, Key, KeyOperation, Material, Scope, SymmetricCiphertext,
};

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
    match target {
        Some(target) if target.id != ciphertext.key => Err(Refusal::IncorrectKey),
        Some(target) => decrypt(call, target, &ciphertext, context).await,
        None => open_unnamed(call, &ciphertext, context, access).await,
    }
}

/// Opens a ciphertext whose key the caller does not name: one of the caller's own account or, if it
/// has none, one of another account that lets the caller.
async fn open_unnamed(
    call: &Call,
    ciphertext: &SymmetricCiphertext,
    context: &EncryptionContext,
    access: &Access<'_>,
) -> Result<Opened, Refusal> {
    let own = Target { scope: call.scope.clone(), id: ciphertext.key.clone() };
    if let Some(outcome) = attempt(call, &own, ciphertext, context, access).await {
        return outcome;
    }
    for tenant in call.engine.tenants_with_key(&call.scope, &ciphertext.key).await? {
        if tenant == call.scope.tenant {
            continue;
        }
        let foreign = Target { scope: Scope::new(tenant, call.region()), id: ciphertext.key.clone() };
        if let Some(outcome) = attempt(call, &foreign, ciphertext, context, access).await {
            return outcome;
        }
    }
    Err(Refusal::ForeignCiphertext)
}

/// Opens a ciphertext with a key, if that is there and the caller may use it: `None` tells the two
/// apart for nobody.
async fn attempt(
    call: &Call,
    target: &Target,
    ciphertext: &SymmetricCiphertext,
    context: &EncryptionContext,
    access: &Access<'_>,
) -> Option<Result<Opened, Refusal>> {
    let outcome = match authorization::on_key(call, target, access).await {
        Ok(()) => decrypt(call, target, ciphertext, context).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Err(Refusal::Denied(_) | Refusal::Failure(Failure::Engine(Error::KeyNotFound(_)))) => None,
        outcome => Some(outcome),
    }
}

async fn decrypt(
    call: &Call,
    target: &Target,
    ciphertext: &SymmetricCiphertext,
    context: &EncryptionContext,
) -> Result<Opened, Refusal> {
    let decrypted = call.engine.decrypt(&target.scope, ciphertext, context).await?;
    let material = Some(ciphertext.material.0.clone());
    Ok(Opened { key: decrypted.key, plaintext: decrypted.plaintext, material })
}
