//! What is done with the RSA keys of others: secrets are wrapped for their holders, and what they
//! sign is checked.

use crate::engine::Engine;
use crate::error::Error;
use crate::key_pairs::KeyPair;
use crate::material::Material;
use crate::primitives::{RecipientKey, is_signed_with_rsa};
use crate::spec::WrappingKeySpec;

impl Engine {
    /// A fresh RSA key pair of 2048 bits for somebody else to sign with.
    ///
    /// # Errors
    /// [`Error::Busy`] if none came in time.
    pub async fn pair_for_another(&self) -> Result<KeyPair, Error> {
        self.key_pairs().take(WrappingKeySpec::Rsa2048).await
    }

    /// A secret under the RSA key of whoever shall have it: RSA-OAEP with SHA-256. `public_key` is a
    /// `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// [`Error::PeerKeyUnfit`] if it is not one of an RSA key of 2048 to 4096 bits.
    pub async fn wrap_for(&self, public_key: Vec<u8>, secret: Material) -> Result<Vec<u8>, Error> {
        self.compute(true, move || RecipientKey::parse(&public_key).map_err(|_| Error::PeerKeyUnfit)?.wrap(&secret))
            .await
    }

    /// Whether a statement is signed by the holder of an RSA key: RSASSA-PKCS1-v1_5 with SHA-256.
    /// `public_key` is a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// [`Error::PeerKeyUnfit`] if it is not one of an RSA key of 2048 to 4096 bits.
    pub async fn is_signed_by(
        &self,
        public_key: Vec<u8>,
        statement: Vec<u8>,
        signature: Vec<u8>,
    ) -> Result<bool, Error> {
        self.compute(true, move || {
            is_signed_with_rsa(&public_key, &statement, &signature).map_err(|_| Error::PeerKeyUnfit)
        })
        .await
    }
}
