//! Encrypting, and data keys.

use std::collections::BTreeMap;

use crate::chance::Chance;
use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation, MaterialId};
use crate::material::Material;
use crate::primitives::LoadedKey;
use crate::sealing::bind;
use crate::spec::{EncryptionAlgorithm, KeyUsage};
use crate::tenant::{KeyId, Scope};

/// What must be presented again, unchanged, to decrypt.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct EncryptionContext {
    /// Names and values; their order means nothing.
    pub pairs: BTreeMap<String, String>,
    /// Further bytes, among them what keeps a dialect's kinds of ciphertext apart.
    pub additional: Vec<u8>,
}

impl EncryptionContext {
    /// Bytes that differ whenever two contexts differ: every part is led by its length.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        let mut words: Vec<&str> = Vec::with_capacity(self.pairs.len() * 2);
        for (name, value) in &self.pairs {
            words.push(name);
            words.push(value);
        }
        let mut bytes = u64::try_from(words.len()).unwrap_or(u64::MAX).to_be_bytes().to_vec();
        bytes.extend_from_slice(&bind(&words));
        bytes.extend_from_slice(&self.additional);
        bytes
    }
}

/// The parts of a symmetric ciphertext. How they are laid out on the wire is the dialect's matter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SymmetricCiphertext {
    /// The key it was made with.
    pub key: KeyId,
    /// The material of that key.
    pub material: MaterialId,
    /// Salt of the message key.
    pub salt: [u8; 16],
    /// Nonce of the message.
    pub nonce: [u8; 12],
    /// The encrypted bytes followed by a tag of 16 bytes.
    pub body: Vec<u8>,
}

/// A ciphertext in the key's own form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ciphertext {
    /// From a symmetric key.
    Symmetric(SymmetricCiphertext),
    /// From an asymmetric key: what any library makes of it.
    Asymmetric(Vec<u8>),
}

/// The key that worked, and what came out.
#[derive(Clone, Debug)]
pub struct Encrypted<C> {
    /// The key as it is now.
    pub key: Key,
    /// The ciphertext.
    pub ciphertext: C,
}

/// A data key, open and sealed.
#[derive(Debug)]
pub struct DataKey {
    /// The key that sealed it.
    pub key: Key,
    /// The data key itself.
    pub plaintext: Material,
    /// The data key under the key.
    pub ciphertext: SymmetricCiphertext,
}

impl Engine {
    /// Encrypts with whatever algorithm fits the key. The context counts for symmetric keys only.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::WrongUsage`],
    /// [`Error::AlgorithmUnfit`], [`Error::PlaintextTooLong`].
    pub async fn encrypt(
        &self,
        scope: &Scope,
        id: &KeyId,
        algorithm: EncryptionAlgorithm,
        plaintext: Material,
        context: &EncryptionContext,
    ) -> Result<Encrypted<Ciphertext>, Error> {
        let (key, material, loaded) = self.usable(scope, id, KeyOperation::Encrypt, KeyUsage::EncryptDecrypt).await?;
        require_fit(&key, algorithm)?;
        let ciphertext = if algorithm == EncryptionAlgorithm::Symmetric {
            let inner = seal(&loaded, &key, material, context, &plaintext, self.chance.as_ref())?;
            Ciphertext::Symmetric(self.seal_outside(&key, inner, context).await?)
        } else {
            let slow = algorithm == EncryptionAlgorithm::Sm2;
            Ciphertext::Asymmetric(self.compute(slow, move || loaded.encrypt(algorithm, plaintext.expose())).await?)
        };
        Ok(Encrypted { key, ciphertext })
    }

    /// Makes a data key of `length` random bytes and seals it under a symmetric key.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::WrongUsage`],
    /// [`Error::AlgorithmUnfit`].
    pub async fn generate_data_key(
        &self,
        scope: &Scope,
        id: &KeyId,
        length: usize,
        context: &EncryptionContext,
    ) -> Result<DataKey, Error> {
        let (key, material, loaded) =
            self.usable(scope, id, KeyOperation::GenerateDataKey, KeyUsage::EncryptDecrypt).await?;
        require_fit(&key, EncryptionAlgorithm::Symmetric)?;
        let mut plaintext = Material::zeroed(length);
        self.chance.fill_secret(plaintext.expose_mut())?;
        let inner = seal(&loaded, &key, material, context, &plaintext, self.chance.as_ref())?;
        let ciphertext = self.seal_outside(&key, inner, context).await?;
        Ok(DataKey { key, plaintext, ciphertext })
    }
}

/// Seals a plaintext under one material of a symmetric key.
pub(crate) fn seal(
    loaded: &LoadedKey,
    key: &Key,
    material: MaterialId,
    context: &EncryptionContext,
    plaintext: &Material,
    chance: &dyn Chance,
) -> Result<SymmetricCiphertext, Error> {
    let binding = message_binding(&key.id, &material, context);
    let data = loaded.seal(&message_info(key), &binding, plaintext.expose(), chance)?;
    Ok(SymmetricCiphertext { key: key.id.clone(), material, salt: data.salt, nonce: data.nonce, body: data.body })
}

pub(crate) fn require_fit(key: &Key, algorithm: EncryptionAlgorithm) -> Result<(), Error> {
    if algorithm.fits(key.spec) {
        Ok(())
    } else {
        Err(Error::AlgorithmUnfit { key: key.id.clone(), spec: key.spec, algorithm: algorithm.word() })
    }
}

/// What message keys are derived for. The tenant and the key take part, so that the same material
/// in two keys gives ciphertexts that neither opens for the other; the region does not, and of a key
/// which lives in several of them it is the tenant who had it first, so that each of its members opens
/// what any of them made.
pub(crate) fn message_info(key: &Key) -> Vec<u8> {
    let home = key.home();
    bind(&["polykms message v1", &home.vendor, &home.account, key.id.as_str()])
}

/// What a ciphertext is bound to besides its key.
pub(crate) fn message_binding(key: &KeyId, material: &MaterialId, context: &EncryptionContext) -> Vec<u8> {
    let mut bytes = bind(&[key.as_str(), &material.0]);
    bytes.extend_from_slice(&context.canonical());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(pairs: &[(&str, &str)]) -> Vec<u8> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        EncryptionContext { pairs, additional: Vec::new() }.canonical()
    }

    #[test]
    fn different_contexts_have_different_bytes() {
        assert_ne!(context(&[("a", "bc")]), context(&[("ab", "c")]));
        assert_ne!(context(&[("a", "b"), ("c", "d")]), context(&[("a", "b")]));
        assert_ne!(context(&[("a", "")]), context(&[]));
        assert_eq!(context(&[("a", "1"), ("b", "2")]), context(&[("b", "2"), ("a", "1")]));
        let bare = EncryptionContext { pairs: BTreeMap::new(), additional: b"x".to_vec() };
        assert_ne!(bare.canonical(), context(&[]));
    }
}
