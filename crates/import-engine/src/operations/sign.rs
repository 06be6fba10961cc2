//! Signatures.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::spec::{KeyUsage, MessageForm, SigningAlgorithm};
use crate::tenant::{KeyId, Scope};

/// A signature and the key that made it.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The key as it is now.
    pub key: Key,
    /// DER for ECDSA and SM2, otherwise as the algorithm defines it.
    pub signature: Vec<u8>,
}

/// The outcome of a verification.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The key as it is now.
    pub key: Key,
    /// Whether it is genuine.
    pub valid: bool,
}

impl Engine {
    /// Signs a message or a digest.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::WrongUsage`],
    /// [`Error::AlgorithmUnfit`], [`Error::MessageFormUnfit`], [`Error::DigestLength`].
    pub async fn sign(
        &self,
        scope: &Scope,
        id: &KeyId,
        algorithm: SigningAlgorithm,
        form: MessageForm,
        message: Vec<u8>,
    ) -> Result<Signed, Error> {
        let (key, _, loaded) = self.usable(scope, id, KeyOperation::Sign, KeyUsage::SignVerify).await?;
        require_fit(&key, algorithm)?;
        let signature = self.compute(loaded.is_slow(), move || loaded.sign(algorithm, form, &message)).await?;
        Ok(Signed { key, signature })
    }

    /// Checks a signature. A bad one is an answer, not an error.
    ///
    /// # Errors
    /// As [`Engine::sign`].
    pub async fn verify(
        &self,
        scope: &Scope,
        id: &KeyId,
        algorithm: SigningAlgorithm,
        form: MessageForm,
        message: Vec<u8>,
        signature: Vec<u8>,
    ) -> Result<Checked, Error> {
        let (key, _, loaded) = self.usable(scope, id, KeyOperation::Verify, KeyUsage::SignVerify).await?;
        require_fit(&key, algorithm)?;
        let (salt, slow) = (self.policy(scope)?.pss_salt, loaded.is_slow());
        let check = move || loaded.verify_salted(algorithm, form, &message, &signature, salt);
        let valid = self.compute(slow, check).await?;
        Ok(Checked { key, valid })
    }
}

fn require_fit(key: &Key, algorithm: SigningAlgorithm) -> Result<(), Error> {
    if algorithm.fits(key.spec) {
        Ok(())
    } else {
        Err(Error::AlgorithmUnfit { key: key.id.clone(), spec: key.spec, algorithm: algorithm.word() })
    }
}
