//! Encrypting and decrypting with encapsulation keys.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation, MaterialId};
use crate::material::Material;
use crate::operations::decrypt::Decrypted;
use crate::operations::encrypt::{Encrypted, EncryptionContext, message_binding};
use crate::primitives::EncapsulatedData;
use crate::sealing::bind;
use crate::spec::KeyUsage;
use crate::tenant::{KeyId, Scope};

/// The parts of a ciphertext from an encapsulation key. How they are laid out on the wire is the dialect's matter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EncapsulatedCiphertext {
    /// The key it was made with.
    pub key: KeyId,
    /// The material of that key.
    pub material: MaterialId,
    /// The rest.
    pub data: EncapsulatedData,
}

impl Engine {
    /// Encrypts under a secret that is encapsulated for the key.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::WrongUsage`], [`Error::PlaintextTooLong`].
    pub async fn encrypt_encapsulated(
        &self,
        scope: &Scope,
        id: &KeyId,
        plaintext: Material,
    ) -> Result<Encrypted<EncapsulatedCiphertext>, Error> {
        let usage = KeyUsage::EncapsulateDecapsulate;
        let (key, material, loaded) = self.usable(scope, id, KeyOperation::Encrypt, usage).await?;
        let binding = message_binding(&key.id, &material, &EncryptionContext::default());
        let data = loaded.seal_encapsulated(&info(&key), &binding, plaintext.expose(), self.chance.as_ref())?;
        let ciphertext = EncapsulatedCiphertext { key: key.id.clone(), material, data };
        Ok(Encrypted { key, ciphertext })
    }

    /// Opens such a ciphertext with the key it names.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::WrongUsage`]; [`Error::CiphertextInvalid`] for everything
    /// about the ciphertext.
    pub async fn decrypt_encapsulated(
        &self,
        scope: &Scope,
        ciphertext: &EncapsulatedCiphertext,
    ) -> Result<Decrypted, Error> {
        let usage = KeyUsage::EncapsulateDecapsulate;
        let key = self.permitted(scope, &ciphertext.key, KeyOperation::Decrypt, usage).await?;
        if !key.materials.iter().any(|known| known.id == ciphertext.material && known.present) {
            return Err(Error::CiphertextInvalid);
        }
        let loaded = self.loaded_key(&key, &ciphertext.material).await?;
        let binding = message_binding(&key.id, &ciphertext.material, &EncryptionContext::default());
        let plaintext = loaded.open_encapsulated(&info(&key), &binding, &ciphertext.data)?;
        Ok(Decrypted { key, plaintext })
    }
}

/// What the keys of these messages are derived for.
fn info(key: &Key) -> Vec<u8> {
    let home = key.home();
    bind(&["polykms encapsulated message v1", &home.vendor, &home.account, key.id.as_str()])
}
