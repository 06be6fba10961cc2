//! RSA-OAEP around an ephemeral AES key, then AES-KWP under that around the material (PKCS #11,
//! `CKM_RSA_AES_KEY_WRAP`): for private keys that no RSA block holds.

use openssl::pkey::{PKey, Private};

use super::{UnwrapFailed, aes_kwp_unwrap};
use crate::material::Material;
use crate::primitives::oaep::OaepHash;

pub(super) fn unwrap_sha1(key: &PKey<Private>, blob: &[u8]) -> Result<Material, UnwrapFailed> {
    unwrap(OaepHash::Sha1, key, blob)
}

pub(super) fn unwrap_sha256(key: &PKey<Private>, blob: &[u8]) -> Result<Material, UnwrapFailed> {
    unwrap(OaepHash::Sha256, key, blob)
}

/// A failing OAEP is quicker than a failing key wrap. That tells nothing: without the plaintext
/// nobody makes an OAEP block that opens.
fn unwrap(hash: OaepHash, key: &PKey<Private>, blob: &[u8]) -> Result<Material, UnwrapFailed> {
    // A blob shorter than the block goes to OAEP as it is, which refuses it after the same work.
    let (block, wrapped) = blob.split_at_checked(key.size()).unwrap_or((blob, &[]));
    let ephemeral = hash.decrypt(key, block)?;
    aes_kwp_unwrap(ephemeral.expose(), wrapped)
}
