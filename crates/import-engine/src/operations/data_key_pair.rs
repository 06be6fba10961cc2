//! Data key pairs.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::key_pairs::KeyPair;
use crate::material::Material;
use crate::operations::encrypt::{EncryptionContext, SymmetricCiphertext, require_fit, seal};
use crate::primitives::public_key;
use crate::spec::{EncryptionAlgorithm, KeySpec, KeyUsage};
use crate::tenant::{KeyId, Scope};

/// A key pair for the caller, its private half open and sealed.
#[derive(Debug)]
pub struct DataKeyPair {
    /// The key that sealed it.
    pub key: Key,
    /// `SubjectPublicKeyInfo`, DER.
    pub public_key: Vec<u8>,
    /// The private half: PKCS#8, DER.
    pub plaintext: Material,
    /// The private half under the key.
    pub ciphertext: SymmetricCiphertext,
}

impl Engine {
    /// Makes a key pair and seals its private half under a symmetric key. RSA pairs come from the
    /// pool: one that is taken is nobody else's, and is taken only when nothing stands in the way.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::WrongUsage`],
    /// [`Error::AlgorithmUnfit`], [`Error::Busy`] if no RSA pair came in time;
    /// [`Error::Internal`] for a pair that is none.
    pub async fn generate_data_key_pair(
        &self,
        scope: &Scope,
        id: &KeyId,
        pair: KeySpec,
        context: &EncryptionContext,
    ) -> Result<DataKeyPair, Error> {
        let (key, material, loaded) =
            self.usable(scope, id, KeyOperation::GenerateDataKey, KeyUsage::EncryptDecrypt).await?;
        require_fit(&key, EncryptionAlgorithm::Symmetric)?;
        if !self.policy(scope)?.data_key_pairs_in_key_stores {
            key.require_no_residence()?;
        }
        let pair = self.fresh_pair(pair).await?;
        let ciphertext = seal(&loaded, &key, material, context, &pair.private_key, self.chance.as_ref())?;
        Ok(DataKeyPair { key, public_key: pair.public_key, plaintext: pair.private_key, ciphertext })
    }

    async fn fresh_pair(&self, spec: KeySpec) -> Result<KeyPair, Error> {
        let private_key = self.fresh_material(spec).await?;
        self.compute(true, move || {
            let public_key = public_key(spec, &private_key)?.ok_or_else(|| Error::internal("a pair has two halves"))?;
            Ok(KeyPair { public_key, private_key })
        })
        .await
    }
}
