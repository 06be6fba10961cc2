//! SM2 around the material itself.

use openssl::pkey::{PKey, Private};

use super::{UnwrapFailed, WRAPPED_MAX};
use crate::material::Material;
use crate::primitives::sm2::decrypt_any_form;

/// Vendors' tools disagree on the encoding, so any of the three is taken; what cannot be read as
/// one of them costs no private operation, since that is plain to whoever sent it.
pub(super) fn unwrap(key: &PKey<Private>, blob: &[u8]) -> Result<Material, UnwrapFailed> {
    if blob.len() > WRAPPED_MAX {
        return Err(UnwrapFailed);
    }
    Ok(decrypt_any_form(key, blob)?)
}
