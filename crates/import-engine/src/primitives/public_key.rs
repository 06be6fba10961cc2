//! The public half of material.

use openssl::pkey::{HasPublic, PKey, PKeyRef};

use super::{ml_dsa, ml_kem};
use crate::error::Error;
use crate::material::Material;
use crate::spec::{KeyFamily, KeySpec};

/// `SubjectPublicKeyInfo` in DER (named curve, uncompressed point), or `None` for raw kinds.
///
/// # Errors
/// [`Error::Internal`] if `material` is not canonical material of a private kind.
pub fn public_key(spec: KeySpec, material: &Material) -> Result<Option<Vec<u8>>, Error> {
    match spec.family() {
        KeyFamily::Symmetric | KeyFamily::Mac => Ok(None),
        KeyFamily::Private => {
            if spec.is_ml_dsa() {
                return ml_dsa::load(spec, material).map(|key| Some(key.spki()));
            }
            if spec.is_ml_kem() {
                return ml_kem::load(spec, material).map(|key| Some(key.spki()));
            }
            let key = PKey::private_key_from_pkcs8(material.expose()).map_err(Error::internal)?;
            spki(&key).map(Some)
        }
    }
}

/// `SubjectPublicKeyInfo` of a parsed key.
pub(super) fn spki<T: HasPublic>(key: &PKeyRef<T>) -> Result<Vec<u8>, Error> {
    key.public_key_to_der().map_err(Error::internal)
}
