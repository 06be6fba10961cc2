//! Signatures.

use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::hash;
use openssl::pkey::{HasPublic, PKeyRef, Private};
use openssl::pkey_ctx::{PkeyCtx, PkeyCtxRef};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer, Verifier};

use super::digest::signature_hash;
use super::sm2;
use crate::error::Error;
use crate::policy::PssSalt;
use crate::spec::{MessageForm, SigningAlgorithm};

/// The digest that is signed: the message hashed, or the message itself if the caller hashed it.
/// `z` is what SM2 puts in front of messages, for SM2 keys.
///
/// # Errors
/// [`Error::DigestLength`] if the caller's digest is not as long as the algorithm's.
pub(super) fn digest(
    algorithm: SigningAlgorithm,
    form: MessageForm,
    message: &[u8],
    z: Option<&[u8; 32]>,
) -> Result<Vec<u8>, Error> {
    match form {
        MessageForm::Digest if message.len() == algorithm.digest_length() => Ok(message.to_vec()),
        MessageForm::Digest => Err(Error::DigestLength),
        MessageForm::ExternalMu | MessageForm::Prehashed => Err(Error::MessageFormUnfit),
        MessageForm::Raw => match (signature_hash(algorithm), z) {
            (Some(_), Some(z)) => {
                sm2::message_digest(z, message).map(|digest| digest.to_vec()).map_err(Error::internal)
            }
            (Some((hashed, _)), None) => hash(hashed, message).map(|digest| digest.to_vec()).map_err(Error::internal),
            (None, _) => Err(Error::MessageFormUnfit),
        },
    }
}

/// Signs a digest with an RSA, curve or SM2 key. RSA: raw bytes of the modulus's length. Others:
/// DER of r and s, not low-s.
pub(super) fn sign_digest(
    key: &PKeyRef<Private>,
    algorithm: SigningAlgorithm,
    digest: &[u8],
) -> Result<Vec<u8>, ErrorStack> {
    let mut context = PkeyCtx::new(key)?;
    context.sign_init()?;
    configure(&mut context, algorithm, PssSalt::AsDigest)?;
    let mut signature = Vec::new();
    context.sign_to_vec(digest, &mut signature)?;
    Ok(signature)
}

/// Whether a signature over a digest is right. A malformed one is just not right.
pub(super) fn verify_digest<T: HasPublic>(
    key: &PKeyRef<T>,
    algorithm: SigningAlgorithm,
    digest: &[u8],
    signature: &[u8],
) -> Result<bool, ErrorStack> {
    verify_digest_salted(key, algorithm, digest, signature, PssSalt::AsDigest)
}

/// As [`verify_digest`], with a vendor's rule for the salts of RSASSA-PSS.
pub(super) fn verify_digest_salted<T: HasPublic>(
    key: &PKeyRef<T>,
    algorithm: SigningAlgorithm,
    digest: &[u8],
    signature: &[u8],
    salt: PssSalt,
) -> Result<bool, ErrorStack> {
    let mut context = PkeyCtx::new(key)?;
    context.verify_init()?;
    configure(&mut context, algorithm, salt)?;
    // A wrong signature is an error here or `Ok(false)`, depending on algorithm and version.
    Ok(context.verify(digest, signature).unwrap_or(false))
}

/// Without the hash set, OpenSSL signs a digest of any length; without the salt length set, its
/// versions differ when signing and take any when verifying.
fn configure<T>(context: &mut PkeyCtxRef<T>, algorithm: SigningAlgorithm, salt: PssSalt) -> Result<(), ErrorStack> {
    let rsa_padding = match algorithm {
        SigningAlgorithm::RsaPssSha256 | SigningAlgorithm::RsaPssSha384 | SigningAlgorithm::RsaPssSha512 => {
            Some(Padding::PKCS1_PSS)
        }
        SigningAlgorithm::RsaPkcs1Sha256 | SigningAlgorithm::RsaPkcs1Sha384 | SigningAlgorithm::RsaPkcs1Sha512 => {
            Some(Padding::PKCS1)
        }
        SigningAlgorithm::EcdsaSha256
        | SigningAlgorithm::EcdsaSha384
        | SigningAlgorithm::EcdsaSha512
        | SigningAlgorithm::Ed25519
        | SigningAlgorithm::Ed25519ph
        | SigningAlgorithm::Sm2Dsa
        | SigningAlgorithm::MlDsa => None,
    };
    if let Some(padding) = rsa_padding {
        context.set_rsa_padding(padding)?;
    }
    if let Some((_, hash)) = signature_hash(algorithm) {
        context.set_signature_md(hash)?;
        if rsa_padding == Some(Padding::PKCS1_PSS) {
            context.set_rsa_mgf1_md(hash)?;
            if salt == PssSalt::AsDigest {
                context.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
            }
        }
    }
    Ok(())
}

/// Signs a message with Ed25519 (RFC 8032, 5.1).
pub(super) fn sign_ed25519(key: &PKeyRef<Private>, message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    Signer::new_without_digest(key)?.sign_oneshot_to_vec(message)
}

/// Whether an Ed25519 signature over a message is right.
pub(super) fn verify_ed25519<T: HasPublic>(
    key: &PKeyRef<T>,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, ErrorStack> {
    Ok(Verifier::new_without_digest(key)?.verify_oneshot(signature, message).unwrap_or(false))
}

/// DER of a signature on a curve or with SM2 that came as r ‖ s, both equally long. `None` if no such halves are there.
pub fn signature_der(concatenated: &[u8]) -> Option<Vec<u8>> {
    if concatenated.is_empty() || !concatenated.len().is_multiple_of(2) {
        return None;
    }
    let (r, s) = concatenated.split_at(concatenated.len() / 2);
    let (r, s) = (BigNum::from_slice(r).ok()?, BigNum::from_slice(s).ok()?);
    EcdsaSig::from_private_components(r, s).and_then(|signature| signature.to_der()).ok()
}
