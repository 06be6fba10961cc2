//! How much plaintext an algorithm takes.

use crate::spec::{EncryptionAlgorithm, KeySpec};

/// The most that is sealed in one go under a symmetric key or SM2. Far above what any vendor lets
/// through and far below what OpenSSL's `int` lengths hold.
pub(super) const SEALED_MAX: usize = 1 << 20;

/// The most bytes that one call encrypts; zero if the kind of key cannot do the algorithm.
///
/// RSA: the modulus less the padding of RFC 8017, 7.1.1 (two hashes and 2) or 7.2.1 (11). The
/// others have no such bound; theirs is a safeguard that vendors' own limits come before.
pub fn plaintext_maximum(algorithm: EncryptionAlgorithm, spec: KeySpec) -> usize {
    if !algorithm.fits(spec) {
        return 0;
    }
    let size = match spec.rsa_bits() {
        Some(2048) => 256,
        Some(3072) => 384,
        Some(_) => 512,
        None => return SEALED_MAX,
    };
    let padding = match algorithm {
        EncryptionAlgorithm::RsaOaepSha1 => 2 * 20 + 2,
        EncryptionAlgorithm::RsaOaepSha256 => 2 * 32 + 2,
        EncryptionAlgorithm::RsaPkcs1 => 11,
        EncryptionAlgorithm::Symmetric | EncryptionAlgorithm::Sm2 => return SEALED_MAX,
    };
    size - padding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_published() {
        use EncryptionAlgorithm::{RsaOaepSha1, RsaOaepSha256, RsaPkcs1};
        use KeySpec::{EcP256, Rsa2048, Rsa3072, Rsa4096};
        for (spec, sha1, sha256, pkcs1) in
            [(Rsa2048, 214, 190, 245), (Rsa3072, 342, 318, 373), (Rsa4096, 470, 446, 501)]
        {
            assert_eq!(plaintext_maximum(RsaOaepSha1, spec), sha1);
            assert_eq!(plaintext_maximum(RsaOaepSha256, spec), sha256);
            assert_eq!(plaintext_maximum(RsaPkcs1, spec), pkcs1);
        }
        assert_eq!(plaintext_maximum(RsaPkcs1, EcP256), 0);
    }
}
