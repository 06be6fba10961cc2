//! AES key wrap with padding (RFC 5649).
//!
//! The only place that touches OpenSSL's wrap ciphers. The crate `openssl` accepts an output
//! buffer of `input − 8` bytes for an unwrap, but OpenSSL wipes `input` bytes of it when the blob
//! is forged: eight bytes beyond the end. So the buffers here are 16 bytes longer than the input,
//! always, and shortened afterwards.

use openssl::cipher::{Cipher, CipherRef};
use openssl::cipher_ctx::{CipherCtx, CipherCtxFlags};
use openssl::error::ErrorStack;

use super::{UnwrapFailed, WRAPPED_MAX};
use crate::error::Error;
use crate::material::Material;

/// How much longer than the input the output buffer is.
const SLACK: usize = 16;

/// Unwraps under a key of 16, 24 or 32 bytes. `input` has at least 16 bytes, at most
/// [`WRAPPED_MAX`], and a multiple of 8. The result is never empty.
///
/// # Errors
/// [`UnwrapFailed`] for everything that is wrong with either.
pub fn aes_kwp_unwrap(kek: &[u8], input: &[u8]) -> Result<Material, UnwrapFailed> {
    if !(16..=WRAPPED_MAX).contains(&input.len()) || !input.len().is_multiple_of(8) {
        return Err(UnwrapFailed);
    }
    let cipher = cipher(kek).ok_or(UnwrapFailed)?;
    let mut plain = Material::zeroed(input.len() + SLACK);
    let length = unwrap_into(cipher, kek, input, plain.expose_mut())?;
    if length == 0 {
        return Err(UnwrapFailed);
    }
    plain.truncate(length);
    Ok(plain)
}

/// `output` is longer than `input` by [`SLACK`].
fn unwrap_into(cipher: &CipherRef, kek: &[u8], input: &[u8], output: &mut [u8]) -> Result<usize, ErrorStack> {
    let mut context = CipherCtx::new()?;
    context.set_flags(CipherCtxFlags::FLAG_WRAP_ALLOW);
    context.decrypt_init(Some(cipher), Some(kek), None)?;
    context.cipher_update(input, Some(output))
}

/// Wraps under a key of 16, 24 or 32 bytes. `plain` has at least one byte. The result is `plain`
/// filled up to a multiple of 8, and 8 bytes.
///
/// # Errors
/// [`Error::Internal`] if either has an impossible length.
pub fn aes_kwp_wrap(kek: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
    let cipher = cipher(kek).ok_or_else(|| Error::internal("AES-KWP under a key of that length"))?;
    if !(1..=WRAPPED_MAX).contains(&plain.len()) {
        return Err(Error::internal("AES-KWP of so many bytes"));
    }
    let mut wrapped = vec![0; plain.len() + SLACK];
    let length = wrap_into(cipher, kek, plain, &mut wrapped).map_err(Error::internal)?;
    wrapped.truncate(length);
    Ok(wrapped)
}

fn wrap_into(cipher: &CipherRef, kek: &[u8], input: &[u8], output: &mut [u8]) -> Result<usize, ErrorStack> {
    let mut context = CipherCtx::new()?;
    context.set_flags(CipherCtxFlags::FLAG_WRAP_ALLOW);
    context.encrypt_init(Some(cipher), Some(kek), None)?;
    context.cipher_update(input, Some(output))
}

/// By the key's length, because the crate panics on a short key and cuts a long one.
fn cipher(kek: &[u8]) -> Option<&'static CipherRef> {
    match kek.len() {
        16 => Some(Cipher::aes_128_wrap_pad()),
        24 => Some(Cipher::aes_192_wrap_pad()),
        32 => Some(Cipher::aes_256_wrap_pad()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OpenSSL's failure path writes as many zeros as the input is long. This holds our buffers
    /// against that: no byte behind the slice changes, and inside it the writes stay `SLACK` away
    /// from its end.
    #[test]
    fn forged_blobs_write_within_the_buffer() {
        let kek = [7; 32];
        for length in (16..=1304).step_by(8) {
            let blob = vec![0x5a; length];
            let mut memory = vec![0xc3; length + SLACK + 64];
            let (buffer, behind) = memory.split_at_mut(length + SLACK);
            assert!(unwrap_into(Cipher::aes_256_wrap_pad(), &kek, &blob, buffer).is_err());
            assert!(behind.iter().all(|byte| *byte == 0xc3), "wrote behind the buffer at {length}");
            assert!(buffer[length..].iter().all(|byte| *byte == 0xc3), "wrote into the slack at {length}");
        }
    }

    #[test]
    fn impossible_lengths_are_refused_and_do_not_panic() {
        for kek in 0..40 {
            for input in 0..40 {
                let refused = aes_kwp_unwrap(&vec![1; kek], &vec![2; input]);
                assert_eq!(refused.unwrap_err(), UnwrapFailed);
            }
            assert_eq!(aes_kwp_wrap(&vec![1; kek], &[1]).is_ok(), matches!(kek, 16 | 24 | 32));
        }
        assert!(aes_kwp_wrap(&[1; 16], &[]).is_err());
        assert!(aes_kwp_unwrap(&[1; 16], &vec![0; WRAPPED_MAX + 8]).is_err());
    }

    #[test]
    fn round_trips_at_every_length() {
        for kek in [16, 24, 32] {
            let kek = vec![9; kek];
            for length in 1..100 {
                let wrapped = aes_kwp_wrap(&kek, &vec![0x11; length]).unwrap();
                assert_eq!(wrapped.len(), length.next_multiple_of(8) + 8);
                assert_eq!(aes_kwp_unwrap(&kek, &wrapped).unwrap().expose(), vec![0x11; length]);
            }
        }
    }
}
