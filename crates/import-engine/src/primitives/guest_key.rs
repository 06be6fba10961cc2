//! Secrets encrypted under a public key that came with the question and is not kept.

use openssl::bn::BigNumContext;
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::nid::Nid;
use openssl::pkey::{KeyType, PKey, Public};

use super::canonical::is_one_sequence;
use super::oaep::OaepHash;
use super::{Refused, pkcs1, sm2};

/// Bits of the only modulus that is taken.
const RSA_BITS: u32 = 2048;

/// How a secret is encrypted under somebody's public key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GuestCipher {
    /// RSA PKCS#1 v1.5, 2048 bits.
    RsaPkcs1,
    /// RSA-OAEP with SHA-1 throughout, 2048 bits.
    RsaOaepSha1,
    /// RSA-OAEP with SHA-256 throughout, 2048 bits.
    RsaOaepSha256,
    /// SM2, C1C3C2 in ASN.1.
    Sm2Asn1,
    /// SM2, the bytes of C1, C3 and C2 one after another, C1 without the `04` of an uncompressed point.
    Sm2Concatenated,
}

impl GuestCipher {
    /// Whether it takes longer than about 100 µs.
    pub(crate) const fn is_slow(self) -> bool {
        matches!(self, Self::Sm2Asn1 | Self::Sm2Concatenated)
    }

    /// Encrypts under a `SubjectPublicKeyInfo` in DER.
    pub(crate) fn encrypt(self, spki: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Refused> {
        match self {
            Self::RsaPkcs1 => Ok(pkcs1::encrypt(&*rsa(spki)?, plaintext)?),
            Self::RsaOaepSha1 => Ok(OaepHash::Sha1.encrypt(&*rsa(spki)?, plaintext)?),
            Self::RsaOaepSha256 => Ok(OaepHash::Sha256.encrypt(&*rsa(spki)?, plaintext)?),
            Self::Sm2Asn1 => Ok(sm2::encrypt(&*on_sm2(spki)?, plaintext)?),
            Self::Sm2Concatenated => sm2::concatenated(&sm2::encrypt(&*on_sm2(spki)?, plaintext)?),
        }
    }
}

fn rsa(spki: &[u8]) -> Result<PKey<Public>, Refused> {
    // OpenSSL ignores what follows the end.
    if !is_one_sequence(spki) {
        return Err(Refused);
    }
    let key = PKey::public_key_from_der(spki)?;
    let is_sound = key.is_a(KeyType::RSA) && key.bits() == RSA_BITS && key.rsa()?.e().is_bit_set(0);
    if is_sound { Ok(key) } else { Err(Refused) }
}

/// A parsed SM2 key is opaque to the safe interface, so it is built from its point.
fn on_sm2(spki: &[u8]) -> Result<PKey<Public>, Refused> {
    let group = EcGroup::from_curve_name(Nid::SM2)?;
    let mut context = BigNumContext::new()?;
    let point = EcPoint::from_bytes(&group, sm2::point(spki).ok_or(Refused)?, &mut context)?;
    let key = EcKey::from_public_key(&group, &point)?;
    key.check_key()?;
    Ok(PKey::from_ec_key(key)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SystemChance;
    use crate::primitives::{LoadedKey, generate, public_key};
    use crate::spec::{EncryptionAlgorithm, KeySpec};
    use openssl::pkey::PKey;

    const SM2_CIPHERS: [GuestCipher; 2] = [GuestCipher::Sm2Asn1, GuestCipher::Sm2Concatenated];
    const RSA_CIPHERS: [(GuestCipher, EncryptionAlgorithm, usize); 3] = [
        (GuestCipher::RsaPkcs1, EncryptionAlgorithm::RsaPkcs1, 245),
        (GuestCipher::RsaOaepSha1, EncryptionAlgorithm::RsaOaepSha1, 214),
        (GuestCipher::RsaOaepSha256, EncryptionAlgorithm::RsaOaepSha256, 190),
    ];

    fn pair(spec: KeySpec) -> (LoadedKey, Vec<u8>) {
        let material = generate(spec, &SystemChance).unwrap();
        (LoadedKey::load(spec, &material).unwrap(), public_key(spec, &material).unwrap().unwrap())
    }

    #[test]
    fn the_guest_opens_it() {
        let (key, spki) = pair(KeySpec::Rsa2048);
        for (cipher, algorithm, longest) in RSA_CIPHERS {
            for length in [1, 32, longest] {
                let sealed = cipher.encrypt(&spki, &vec![7; length]).unwrap();
                assert_eq!(key.decrypt(algorithm, &sealed).unwrap().expose(), vec![7; length]);
            }
            assert_eq!(cipher.encrypt(&spki, &vec![7; longest + 1]), Err(Refused));
        }
        let material = generate(KeySpec::Sm2, &SystemChance).unwrap();
        let (key, spki) = (
            PKey::private_key_from_pkcs8(material.expose()).unwrap(),
            public_key(KeySpec::Sm2, &material).unwrap().unwrap(),
        );
        // Often enough to meet coordinates with leading zeros.
        for round in 1..=300 {
            let plaintext = vec![7; round];
            let sealed = GuestCipher::Sm2Concatenated.encrypt(&spki, &plaintext).unwrap();
            assert_eq!(sealed.len(), 96 + round);
            assert_eq!(sm2::decrypt_any_form(&key, &sealed).unwrap().expose(), plaintext);
        }
        let sealed = GuestCipher::Sm2Asn1.encrypt(&spki, &[7; 32]).unwrap();
        assert_eq!(sm2::decrypt(&key, &sealed).unwrap().expose(), [7; 32]);
    }

    #[test]
    fn other_keys_are_refused() {
        let (rsa, sm2) = (pair(KeySpec::Rsa2048).1, pair(KeySpec::Sm2).1);
        let long = PKey::from_rsa(openssl::rsa::Rsa::generate(3072).unwrap()).unwrap().public_key_to_der().unwrap();
        let p256 = pair(KeySpec::EcP256).1;
        for (cipher, ..) in RSA_CIPHERS {
            for bad in [&sm2[..], &long, &p256, b"", &rsa[..rsa.len() - 1], &[&rsa[..], &[0]].concat()] {
                assert_eq!(cipher.encrypt(bad, b"x"), Err(Refused));
            }
        }
        let mut off = sm2.clone();
        let last = off.len() - 1;
        off[last] ^= 1;
        for cipher in SM2_CIPHERS {
            for bad in [&rsa[..], &p256, b"", &sm2[..sm2.len() - 1], &[&sm2[..], &[0]].concat(), &off] {
                assert_eq!(cipher.encrypt(bad, b"x"), Err(Refused));
            }
            assert_eq!(cipher.encrypt(&sm2, b""), Err(Refused));
        }
    }
}
