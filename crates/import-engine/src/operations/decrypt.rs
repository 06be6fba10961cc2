//! Decrypting.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::material::Material;
use crate::operations::encrypt::{EncryptionContext, SymmetricCiphertext, message_binding, message_info, require_fit};
use crate::outside::OutsideFault;
use crate::primitives::SealedData;
use crate::spec::{EncryptionAlgorithm, KeyUsage, Origin};
use crate::tenant::{KeyId, Scope};

/// The key that worked, and what came out.
#[derive(Debug)]
pub struct Decrypted {
    /// The key as it is now.
    pub key: Key,
    /// The plaintext.
    pub plaintext: Material,
}

impl Engine {
    /// Opens a ciphertext with the key it names.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::WrongUsage`],
    /// [`Error::AlgorithmUnfit`], [`Error::Outside`]; [`Error::CiphertextInvalid`] for everything about the ciphertext
    /// and its context.
    pub async fn decrypt(
        &self,
        scope: &Scope,
        ciphertext: &SymmetricCiphertext,
        context: &EncryptionContext,
    ) -> Result<Decrypted, Error> {
        let key = self.permitted(scope, &ciphertext.key, KeyOperation::Decrypt, KeyUsage::EncryptDecrypt).await?;
        require_fit(&key, EncryptionAlgorithm::Symmetric)?;
        match key.material(&ciphertext.material) {
            None => return Err(Error::CiphertextInvalid),
            // The state table let a key without its material through; there is still nothing to use.
            Some(known) if !known.present => {
                let (key, state, operation) = (key.id, key.state, KeyOperation::Decrypt);
                return Err(Error::WrongState { key, state, operation });
            }
            Some(_) => {}
        }
        let loaded = self.loaded_key(&key, &ciphertext.material).await?;
        let body = self.open_outside(&key, ciphertext, context).await?;
        let data = SealedData { salt: ciphertext.salt, nonce: ciphertext.nonce, body };
        let binding = message_binding(&key.id, &ciphertext.material, context);
        let plaintext = match loaded.open(&message_info(&key), &binding, &data) {
            Err(Error::CiphertextInvalid) if key.origin == Origin::Outside => {
                return Err(Error::Outside { key: key.id, fault: OutsideFault::CiphertextInvalid });
            }
            opened => opened?,
        };
        Ok(Decrypted { key, plaintext })
    }

    /// Opens a ciphertext with a private key.
    ///
    /// # Errors
    /// As [`Engine::decrypt`].
    pub async fn decrypt_asymmetric(
        &self,
        scope: &Scope,
        id: &KeyId,
        algorithm: EncryptionAlgorithm,
        ciphertext: Vec<u8>,
    ) -> Result<Decrypted, Error> {
        let (key, _, loaded) = self.usable(scope, id, KeyOperation::Decrypt, KeyUsage::EncryptDecrypt).await?;
        if algorithm == EncryptionAlgorithm::Symmetric {
            return Err(Error::CiphertextInvalid);
        }
        require_fit(&key, algorithm)?;
        let plaintext = self.compute(true, move || loaded.decrypt(algorithm, &ciphertext)).await?;
        Ok(Decrypted { key, plaintext })
    }
}
