//! ML-KEM (FIPS 203), by the crate `ml-kem`: the safe interface of OpenSSL has no encapsulation.

use ml_kem::kem::{Decapsulate, KeyExport};
use ml_kem::{B32, DecapsulationKey, MlKem512, MlKem768, MlKem1024};
use zeroize::Zeroize;

use super::seed_form::SeedForm;
use crate::chance::Chance;
use crate::error::Error;
use crate::material::Material;
use crate::spec::KeySpec;

/// A decapsulation key with its encapsulation key.
pub(super) struct Key {
    form: SeedForm,
    set: Box<dyn ParameterSet>,
}

/// What a key of any parameter set can do.
trait ParameterSet: Send + Sync {
    fn encapsulate(&self, message: &B32) -> (Material, Vec<u8>);
    fn decapsulate(&self, ciphertext: &[u8]) -> Option<Material>;
    fn public_key(&self) -> Vec<u8>;
}

/// The key of canonical material.
///
/// # Errors
/// [`Error::Internal`] if it is not canonical material of an ML-KEM kind.
pub(super) fn load(spec: KeySpec, material: &Material) -> Result<Key, Error> {
    let none = || Error::internal("not an ML-KEM key");
    let form = SeedForm::of(spec).ok_or_else(none)?;
    let seed = form.seed(material.expose()).and_then(|seed| seed.try_into().ok()).ok_or_else(none)?;
    let set: Box<dyn ParameterSet> = match spec {
        KeySpec::MlKem512 => Box::new(DecapsulationKey::<MlKem512>::from_seed(seed)),
        KeySpec::MlKem768 => Box::new(DecapsulationKey::<MlKem768>::from_seed(seed)),
        KeySpec::MlKem1024 => Box::new(DecapsulationKey::<MlKem1024>::from_seed(seed)),
        _ => return Err(none()),
    };
    Ok(Key { form, set })
}

impl Key {
    /// A fresh secret and its encapsulated form.
    ///
    /// # Errors
    /// [`Error::Internal`] if randomness fails.
    pub fn encapsulate(&self, chance: &dyn Chance) -> Result<(Material, Vec<u8>), Error> {
        let mut message = B32::default();
        chance.fill_secret(&mut message)?;
        let made = self.set.encapsulate(&message);
        message.zeroize();
        Ok(made)
    }

    /// The secret in an encapsulated form; `None` if its length is wrong.
    pub fn decapsulate(&self, ciphertext: &[u8]) -> Option<Material> {
        self.set.decapsulate(ciphertext)
    }

    /// `SubjectPublicKeyInfo` in DER.
    pub fn spki(&self) -> Vec<u8> {
        self.form.spki(&self.set.public_key())
    }
}

/// One parameter set; the crate's traits are too narrow for all of them at once.
macro_rules! parameter_set {
    ($set:ty) => {
        impl ParameterSet for DecapsulationKey<$set> {
            fn encapsulate(&self, message: &B32) -> (Material, Vec<u8>) {
                // FIPS 203, algorithm 17, whose randomness comes from the engine's own source.
                let (ciphertext, mut secret) = self.encapsulation_key().encapsulate_deterministic(message);
                let material = Material::copy_of(&secret);
                secret.zeroize();
                (material, ciphertext.to_vec())
            }

            fn decapsulate(&self, ciphertext: &[u8]) -> Option<Material> {
                let mut secret = self.decapsulate_slice(ciphertext).ok()?;
                let material = Material::copy_of(&secret);
                secret.zeroize();
                Some(material)
            }

            fn public_key(&self) -> Vec<u8> {
                self.encapsulation_key().to_bytes().to_vec()
            }
        }
    };
}

parameter_set!(MlKem512);
parameter_set!(MlKem768);
parameter_set!(MlKem1024);
