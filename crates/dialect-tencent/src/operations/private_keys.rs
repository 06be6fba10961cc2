//! Decrypting with private keys: what AsymmetricRsaDecrypt and AsymmetricSm2Decrypt have in common.

use dialect::Call;
use dialect::wire::{Blob, decode};
use import_engine::{EncryptionAlgorithm, Error, KeyId, KeyState, KeyUsage};
use serde::Serialize;

use crate::errors::Refusal;

/// What both actions answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    plaintext: Blob,
}

/// The bytes of a `Ciphertext`, at most so many.
///
/// # Errors
/// [`Refusal::OutOfBounds`].
// Unverified: the code for text that is not base64, and for too much of it.
pub(super) fn ciphertext(text: &str, most: usize) -> Result<Vec<u8>, Refusal> {
    decode(text)
        .map(|bytes| bytes.expose().to_vec())
        .filter(|bytes| (1..=most).contains(&bytes.len()))
        .ok_or(Refusal::OutOfBounds("Ciphertext"))
}

/// Decrypts.
///
/// # Errors
/// With the codes of these actions: `InvalidKeyUsage` for a key of another usage or kind, `CmkStateNotSupport` in any state
/// but Enabled, `DecryptError` for every ciphertext that does not open.
pub(super) async fn decrypt(
    call: &Call,
    id: &KeyId,
    algorithm: EncryptionAlgorithm,
    ciphertext: Vec<u8>,
) -> Result<Output, Refusal> {
    let key = call.engine.describe_key(&call.scope, id).await?;
    if key.usage != KeyUsage::EncryptDecrypt || !algorithm.fits(key.spec) {
        return Err(Refusal::InvalidKeyUsage);
    }
    // What may be decrypted in other states is the symmetric keys' matter.
    if key.state != KeyState::Enabled {
        return Err(Refusal::StateNotSupport);
    }
    let opened = call.engine.decrypt_asymmetric(&call.scope, id, algorithm, ciphertext).await.map_err(told)?;
    Ok(Output { key_id: opened.key.id.to_string(), plaintext: opened.plaintext.into() })
}

fn told(error: Error) -> Refusal {
    match error {
        Error::WrongUsage { .. } | Error::AlgorithmUnfit { .. } => Refusal::InvalidKeyUsage,
        Error::WrongState { .. } => Refusal::StateNotSupport,
        Error::CiphertextInvalid => Refusal::DecryptError,
        other => other.into(),
    }
}
