//! RSA-OAEP around the material itself.

use openssl::pkey::{PKey, Private};

use super::UnwrapFailed;
use crate::material::Material;
use crate::primitives::oaep::OaepHash;

pub(super) fn unwrap_sha1(key: &PKey<Private>, blob: &[u8]) -> Result<Material, UnwrapFailed> {
    Ok(OaepHash::Sha1.decrypt(key, blob)?)
}

pub(super) fn unwrap_sha256(key: &PKey<Private>, blob: &[u8]) -> Result<Material, UnwrapFailed> {
    Ok(OaepHash::Sha256.decrypt(key, blob)?)
}
