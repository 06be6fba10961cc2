//! Answers that only their recipient can read: one that is attested, or one whose public key came with the question.

use std::sync::Arc;

use crate::engine::Engine;
use crate::error::Error;
use crate::material::Material;
use crate::primitives::{GuestCipher, RecipientKey, TrustAnchor, is_signed_with_p384};

/// A statement about a public key, signed by whoever holds the key of a certificate.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// The bytes that are signed.
    pub statement: Vec<u8>,
    /// ECDSA on P-384 with SHA-384, as r ‖ s.
    pub signature: Vec<u8>,
    /// The signer's certificate, DER.
    pub certificate: Vec<u8>,
    /// The certificates between it and the anchor, DER.
    pub bundle: Vec<Vec<u8>>,
    /// What the statement is about: the `SubjectPublicKeyInfo` of an RSA key, DER.
    pub public_key: Vec<u8>,
}

impl Engine {
    /// The key of an attestation that is genuine: signed by a certificate whose chain leads to the anchor and is
    /// valid in real time, whatever the domain clock shows. `None` if anything about it is not as it should be.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn attested_recipient(
        &self,
        anchor: &TrustAnchor,
        attestation: Attestation,
    ) -> Result<Option<RecipientKey>, Error> {
        let (anchor, now) = (anchor.clone(), self.real_now());
        self.compute(true, move || {
            let Attestation { statement, signature, certificate, bundle, public_key } = attestation;
            let Ok(signer) = anchor.vouch(&certificate, &bundle, now) else { return Ok(None) };
            if is_signed_with_p384(&signer, &statement, &signature) != Ok(true) {
                return Ok(None);
            }
            Ok(RecipientKey::parse(&public_key).ok())
        })
        .await
    }

    /// Seals a secret for a recipient: CMS `EnvelopedData`.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn seal_for(&self, recipient: RecipientKey, secret: Material) -> Result<Vec<u8>, Error> {
        let chance = Arc::clone(&self.chance);
        self.compute(false, move || recipient.seal(secret.expose(), chance.as_ref())).await
    }

    /// Encrypts a secret under a public key that came with the question, a `SubjectPublicKeyInfo` in DER. `None` if that is no
    /// key of the cipher's kind, or if the secret is too long for it.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn encrypt_for(
        &self,
        spki: Vec<u8>,
        cipher: GuestCipher,
        secret: Material,
    ) -> Result<Option<Vec<u8>>, Error> {
        self.compute(cipher.is_slow(), move || Ok(cipher.encrypt(&spki, secret.expose()).ok())).await
    }
}
