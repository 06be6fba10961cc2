//! ML-DSA (FIPS 204), by the crate `ml-dsa`: the safe interface of OpenSSL cannot be given µ.
//!
//! Everything goes by µ, also for messages that come whole, so that there is one way to sign and not two. Signatures are
//! hedged with fresh randomness and made with an empty context.

use std::convert::Infallible;

use ml_dsa::signature::digest::Update;
use ml_dsa::signature::rand_core::{TryCryptoRng, TryRng};
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, SigningKey};

use super::seed_form::SeedForm;
use crate::chance::{Chance, SystemChance};
use crate::error::Error;
use crate::material::Material;
use crate::spec::KeySpec;

/// A signing key with its verifying key.
pub(super) struct Key {
    form: SeedForm,
    set: Box<dyn ParameterSet>,
}

/// What a key of any parameter set can do.
trait ParameterSet: Send + Sync {
    fn mu(&self, message: &[u8]) -> Option<[u8; 64]>;
    fn sign(&self, mu: &[u8; 64], randomness: Randomness) -> Option<Vec<u8>>;
    fn verify(&self, mu: &[u8; 64], signature: &[u8]) -> bool;
    fn public_key(&self) -> Vec<u8>;
}

/// The key of canonical material.
///
/// # Errors
/// [`Error::Internal`] if it is not canonical material of an ML-DSA kind.
pub(super) fn load(spec: KeySpec, material: &Material) -> Result<Key, Error> {
    let none = || Error::internal("not an ML-DSA key");
    let form = SeedForm::of(spec).ok_or_else(none)?;
    let seed = form.seed(material.expose()).and_then(|seed| seed.try_into().ok()).ok_or_else(none)?;
    let set: Box<dyn ParameterSet> = match spec {
        KeySpec::MlDsa44 => Box::new(SigningKey::<MlDsa44>::from_seed(seed)),
        KeySpec::MlDsa65 => Box::new(SigningKey::<MlDsa65>::from_seed(seed)),
        KeySpec::MlDsa87 => Box::new(SigningKey::<MlDsa87>::from_seed(seed)),
        _ => return Err(none()),
    };
    Ok(Key { form, set })
}

impl Key {
    /// The representative of a message under this key (FIPS 204, 6.2).
    pub fn mu(&self, message: &[u8]) -> Result<[u8; 64], Error> {
        self.set.mu(message).ok_or_else(|| Error::internal("ML-DSA made no µ"))
    }

    /// Signs.
    ///
    /// # Errors
    /// [`Error::Internal`] if randomness fails, or by a chance that does not occur.
    pub fn sign(&self, mu: &[u8; 64]) -> Result<Vec<u8>, Error> {
        // As OpenSSL does for its own signatures: the randomness is not part of what a key is.
        let mut bytes = [0; 32];
        SystemChance.fill_secret(&mut bytes)?;
        self.set.sign(mu, Randomness(bytes)).ok_or_else(|| Error::internal("ML-DSA did not sign"))
    }

    /// Whether a signature is right. One of the wrong length or with impossible hints is just not right.
    pub fn verify(&self, mu: &[u8; 64], signature: &[u8]) -> bool {
        self.set.verify(mu, signature)
    }

    /// `SubjectPublicKeyInfo` in DER.
    pub fn spki(&self) -> Vec<u8> {
        self.form.spki(&self.set.public_key())
    }
}

impl<P: MlDsaParams> ParameterSet for SigningKey<P>
where
    Self: Send + Sync,
{
    fn mu(&self, message: &[u8]) -> Option<[u8; 64]> {
        let mu = self.as_ref().compute_mu(
            |state| {
                state.update(message);
                Ok(())
            },
            b"",
        );
        mu.ok().map(Into::into)
    }

    fn sign(&self, mu: &[u8; 64], mut randomness: Randomness) -> Option<Vec<u8>> {
        // Public, though hidden from the documentation: the only way to sign with randomness.
        let signature = self.expanded_key().sign_mu_randomized(&(*mu).into(), &mut randomness).ok()?;
        Some(signature.encode().to_vec())
    }

    fn verify(&self, mu: &[u8; 64], signature: &[u8]) -> bool {
        Signature::<P>::try_from(signature).is_ok_and(|signature| self.as_ref().verify_mu(&(*mu).into(), &signature))
    }

    fn public_key(&self) -> Vec<u8> {
        self.as_ref().encode().to_vec()
    }
}

/// Randomness that was drawn beforehand; the crate asks once, for 32 bytes.
struct Randomness([u8; 32]);

impl TryRng for Randomness {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for (to, from) in to.iter_mut().zip(self.0.iter().cycle()) {
            *to = *from;
        }
        Ok(())
    }
}

impl TryCryptoRng for Randomness {}
