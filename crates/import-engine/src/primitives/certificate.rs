//! Statements that are signed with the key of a certificate, and the chain of that certificate.

use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::{MessageDigest, hash};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::X509VerifyParam;
use openssl::x509::{X509, X509StoreContext, X509VerifyResult};

use super::Refused;
use super::canonical::is_one_sequence;
use crate::clock::Timestamp;

/// The most certificates between a leaf and its anchor. Far above what anybody has.
const DEPTH_MAX: i32 = 16;
/// OpenSSL's third level of security: 128 bits, so no SHA-1 and no RSA below 3072.
const SECURITY_LEVEL: i32 = 3;
/// Bytes of r, and of s, on P-384.
const COORDINATE: usize = 48;

/// A root certificate under which others are trusted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrustAnchor(X509);

/// The text is no certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not one certificate in PEM")]
pub struct NoCertificate;

impl TrustAnchor {
    /// Reads one certificate in PEM.
    ///
    /// # Errors
    /// [`NoCertificate`].
    pub fn from_pem(text: &str) -> Result<Self, NoCertificate> {
        match X509::stack_from_pem(text.as_bytes()) {
            Ok(mut found) if found.len() == 1 => found.pop().map(Self).ok_or(NoCertificate),
            _ => Err(NoCertificate),
        }
    }

    /// The public key of a leaf whose chain leads here, all of it valid at an instant. `bundle` holds the
    /// certificates between, in any order; those that do not belong to the chain do no harm.
    pub(crate) fn vouch(&self, leaf: &[u8], bundle: &[Vec<u8>], at: Timestamp) -> Result<PKey<Public>, Refused> {
        let leaf = certificate(leaf)?;
        let mut between = Stack::new()?;
        for member in bundle {
            between.push(certificate(member)?)?;
        }
        let store = self.store(at)?;
        // The verdict's reason stays inside: it would only be told to whoever made the chain.
        let good = X509StoreContext::new()?.init(&store, &leaf, &between, |context| {
            Ok(context.verify_cert()? && context.error() == X509VerifyResult::OK)
        })?;
        if good { Ok(leaf.public_key()?) } else { Err(Refused) }
    }

    fn store(&self, at: Timestamp) -> Result<X509Store, ErrorStack> {
        let mut rules = X509VerifyParam::new()?;
        rules.set_time(at.milliseconds().div_euclid(1000));
        rules.set_depth(DEPTH_MAX);
        rules.set_auth_level(SECURITY_LEVEL);
        let mut store = X509StoreBuilder::new()?;
        store.add_cert(self.0.clone())?;
        store.set_param(&rules)?;
        Ok(store.build())
    }
}

/// One certificate in DER and nothing after it.
fn certificate(der: &[u8]) -> Result<X509, Refused> {
    if is_one_sequence(der) { Ok(X509::from_der(der)?) } else { Err(Refused) }
}

/// Whether a signature is ECDSA on P-384 with SHA-384, written as r ‖ s.
pub(crate) fn is_signed_with_p384(key: &PKey<Public>, statement: &[u8], signature: &[u8]) -> Result<bool, Refused> {
    let key = key.ec_key()?;
    if key.group().curve_name() != Some(Nid::SECP384R1) || signature.len() != 2 * COORDINATE {
        return Ok(false);
    }
    let (r, s) = signature.split_at(COORDINATE);
    let signature = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
    let digest = hash(MessageDigest::sha384(), statement)?;
    // A signature that cannot be one is an error there.
    Ok(signature.verify(&digest, &key).unwrap_or(false))
}
