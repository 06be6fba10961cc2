//! Opening material that travelled under one of our wrapping keys.
//!
//! A refusal must not help anyone who sends forged blobs. So there is one error for everything that
//! can be wrong with a blob, made without a look at OpenSSL's reasons, and a blob of the wrong
//! length costs the same private operation as any other. Once a blob *has* opened under OAEP, SM2
//! or AES-KWP, whoever made it knew the content, and its length or kind may get an answer of its
//! own. PKCS#1 v1.5 gives no such assurance: there, everything is the one error.

mod aes_kwp;
mod rsa_aes_key_wrap;
mod rsa_oaep;
mod rsa_pkcs1;
mod sm2;

use std::ops::RangeInclusive;

use openssl::pkey::{PKey, Private};

pub use aes_kwp::{aes_kwp_unwrap, aes_kwp_wrap};

use crate::error::Error;
use crate::material::Material;
use crate::policy::PrivateKeyForm;
use crate::primitives::{Unfit, canonical};
use crate::spec::{KeyFamily, KeySpec, WrappingAlgorithm};

/// The longest wrapped field that is looked at, in bytes. An RSA-4096 block and the longest PKCS#8
/// that is accepted come to 6664.
pub const WRAPPED_MAX: usize = 8192;

/// What a caller sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrapped {
    /// What the wrapping algorithm made.
    pub blob: Vec<u8>,
    /// Second field of [`PrivateKeyForm::TwoFields`]: the private key under AES-KWP.
    pub private_key: Option<Vec<u8>>,
}

/// A wrapped blob does not open. Equal to itself, whatever the damage was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnwrapFailed;

impl From<UnwrapFailed> for Error {
    fn from(UnwrapFailed: UnwrapFailed) -> Self {
        Self::UnwrapFailed
    }
}

/// OpenSSL's reasons stay inside.
impl From<openssl::error::ErrorStack> for UnwrapFailed {
    fn from(_: openssl::error::ErrorStack) -> Self {
        Self
    }
}

impl From<crate::primitives::Refused> for UnwrapFailed {
    fn from(_: crate::primitives::Refused) -> Self {
        Self
    }
}

/// What a blob is expected to hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted<'a> {
    /// Raw bytes, so many of them.
    Raw(&'a RangeInclusive<usize>),
    /// PKCS#8 of any length.
    PrivateKey,
}

/// Opens wrapped material, checks that it is material of the kind, and brings it into canonical
/// form.
///
/// `wrapping_key` is PKCS#8 of the wrapping key's private half, of the kind that the algorithm
/// needs. `form` matters for private kinds only, `lengths` (in bytes) for raw kinds only. RSA
/// operations and the check of RSA material take up to 200 ms: not on an async thread.
///
/// # Errors
/// - [`Error::UnwrapFailed`] if the blob does not open, and for everything under PKCS#1 v1.5;
/// - [`Error::MaterialUnfit`] if it opened, but is not material of the kind;
/// - in two fields, for private kinds: [`Error::PrivateKeyMissing`] before anything else,
///   [`Error::UnwrapFailed`] if the temporary key does not open, [`Error::TemporaryKeyUnfit`] if it
///   has neither 16 nor 32 bytes, [`Error::PrivateKeyUnfit`] if the second field does not open or
///   is not material of the kind;
/// - [`Error::Internal`] if the wrapping key does not parse.
pub fn unwrap(
    algorithm: WrappingAlgorithm,
    wrapping_key: &Material,
    spec: KeySpec,
    form: PrivateKeyForm,
    lengths: Option<&RangeInclusive<usize>>,
    wrapped: &Wrapped,
) -> Result<Material, Error> {
    match (spec.family(), form) {
        (KeyFamily::Private, PrivateKeyForm::TwoFields) => two_fields(algorithm, wrapping_key, spec, wrapped),
        (KeyFamily::Private, PrivateKeyForm::OneField) => {
            one_field(algorithm, wrapping_key, spec, Wanted::PrivateKey, wrapped)
        }
        (KeyFamily::Symmetric | KeyFamily::Mac, _) => {
            // A kind that cannot be imported raw here; nothing that is sent could be right.
            let lengths = lengths.ok_or(Error::MaterialUnfit)?;
            one_field(algorithm, wrapping_key, spec, Wanted::Raw(lengths), wrapped)
        }
    }
}

fn one_field(
    algorithm: WrappingAlgorithm,
    wrapping_key: &Material,
    spec: KeySpec,
    wanted: Wanted<'_>,
    wrapped: &Wrapped,
) -> Result<Material, Error> {
    let key = parse(wrapping_key)?;
    let plain = match opener(algorithm) {
        Opener::Checked(open) => open(&key, &wrapped.blob)?,
        Opener::Pkcs1 => return Ok(rsa_pkcs1::unwrap(&key, spec, wanted, &wrapped.blob)?),
    };
    let lengths = match wanted {
        Wanted::Raw(lengths) => Some(lengths),
        Wanted::PrivateKey => None,
    };
    canonical(spec, plain, lengths).map_err(|Unfit| Error::MaterialUnfit)
}

fn two_fields(
    algorithm: WrappingAlgorithm,
    wrapping_key: &Material,
    spec: KeySpec,
    wrapped: &Wrapped,
) -> Result<Material, Error> {
    let field = wrapped.private_key.as_deref().ok_or(Error::PrivateKeyMissing)?;
    let key = parse(wrapping_key)?;
    let pkcs8 = match opener(algorithm) {
        Opener::Checked(open) => {
            let temporary = open(&key, &wrapped.blob)?;
            if !matches!(temporary.len(), 16 | 32) {
                return Err(Error::TemporaryKeyUnfit);
            }
            aes_kwp_unwrap(temporary.expose(), field).map_err(|UnwrapFailed| Error::PrivateKeyUnfit)?
        }
        Opener::Pkcs1 => rsa_pkcs1::unwrap_two_fields(&key, &wrapped.blob, field)?,
    };
    canonical(spec, pkcs8, None).map_err(|Unfit| Error::PrivateKeyUnfit)
}

/// How an algorithm opens a blob.
enum Opener {
    /// It tells by itself whether what came out is what went in.
    Checked(fn(&PKey<Private>, &[u8]) -> Result<Material, UnwrapFailed>),
    /// It does not, and has to be told what is wanted.
    Pkcs1,
}

fn opener(algorithm: WrappingAlgorithm) -> Opener {
    match algorithm {
        WrappingAlgorithm::RsaOaepSha1 => Opener::Checked(rsa_oaep::unwrap_sha1),
        WrappingAlgorithm::RsaOaepSha256 => Opener::Checked(rsa_oaep::unwrap_sha256),
        WrappingAlgorithm::RsaPkcs1 => Opener::Pkcs1,
        WrappingAlgorithm::RsaAesKeyWrapSha1 => Opener::Checked(rsa_aes_key_wrap::unwrap_sha1),
        WrappingAlgorithm::RsaAesKeyWrapSha256 => Opener::Checked(rsa_aes_key_wrap::unwrap_sha256),
        WrappingAlgorithm::Sm2Encrypt => Opener::Checked(sm2::unwrap),
    }
}

fn parse(wrapping_key: &Material) -> Result<PKey<Private>, Error> {
    PKey::private_key_from_pkcs8(wrapping_key.expose()).map_err(Error::internal)
}
