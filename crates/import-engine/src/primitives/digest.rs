//! Which hash an algorithm uses.

use openssl::hash::MessageDigest;
use openssl::md::{Md, MdRef};

use crate::spec::{MacAlgorithm, SigningAlgorithm};

/// The hash of a signing algorithm that signs a digest: the two forms that OpenSSL's interfaces
/// want. `None` for Ed25519 and ML-DSA, which hash inside.
pub(super) fn signature_hash(algorithm: SigningAlgorithm) -> Option<(MessageDigest, &'static MdRef)> {
    match algorithm {
        SigningAlgorithm::RsaPssSha256 | SigningAlgorithm::RsaPkcs1Sha256 | SigningAlgorithm::EcdsaSha256 => {
            Some((MessageDigest::sha256(), Md::sha256()))
        }
        SigningAlgorithm::RsaPssSha384 | SigningAlgorithm::RsaPkcs1Sha384 | SigningAlgorithm::EcdsaSha384 => {
            Some((MessageDigest::sha384(), Md::sha384()))
        }
        SigningAlgorithm::RsaPssSha512 | SigningAlgorithm::RsaPkcs1Sha512 | SigningAlgorithm::EcdsaSha512 => {
            Some((MessageDigest::sha512(), Md::sha512()))
        }
        SigningAlgorithm::Sm2Dsa => Some((MessageDigest::sm3(), Md::sm3())),
        SigningAlgorithm::Ed25519 | SigningAlgorithm::Ed25519ph | SigningAlgorithm::MlDsa => None,
    }
}

/// The hash inside an HMAC.
pub(super) fn mac_hash(algorithm: MacAlgorithm) -> MessageDigest {
    match algorithm {
        MacAlgorithm::HmacSha224 => MessageDigest::sha224(),
        MacAlgorithm::HmacSha256 => MessageDigest::sha256(),
        MacAlgorithm::HmacSha384 => MessageDigest::sha384(),
        MacAlgorithm::HmacSha512 => MessageDigest::sha512(),
        MacAlgorithm::HmacSm3 => MessageDigest::sm3(),
    }
}
