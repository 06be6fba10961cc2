//! The second half of ciphertexts of keys that are half kept by somebody else.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::Key;
use crate::key_store::KeyStore;
use crate::material::Material;
use crate::operations::encrypt::{EncryptionContext, SymmetricCiphertext, message_binding};
use crate::outside::{OutsideCiphertext, OutsideFault, OutsideKey};
use crate::primitives::sha256;
use crate::spec::Origin;

impl Engine {
    /// Has a ciphertext of our half encrypted by the other half. Others stay as they are.
    pub(crate) async fn seal_outside(
        &self,
        key: &Key,
        mut inner: SymmetricCiphertext,
        context: &EncryptionContext,
    ) -> Result<SymmetricCiphertext, Error> {
        if key.origin != Origin::Outside {
            return Ok(inner);
        }
        let fault = |fault| Error::Outside { key: key.id.clone(), fault };
        let bound = bound(&inner, context);
        let (name, store, secret) = self.other_half(key).await?;
        let outside = OutsideKey { key, name, store: &store, secret: &secret };
        let sealed = self.outside(&key.scope.tenant)?.encrypt(&outside, &inner.body, &bound).await.map_err(fault)?;
        inner.body = sealed.pack().ok_or_else(|| fault(OutsideFault::Malformed))?;
        Ok(inner)
    }

    /// What our half has to open: what the other half makes of a ciphertext. Others stay as they
    /// are.
    pub(crate) async fn open_outside(
        &self,
        key: &Key,
        ciphertext: &SymmetricCiphertext,
        context: &EncryptionContext,
    ) -> Result<Vec<u8>, Error> {
        if key.origin != Origin::Outside {
            return Ok(ciphertext.body.clone());
        }
        let outer = OutsideCiphertext::unpack(&ciphertext.body).ok_or(Error::CiphertextInvalid)?;
        let bound = bound(ciphertext, context);
        let (name, store, secret) = self.other_half(key).await?;
        let outside = OutsideKey { key, name, store: &store, secret: &secret };
        let opened = self.outside(&key.scope.tenant)?.decrypt(&outside, &outer, &bound).await;
        opened.map_err(|fault| Error::Outside { key: key.id.clone(), fault })
    }

    async fn other_half<'a>(&self, key: &'a Key) -> Result<(&'a str, KeyStore, Material), Error> {
        let residence = key.residence.as_ref().ok_or_else(|| Error::internal("an outside key without a store"))?;
        let name = residence.outside_key.as_deref().ok_or_else(|| Error::internal("an outside key without a name"))?;
        let store = self.key_store(&key.scope, &residence.store).await?;
        let secret = self.key_store_secret(&key.scope, &residence.store).await?;
        Ok((name, store, secret))
    }
}

/// What the other half is told to bind: a digest of key, material and context, so that it has one
/// length, and so that the other side learns of a context only what it could guess.
fn bound(ciphertext: &SymmetricCiphertext, context: &EncryptionContext) -> [u8; 32] {
    sha256(&message_binding(&ciphertext.key, &ciphertext.material, context))
}
