//! RSA PKCS#1 v1.5 around the material or around a temporary key.
//!
//! The block carries no proof that its maker knew the content. So from the private operation to the
//! answer the same work is done for good blocks and bad ones, and there is only one refusal.

use openssl::pkey::{PKey, Private};

use super::{UnwrapFailed, Wanted, aes_kwp_unwrap};
use crate::chance::{Chance, SystemChance};
use crate::material::Material;
use crate::primitives::canonical;
use crate::primitives::pkcs1::{Block, decrypt};
use crate::spec::KeySpec;

/// The block holds the material.
pub(super) fn unwrap(
    key: &PKey<Private>,
    spec: KeySpec,
    wanted: Wanted<'_>,
    blob: &[u8],
) -> Result<Material, UnwrapFailed> {
    match wanted {
        // The fold over the block has checked the length already.
        Wanted::Raw(lengths) => {
            let plain = decrypt(key, blob, lengths)?;
            canonical(spec, plain, Some(lengths)).map_err(|_| UnwrapFailed)
        }
        Wanted::PrivateKey => {
            let block = Block::decrypt(key, blob)?;
            let verdict = block.verdict(&(1..=key.size()));
            // A bad block goes through the parser whole, which refuses it as it refuses the noise
            // that is in a forged block that happens to be well formed.
            let length = if verdict.good == 0 { key.size() } else { verdict.length };
            let parsed = canonical(spec, Material::copy_of(block.tail(length)), None);
            match parsed {
                Ok(material) if verdict.good != 0 => Ok(material),
                _ => Err(UnwrapFailed),
            }
        }
    }
}

/// The block holds a temporary AES key of 16 or 32 bytes, `field` the PKCS#8 bytes under it.
///
/// Both lengths are always tried, and where the block does not hold a key of that length, a random
/// one stands in: the time does not tell which of the two it was, or whether it was either.
pub(super) fn unwrap_two_fields(key: &PKey<Private>, blob: &[u8], field: &[u8]) -> Result<Material, UnwrapFailed> {
    let block = Block::decrypt(key, blob)?;
    let long = attempt(&block, 32, field)?;
    let short = attempt(&block, 16, field)?;
    long.or(short)
}

/// One length of temporary key. The outer error is a fault of ours, the inner one the answer.
fn attempt(block: &Block, length: usize, field: &[u8]) -> Result<Result<Material, UnwrapFailed>, UnwrapFailed> {
    let mut stand_in = Material::zeroed(length);
    SystemChance.fill_secret(stand_in.expose_mut()).map_err(|_| UnwrapFailed)?;
    let good = block.verdict(&(length..=length)).good;
    let temporary = block.tail_or(good, &stand_in).ok_or(UnwrapFailed)?;
    let opened = aes_kwp_unwrap(temporary.expose(), field);
    Ok(if good == 0 { Err(UnwrapFailed) } else { opened })
}
