//! SM2 (GB/T 32918): encryption, the digest that is signed, and the encodings that OpenSSL keeps
//! to itself.

use der::asn1::{AnyRef, BitStringRef, OctetStringRef, UintRef};
use der::{Decode, Encode, Sequence};
use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::ec::{EcGroup, EcGroupRef, EcPoint};
use openssl::error::ErrorStack;
use openssl::hash::{Hasher, MessageDigest};
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, PKeyRef, Private};
use openssl::pkey_ctx::PkeyCtx;

use super::Refused;
use crate::material::Material;

/// Bytes of a coordinate, of a scalar and of an SM3 digest.
const FIELD: usize = 32;

/// Contents of the `AlgorithmIdentifier` of an SM2 key with its curve by name: id-ecPublicKey
/// (1.2.840.10045.2.1), then the curve (1.2.156.10197.1.301).
const ALGORITHM: [u8; 19] =
    [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d];

/// The identity that signers go by when nobody says otherwise (GM/T 0009, 10).
const DISTINGUISHING_ID: &[u8; 16] = b"1234567812345678";

/// A ciphertext (GM/T 0009, 7.2), in the order C1 C3 C2.
#[derive(Sequence)]
struct Ciphertext<'a> {
    x: UintRef<'a>,
    y: UintRef<'a>,
    digest: &'a OctetStringRef,
    text: &'a OctetStringRef,
}

/// PKCS#8 as OpenSSL writes it.
#[derive(Sequence)]
struct PrivateKeyInfo<'a> {
    version: u8,
    algorithm: AnyRef<'a>,
    key: &'a OctetStringRef,
}

/// The key inside PKCS#8 (RFC 5915).
#[derive(Sequence)]
struct EcPrivateKey<'a> {
    version: u8,
    scalar: &'a OctetStringRef,
    #[asn1(context_specific = "0", optional = "true")]
    parameters: Option<AnyRef<'a>>,
    #[asn1(context_specific = "1", optional = "true")]
    point: Option<BitStringRef<'a>>,
}

#[derive(Sequence)]
struct SubjectPublicKeyInfo<'a> {
    algorithm: AnyRef<'a>,
    point: BitStringRef<'a>,
}

/// The scalar in a key's PKCS#8, if it is one of SM2 with the curve by name.
pub(super) fn scalar(pkcs8: &[u8]) -> Option<&[u8]> {
    let info = PrivateKeyInfo::from_der(pkcs8).ok()?;
    if info.version != 0 || info.algorithm.value() != ALGORITHM {
        return None;
    }
    EcPrivateKey::from_der(info.key.as_bytes()).ok().map(|key| key.scalar.as_bytes())
}

/// The point in a key's `SubjectPublicKeyInfo`, compressed or not, if it is one of SM2.
pub(super) fn point(spki: &[u8]) -> Option<&[u8]> {
    let info = SubjectPublicKeyInfo::from_der(spki).ok()?;
    if info.algorithm.value() == ALGORITHM { info.point.as_bytes() } else { None }
}

/// Encrypts; the ciphertext is DER.
pub(super) fn encrypt<T: HasPublic>(key: &PKeyRef<T>, plaintext: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let mut context = PkeyCtx::new(key)?;
    context.encrypt_init()?;
    let mut ciphertext = Vec::new();
    context.encrypt_to_vec(plaintext, &mut ciphertext)?;
    Ok(ciphertext)
}

/// The bytes of C1 C3 C2 of a ciphertext in DER one after another, C1 without the `04` of an uncompressed point.
pub(super) fn concatenated(ciphertext: &[u8]) -> Result<Vec<u8>, Refused> {
    let parts = Ciphertext::from_der(ciphertext).map_err(|_| Refused)?;
    let mut bytes = Vec::with_capacity(ciphertext.len());
    for number in [&parts.x, &parts.y] {
        // DER leaves leading zeros out.
        let missing = FIELD.checked_sub(number.as_bytes().len()).ok_or(Refused)?;
        bytes.resize(bytes.len() + missing, 0);
        bytes.extend_from_slice(number.as_bytes());
    }
    bytes.extend_from_slice(parts.digest.as_bytes());
    bytes.extend_from_slice(parts.text.as_bytes());
    Ok(bytes)
}

/// Decrypts a ciphertext in DER, which must not be followed by anything.
pub(crate) fn decrypt(key: &PKeyRef<Private>, ciphertext: &[u8]) -> Result<Material, Refused> {
    // OpenSSL ignores trailing bytes.
    let parts = Ciphertext::from_der(ciphertext).map_err(|_| Refused)?;
    decrypt_parts(key, &parts)
}

/// Decrypts a ciphertext in any form that vendors' tools write: DER, or the bytes of C1 C3 C2 one
/// after another with or without the `04` of an uncompressed point in front.
///
/// The forms overlap: bytes without the prefix may begin with 04 themselves. Both readings are then
/// tried; the digest inside lets at most one of them pass.
pub(crate) fn decrypt_any_form(key: &PKeyRef<Private>, ciphertext: &[u8]) -> Result<Material, Refused> {
    if let Ok(parts) = Ciphertext::from_der(ciphertext) {
        return decrypt_parts(key, &parts);
    }
    if let Some(unprefixed) = ciphertext.strip_prefix(&[4])
        && let Ok(plaintext) = decrypt_concatenated(key, unprefixed)
    {
        return Ok(plaintext);
    }
    decrypt_concatenated(key, ciphertext)
}

fn decrypt_concatenated(key: &PKeyRef<Private>, ciphertext: &[u8]) -> Result<Material, Refused> {
    let (x, rest) = ciphertext.split_at_checked(FIELD).ok_or(Refused)?;
    let (y, rest) = rest.split_at_checked(FIELD).ok_or(Refused)?;
    let (digest, text) = rest.split_at_checked(FIELD).ok_or(Refused)?;
    let parts = Ciphertext {
        x: UintRef::new(x).map_err(|_| Refused)?,
        y: UintRef::new(y).map_err(|_| Refused)?,
        digest: OctetStringRef::new(digest).map_err(|_| Refused)?,
        text: OctetStringRef::new(text).map_err(|_| Refused)?,
    };
    decrypt_parts(key, &parts)
}

fn decrypt_parts(key: &PKeyRef<Private>, parts: &Ciphertext<'_>) -> Result<Material, Refused> {
    let too_long = |number: &UintRef<'_>| number.as_bytes().len() > FIELD;
    let text = parts.text.as_bytes().len();
    if too_long(&parts.x) || too_long(&parts.y) || parts.digest.as_bytes().len() != FIELD || text == 0 {
        return Err(Refused);
    }
    let encoded = parts.to_der().map_err(|_| Refused)?;
    let mut context = PkeyCtx::new(key)?;
    context.decrypt_init()?;
    let mut plaintext = Material::zeroed(text);
    let length = context.decrypt(&encoded, Some(plaintext.expose_mut()))?;
    plaintext.truncate(length);
    Ok(plaintext)
}

/// Z of a key: the digest over the signer's identity, the curve and the public point that goes in
/// front of every signed message (GB/T 32918.2, 5.5).
///
/// # Errors
/// Only what allocation and a build of OpenSSL without SM2 bring about.
pub(super) fn identity_digest(key: &PKeyRef<Private>) -> Result<[u8; FIELD], ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::SM2)?;
    let mut context = BigNumContext::new()?;
    let (mut p, mut a, mut b) = (BigNum::new()?, BigNum::new()?, BigNum::new()?);
    group.components_gfp(&mut p, &mut a, &mut b, &mut context)?;
    let (gx, gy) = generator(&group, &mut context)?;

    let spki = key.public_key_to_der()?;
    // `04 ‖ x ‖ y` at the end; canonical material never has the point compressed.
    let public = &spki[spki.len().saturating_sub(2 * FIELD)..];

    let mut hasher = Hasher::new(MessageDigest::sm3())?;
    // Length of the identity in bits, in two bytes.
    hasher.update(&[0, 128])?;
    hasher.update(DISTINGUISHING_ID)?;
    for number in [&a, &b, &gx, &gy] {
        hasher.update(&padded(number)?)?;
    }
    hasher.update(public)?;
    finish(hasher)
}

fn generator(group: &EcGroupRef, context: &mut BigNumContext) -> Result<(BigNum, BigNum), ErrorStack> {
    // As 1·G: the group's own getter answers an `Option`.
    let mut point = EcPoint::new(group)?;
    point.mul_generator2(group, &*BigNum::from_u32(1)?, context)?;
    let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
    point.affine_coordinates(group, &mut x, &mut y, context)?;
    Ok((x, y))
}

fn padded(number: &BigNumRef) -> Result<Vec<u8>, ErrorStack> {
    number.to_vec_padded(32)
}

/// The digest of a message that is signed: SM3(Z ‖ message).
pub(super) fn message_digest(z: &[u8; FIELD], message: &[u8]) -> Result<[u8; FIELD], ErrorStack> {
    let mut hasher = Hasher::new(MessageDigest::sm3())?;
    hasher.update(z)?;
    hasher.update(message)?;
    finish(hasher)
}

fn finish(mut hasher: Hasher) -> Result<[u8; FIELD], ErrorStack> {
    let mut digest = [0; FIELD];
    for (to, from) in digest.iter_mut().zip(hasher.finish()?.iter()) {
        *to = *from;
    }
    Ok(digest)
}
