//! What counts as material of a kind, and its one stored form.
//!
//! OpenSSL's reader of private keys is lenient: it takes bytes after the end, curve parameters
//! written out, scalars out of range, RSA keys whose parts do not belong together. The checks here
//! stop those; what is left is written anew, so that only one form is ever stored.

use std::ops::RangeInclusive;

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::ec::{Asn1Flag, EcGroup, EcGroupRef, EcKey, EcPoint};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{KeyType, PKey, Private};

use super::curve::curve;
use super::seed_form::SeedForm;
use super::sm2;
use crate::material::Material;
use crate::spec::{KeyFamily, KeySpec};

/// The longest PKCS#8 that is looked at, in bytes: no vendor takes longer wrapped material. The largest
/// canonical form (RSA-4096) has about 2375.
pub const PKCS8_MAX: usize = 6144;

/// The bytes are not material of the kind. Says nothing about why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unfit;

/// OpenSSL's reasons stay inside: their text names the failing check.
impl From<ErrorStack> for Unfit {
    fn from(_: ErrorStack) -> Self {
        Self
    }
}

/// Checks plain bytes for being material of a kind and brings them into canonical form.
///
/// Raw kinds: the length must lie in `lengths`, in bytes; with `None` no length will do. Private
/// kinds: unencrypted PKCS#8 in DER or BER, whose algorithm, size or curve are the kind's and whose
/// numbers belong together (ML-DSA and ML-KEM: the seed alone); the result is PKCS#8 in DER with the public point uncompressed and the
/// curve by name. `lengths` is not looked at then. RSA takes 30 to 200 ms: not on an async thread.
///
/// # Errors
/// [`Unfit`], for every reason.
pub fn canonical(spec: KeySpec, plain: Material, lengths: Option<&RangeInclusive<usize>>) -> Result<Material, Unfit> {
    match spec.family() {
        KeyFamily::Symmetric | KeyFamily::Mac => {
            let fits = lengths.is_some_and(|lengths| lengths.contains(&plain.len())) && !plain.is_empty();
            if fits { Ok(plain) } else { Err(Unfit) }
        }
        KeyFamily::Private => private_key(spec, plain.expose()),
    }
}

fn private_key(spec: KeySpec, pkcs8: &[u8]) -> Result<Material, Unfit> {
    if !is_one_sequence(pkcs8) {
        return Err(Unfit);
    }
    if let Some(form) = SeedForm::of(spec) {
        // No other form is taken: one that also holds the expanded key would have to be checked against its seed.
        return form.seed(pkcs8).map(|_| Material::copy_of(pkcs8)).ok_or(Unfit);
    }
    // Takes PKCS#8 only; `private_key_from_der` would take PKCS#1 and SEC1 as well.
    let parsed = PKey::private_key_from_pkcs8(pkcs8)?;
    let sound = match (spec.rsa_bits(), curve(spec)) {
        (Some(bits), _) => rsa(parsed, bits)?,
        (None, Some(Nid::SM2)) => on_sm2(&parsed)?,
        (None, Some(curve)) => on_curve(&parsed, curve)?,
        (None, None) => edwards(parsed)?,
    };
    Ok(Material::new(sound.private_key_to_pkcs8()?))
}

/// Whether the bytes are one SEQUENCE from the first to the last, in definite or indefinite length.
/// OpenSSL ignores what follows the end.
pub(super) fn is_one_sequence(bytes: &[u8]) -> bool {
    if bytes.len() > PKCS8_MAX {
        return false;
    }
    let (length, content) = match bytes {
        [0x30, 0x80, content @ ..] => return content.ends_with(&[0, 0]),
        [0x30, length @ 0..0x80, content @ ..] => (usize::from(*length), content),
        [0x30, first @ 0x81..0x85, rest @ ..] => {
            let Some((digits, content)) = rest.split_at_checked(usize::from(first & 0x7f)) else {
                return false;
            };
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), content)
        }
        _ => return false,
    };
    content.len() == length
}

fn rsa(parsed: PKey<Private>, bits: u32) -> Result<PKey<Private>, Unfit> {
    // Size first: an RSA-8192 key fits into the limit, and checking it takes three seconds.
    if !parsed.is_a(KeyType::RSA) || parsed.bits() != bits {
        return Err(Unfit);
    }
    let key = parsed.rsa()?;
    let exponent = key.e();
    if !exponent.is_bit_set(0) || !(2..=64).contains(&exponent.num_bits()) || !key.check_key()? {
        return Err(Unfit);
    }
    Ok(parsed)
}

fn on_curve(parsed: &PKey<Private>, curve: Nid) -> Result<PKey<Private>, Unfit> {
    if !parsed.is_a(KeyType::EC) {
        return Err(Unfit);
    }
    let key = parsed.ec_key()?;
    // A curve written out in full goes by the name of the one it equals; only the flag tells.
    if key.group().curve_name() != Some(curve) || key.group().asn1_flag() != Asn1Flag::NAMED_CURVE {
        return Err(Unfit);
    }
    key.check_key()?;
    rebuild(&*EcGroup::from_curve_name(curve)?, key.private_key())
}

/// A parsed SM2 key is opaque to the safe interface, so it is recognised and taken apart by its
/// encoding.
fn on_sm2(parsed: &PKey<Private>) -> Result<PKey<Private>, Unfit> {
    let encoded = Material::new(parsed.private_key_to_pkcs8()?);
    let group = EcGroup::from_curve_name(Nid::SM2)?;
    let mut scalar = BigNum::new_secure()?;
    scalar.copy_from_slice(sm2::scalar(encoded.expose()).ok_or(Unfit)?)?;

    // Signing divides by 1 + d, so n − 1 is no private key (GB/T 32918.2, 6.1).
    let mut context = BigNumContext::new_secure()?;
    let mut limit = BigNum::new()?;
    group.order(&mut limit, &mut context)?;
    limit.sub_word(1)?;
    if scalar >= limit {
        return Err(Unfit);
    }

    let rebuilt = rebuild(&group, &scalar)?;
    scalar.clear();
    let spki = parsed.public_key_to_der()?;
    let theirs = EcPoint::from_bytes(&group, sm2::point(&spki).ok_or(Unfit)?, &mut context)?;
    if !theirs.eq(&group, rebuilt.ec_key()?.public_key(), &mut context)? {
        return Err(Unfit);
    }
    Ok(rebuilt)
}

fn edwards(parsed: PKey<Private>) -> Result<PKey<Private>, Unfit> {
    if parsed.is_a(KeyType::ED25519) { Ok(parsed) } else { Err(Unfit) }
}

/// The key of a scalar, with its point computed: callers may leave the point out or compress it,
/// and the public key that is shown later has neither.
fn rebuild(group: &EcGroupRef, scalar: &BigNumRef) -> Result<PKey<Private>, Unfit> {
    let mut point = EcPoint::new(group)?;
    point.mul_generator2(group, scalar, &mut *BigNumContext::new_secure()?)?;
    let key = EcKey::from_private_components(group, scalar, &point)?;
    key.check_key()?;
    Ok(PKey::from_ec_key(key)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sequence_spans_everything() {
        let long = [&[0x30, 0x82, 0x01, 0x00][..], &[7; 256]].concat();
        for good in [&[0x30, 0][..], &[0x30, 1, 5], &[0x30, 0x81, 1, 5], &[0x30, 0x80, 0, 0], &long] {
            assert!(is_one_sequence(good), "{good:02x?}");
        }
        for bad in [&[][..], &[0x30], &[0x30, 1], &[0x30, 0, 0], &[0x31, 0], &[0x30, 0x80, 1], &[0x30, 0x80]] {
            assert!(!is_one_sequence(bad), "{bad:02x?}");
        }
        assert!(!is_one_sequence(&[0x30, 0x85, 0, 0, 0, 0, 0]));
        assert!(!is_one_sequence(&[0x30, 0x82, 0]));
        assert!(!is_one_sequence(&long[..259]));
        assert!(!is_one_sequence(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]));
    }
}
