//! What several operations check in the same way.

use std::collections::BTreeMap;

use dialect::Call;
use import_engine::{EncryptionAlgorithm, EncryptionContext, Error, Key, KeyId, KeyOperation, KeyUsage, Scope};
use serde::Serialize;

use crate::errors::Refusal;
use crate::identifiers::Target;
use crate::names;

/// The longest encryption context, all names and values together. Unverified: that it is the sum.
const CONTEXT_LENGTH_MAX: usize = 8192;

/// An answer without members: `{}`.
#[derive(Serialize)]
pub(crate) struct Nothing {}

/// The answer, or, if everything was only tried, that it would have been given. A cryptographic
/// operation leaves no trace but that the keys were used, so trying is doing and not telling.
pub(crate) async fn conclude<T>(
    call: &Call,
    operation: &'static str,
    keys: &[(&Scope, &KeyId)],
    dry_run: Option<bool>,
    output: T,
) -> Result<T, Refusal> {
    if dry_run == Some(true) {
        return Err(Refusal::DryRun);
    }
    for (scope, id) in keys {
        call.engine.note_use(scope, id, operation, &call.request_id).await;
    }
    Ok(output)
}

/// The encryption context, if the algorithm takes one.
pub(crate) fn encryption_context(
    pairs: BTreeMap<String, String>,
    is_symmetric: bool,
) -> Result<EncryptionContext, Refusal> {
    if pairs.is_empty() {
        return Ok(EncryptionContext::default());
    }
    if !is_symmetric {
        // Unverified: exception and text.
        return Err(Refusal::Validation(
            "An encryption context is not supported by asymmetric encryption algorithms.".to_owned(),
        ));
    }
    let length: usize = pairs.iter().map(|(name, value)| name.chars().count() + value.chars().count()).sum();
    if length > CONTEXT_LENGTH_MAX {
        return Err(Refusal::Validation("EncryptionContext is longer than 8192 characters.".to_owned()));
    }
    Ok(EncryptionContext { pairs, additional: Vec::new() })
}

/// A key whose state and usage permit an operation, in the order in which the engine checks.
pub(crate) async fn permitted(
    call: &Call,
    target: &Target,
    operation: KeyOperation,
    usage: KeyUsage,
) -> Result<Key, Refusal> {
    let policy = call.engine.policy(&target.scope)?;
    let key = call.engine.describe_key(&target.scope, &target.id).await?;
    key.require(operation, policy)?;
    if key.usage != usage {
        return Err(Error::WrongUsage { key: key.id, spec: key.spec, usage: key.usage, operation }.into());
    }
    Ok(key)
}

/// Refuses a key that may not be used for encrypting or decrypting with an algorithm.
pub(crate) async fn encrypting(
    call: &Call,
    target: &Target,
    operation: KeyOperation,
    algorithm: EncryptionAlgorithm,
) -> Result<(), Refusal> {
    let key = permitted(call, target, operation, KeyUsage::EncryptDecrypt).await?;
    if algorithm.fits(key.spec) {
        Ok(())
    } else {
        Err(Refusal::AlgorithmUnfit { algorithm: names::encryption_word(algorithm), spec: key.spec })
    }
}

/// Whether only permission is asked for and the ciphertext does not matter.
pub(crate) fn ignores_ciphertext(dry_run: Option<bool>, modifiers: Option<&[String]>) -> Result<bool, Refusal> {
    let ignores = modifiers.is_some_and(|modifiers| !modifiers.is_empty());
    if ignores && dry_run != Some(true) {
        // Unverified: the text.
        return Err(Refusal::Validation("DryRunModifiers can only be specified with DryRun.".to_owned()));
    }
    Ok(ignores)
}
