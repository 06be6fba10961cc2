//! RSA PKCS#1 v1.5 encryption (RFC 8017, 7.2), with an unpadding of our own.
//!
//! OpenSSL from 3.2 on does not fail on bad padding: it answers with random bytes of random
//! length, and a length check after that takes about one forged block in 250 for key material. So
//! the private operation runs without padding, and the block is judged here: every byte is looked
//! at, nothing branches on any of them, and there is one verdict at the end (Bleichenbacher's
//! attack lives on the second). The wanted length is part of that verdict for the same reason.

use std::hint::black_box;
use std::ops::RangeInclusive;

use openssl::encrypt::{Decrypter, Encrypter};
use openssl::error::ErrorStack;
use openssl::pkey::{HasPublic, PKeyRef, Private};
use openssl::rsa::Padding;

use super::Refused;
use super::oaep::substitute;
use crate::material::Material;

/// The padding string has at least eight bytes, so the separator stands here or later.
const SEPARATOR_MIN: usize = 10;

/// Encrypts. Too long a plaintext is an error of OpenSSL's.
pub(super) fn encrypt<T: HasPublic>(key: &PKeyRef<T>, plaintext: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let mut encrypter = Encrypter::new(key)?;
    encrypter.set_rsa_padding(Padding::PKCS1)?;
    let mut ciphertext = vec![0; key.size()];
    let length = encrypter.encrypt(plaintext, &mut ciphertext)?;
    ciphertext.truncate(length);
    Ok(ciphertext)
}

/// Decrypts a message of one of the given lengths.
pub(crate) fn decrypt(
    key: &PKeyRef<Private>,
    ciphertext: &[u8],
    lengths: &RangeInclusive<usize>,
) -> Result<Material, Refused> {
    let block = Block::decrypt(key, ciphertext)?;
    let verdict = block.verdict(lengths);
    if verdict.good == 0 {
        return Err(Refused);
    }
    Ok(Material::copy_of(block.tail(verdict.length)))
}

/// A block as the private operation left it, padding and all.
pub(crate) struct Block {
    bytes: Material,
    /// All ones if this is what became of the ciphertext, zero if it is only there so that there
    /// is something to judge.
    genuine: usize,
}

/// What a block turned out to be.
#[derive(Clone, Copy)]
pub(crate) struct Verdict {
    /// All ones if the block is well formed and its message has a wanted length, else zero.
    pub(crate) good: usize,
    /// Bytes of the message. Means nothing in a bad block.
    pub(crate) length: usize,
}

impl Block {
    /// The private operation. A ciphertext that does not have the modulus's length or is not below
    /// it is replaced, so that the work is the same; the block is then bad whatever it holds.
    pub(crate) fn decrypt(key: &PKeyRef<Private>, ciphertext: &[u8]) -> Result<Self, Refused> {
        if ciphertext.len() == key.size()
            && let Ok(bytes) = raw(key, ciphertext)
        {
            return Ok(Self { bytes, genuine: usize::MAX });
        }
        Ok(Self { bytes: raw(key, &substitute(key.size()))?, genuine: 0 })
    }

    /// Judges the block `00 02 ‖ at least eight bytes, none zero ‖ 00 ‖ message` in constant time.
    pub(crate) fn verdict(&self, lengths: &RangeInclusive<usize>) -> Verdict {
        let verdict = judge(self.bytes.expose(), lengths);
        Verdict { good: verdict.good & self.genuine, ..verdict }
    }

    /// The last `length` bytes: the message of a good block. All of it if there are not so many.
    pub(crate) fn tail(&self, length: usize) -> &[u8] {
        let bytes = self.bytes.expose();
        &bytes[bytes.len().saturating_sub(length)..]
    }

    /// The last bytes of the block where `mask` is ones, those of `other` where it is zero, as many
    /// as `other` has. `None` if the block is shorter than that.
    pub(crate) fn tail_or(&self, mask: usize, other: &Material) -> Option<Material> {
        let tail = self.tail(other.len());
        if tail.len() != other.len() {
            return None;
        }
        let mask = black_box(mask.to_le_bytes()[0]);
        let mut chosen = Material::zeroed(other.len());
        for ((to, a), b) in chosen.expose_mut().iter_mut().zip(tail).zip(other.expose()) {
            *to = (a & mask) | (b & !mask);
        }
        Some(chosen)
    }
}

/// The private operation without padding. Blinding stays on; the result has the modulus's length.
fn raw(key: &PKeyRef<Private>, ciphertext: &[u8]) -> Result<Material, Refused> {
    let mut decrypter = Decrypter::new(key)?;
    decrypter.set_rsa_padding(Padding::NONE)?;
    let mut block = Material::zeroed(key.size());
    let length = decrypter.decrypt(ciphertext, block.expose_mut())?;
    if length == block.len() { Ok(block) } else { Err(Refused) }
}

fn judge(block: &[u8], lengths: &RangeInclusive<usize>) -> Verdict {
    let [header, kind, rest @ ..] = block else {
        return Verdict { good: 0, length: 0 };
    };
    // Index of the first zero after the header, and whether there is one.
    let (mut separator, mut found) = (0, 0);
    for (index, byte) in (2..).zip(rest) {
        let zero = black_box(ones_if_zero(usize::from(*byte)));
        separator |= index & zero & !found;
        found |= zero;
    }
    let length = block.len() - 1 - separator;
    let bad = usize::from(*header)
        | usize::from(*kind ^ 2)
        | !found
        | ones_if_below(separator, SEPARATOR_MIN)
        | ones_if_below(length, *lengths.start())
        | ones_if_below((*lengths.end()).min(block.len()), length);
    Verdict { good: black_box(ones_if_zero(bad)), length }
}

/// All ones if the value is zero, else zero.
fn ones_if_zero(value: usize) -> usize {
    // The top bit of `!v & (v − 1)` is set for zero only.
    0usize.wrapping_sub((!value & value.wrapping_sub(1)) >> (usize::BITS - 1))
}

/// All ones if `a < b`, else zero. Both are lengths, far below the top bit.
fn ones_if_below(a: usize, b: usize) -> usize {
    0usize.wrapping_sub(a.wrapping_sub(b) >> (usize::BITS - 1))
}

#[cfg(test)]
#[path = "pkcs1_tests.rs"]
mod tests;
