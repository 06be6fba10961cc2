//! Statements that are signed with an RSA key whose public half comes along.

use openssl::hash::MessageDigest;
use openssl::hash::hash;

use super::Refused;
use super::envelope::rsa_key;
use super::signing::verify_digest;
use crate::spec::SigningAlgorithm;

/// Whether a statement is signed by the holder of an RSA key: RSASSA-PKCS1-v1_5 with SHA-256.
///
/// # Errors
/// [`Refused`] if `spki` is not the `SubjectPublicKeyInfo` of an RSA key of 2048 to 4096 bits.
pub(crate) fn is_signed_with_rsa(spki: &[u8], statement: &[u8], signature: &[u8]) -> Result<bool, Refused> {
    let key = rsa_key(spki)?;
    let digest = hash(MessageDigest::sha256(), statement)?;
    Ok(verify_digest(&key, SigningAlgorithm::RsaPkcs1Sha256, &digest, signature)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;
    use openssl::sign::Signer;

    #[test]
    fn only_the_holder_signs() {
        let pair = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let spki = pair.public_key_to_der().unwrap();
        let sign = |digest| Signer::new(digest, &pair).unwrap().sign_oneshot_to_vec(b"statement").unwrap();
        let good = sign(MessageDigest::sha256());
        assert_eq!(is_signed_with_rsa(&spki, b"statement", &good), Ok(true));
        assert_eq!(is_signed_with_rsa(&spki, b"statements", &good), Ok(false));
        for bad in [&good[1..], b"", &sign(MessageDigest::sha512())] {
            assert_eq!(is_signed_with_rsa(&spki, b"statement", bad), Ok(false));
        }
        let other = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap().public_key_to_der().unwrap();
        assert_eq!(is_signed_with_rsa(&other, b"statement", &good), Ok(false));
        let curve = PKey::generate_ed25519().unwrap().public_key_to_der().unwrap();
        for unfit in [&spki[..spki.len() - 1], &[&spki[..], &[0]].concat(), &curve, b""] {
            assert_eq!(is_signed_with_rsa(unfit, b"statement", &good), Err(Refused));
        }
    }
}
