//! Secrets sealed for the holder of an RSA key: CMS `EnvelopedData` (RFC 5652, 6), whose content key
//! travels under RSA-OAEP with SHA-256 (RFC 4055, 4.1) and whose content is AES-256-CBC.
//!
//! OpenSSL's own writer wants a certificate and knows no OAEP. The layout is that of the answers which
//! clients of this form are used to, indefinite lengths included.

use openssl::pkey::{KeyType, PKey, Public};
use openssl::symm::{Cipher, encrypt};

use super::Refused;
use super::canonical::is_one_sequence;
use super::hash::sha256;
use super::oaep::OaepHash;
use crate::chance::Chance;
use crate::error::Error;
use crate::material::Material;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OCTETS: u8 = 0x04;
/// The tags `[0]` and `[1]` around something, and `[0]` instead of something's own tag.
const EXPLICIT_0: u8 = 0xa0;
const EXPLICIT_1: u8 = 0xa1;
const IMPLICIT_0: u8 = 0x80;
const VERSION_2: [u8; 3] = [0x02, 0x01, 0x02];
/// An end marker for each of the five indefinite lengths.
const ENDS: [u8; 10] = [0; 10];

/// 1.2.840.113549.1.7.3
const ENVELOPED_DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03];
/// 1.2.840.113549.1.7.1
const DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
/// 1.2.840.113549.1.1.7
const RSAES_OAEP: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x07];
/// 1.2.840.113549.1.1.8
const MGF1: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];
/// `AlgorithmIdentifier` of SHA-256 (2.16.840.1.101.3.4.2.1) with NULL.
const SHA_256: [u8; 15] = [0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00];
/// 2.16.840.1.101.3.4.1.42
const AES_256_CBC: [u8; 11] = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a];

/// A public key for which secrets can be sealed.
#[derive(Clone, Debug)]
pub struct RecipientKey {
    key: PKey<Public>,
    /// SHA-256 of its `SubjectPublicKeyInfo`.
    identifier: [u8; 32],
}

impl RecipientKey {
    /// Reads a `SubjectPublicKeyInfo` in DER of an RSA key of 2048 to 4096 bits.
    pub(crate) fn parse(spki: &[u8]) -> Result<Self, Refused> {
        Ok(Self { key: rsa_key(spki)?, identifier: sha256(spki) })
    }

    /// A short secret under the key itself: RSA-OAEP with SHA-256.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(crate) fn wrap(&self, plaintext: &Material) -> Result<Vec<u8>, Error> {
        OaepHash::Sha256.encrypt(&self.key, plaintext.expose()).map_err(Error::internal)
    }

    /// Seals a secret.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(crate) fn seal(&self, plaintext: &[u8], chance: &dyn Chance) -> Result<Vec<u8>, Error> {
        let mut content_key = Material::zeroed(32);
        chance.fill_secret(content_key.expose_mut())?;
        let mut iv = [0; 16];
        chance.fill(&mut iv)?;
        let wrapped = OaepHash::Sha256.encrypt(&self.key, content_key.expose()).map_err(Error::internal)?;
        let content =
            encrypt(Cipher::aes_256_cbc(), content_key.expose(), Some(&iv), plaintext).map_err(Error::internal)?;
        Ok(self.enveloped(&wrapped, &iv, &content))
    }

    fn enveloped(&self, wrapped: &[u8], iv: &[u8], content: &[u8]) -> Vec<u8> {
        let mgf = tagged(SEQUENCE, &[&MGF1, &SHA_256]);
        let parameters = tagged(SEQUENCE, &[&tagged(EXPLICIT_0, &[&SHA_256]), &tagged(EXPLICIT_1, &[&mgf])]);
        let recipient = tagged(
            SEQUENCE,
            &[
                &VERSION_2,
                &tagged(IMPLICIT_0, &[&self.identifier]),
                &tagged(SEQUENCE, &[&RSAES_OAEP, &parameters]),
                &tagged(OCTETS, &[wrapped]),
            ],
        );
        let parts = [
            &open(SEQUENCE)[..],
            &ENVELOPED_DATA,
            &open(EXPLICIT_0),
            &open(SEQUENCE),
            &VERSION_2,
            &tagged(SET, &[&recipient]),
            &open(SEQUENCE),
            &DATA,
            &tagged(SEQUENCE, &[&AES_256_CBC, &tagged(OCTETS, &[iv])]),
            &open(EXPLICIT_0),
            &tagged(OCTETS, &[content]),
            &ENDS,
        ];
        parts.concat()
    }
}

/// Reads a `SubjectPublicKeyInfo` in DER of an RSA key of 2048 to 4096 bits.
pub(super) fn rsa_key(spki: &[u8]) -> Result<PKey<Public>, Refused> {
    if !is_one_sequence(spki) {
        return Err(Refused);
    }
    let key = PKey::public_key_from_der(spki)?;
    // A long exponent would be a caller's way to make this server compute for long.
    let exponent_fits = key.is_a(KeyType::RSA) && {
        let rsa = key.rsa()?;
        rsa.e().is_bit_set(0) && rsa.e().num_bits() <= 64
    };
    if !exponent_fits || !(2048..=4096).contains(&key.bits()) {
        return Err(Refused);
    }
    Ok(key)
}

/// The start of something of indefinite length.
const fn open(tag: u8) -> [u8; 2] {
    [tag, 0x80]
}

/// Something of definite length, in the fewest bytes.
fn tagged(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let digits = content.len().to_be_bytes();
    let digits = &digits[digits.iter().position(|digit| *digit != 0).unwrap_or(digits.len() - 1)..];
    let mut bytes = vec![tag];
    if let [length @ 0..0x80] = digits {
        bytes.push(*length);
    } else {
        bytes.push(0x80 | u8::try_from(digits.len()).unwrap_or(0));
        bytes.extend_from_slice(digits);
    }
    bytes.extend_from_slice(&content);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SystemChance;
    use openssl::cms::CmsContentInfo;
    use openssl::rsa::Rsa;

    #[test]
    fn openssl_opens_it() {
        for length in [1, 15, 16, 32, 66, 2400] {
            let pair = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
            let recipient = RecipientKey::parse(&pair.public_key_to_der().unwrap()).unwrap();
            let sealed = recipient.seal(&vec![7; length], &SystemChance).unwrap();
            let opened = CmsContentInfo::from_der(&sealed).unwrap().decrypt_without_cert_check(&pair).unwrap();
            assert_eq!(opened, vec![7; length]);
        }
    }

    #[test]
    fn other_keys_are_refused() {
        let spki = |bits| PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap().public_key_to_der().unwrap();
        assert!(RecipientKey::parse(&spki(1024)).is_err());
        let good = spki(2048);
        assert!(RecipientKey::parse(&good).is_ok());
        assert!(RecipientKey::parse(&[&good[..], &[0]].concat()).is_err());
        assert!(RecipientKey::parse(&good[..good.len() - 1]).is_err());
        assert!(RecipientKey::parse(b"").is_err());
        assert!(RecipientKey::parse(&PKey::generate_ed25519().unwrap().public_key_to_der().unwrap()).is_err());
    }

    #[test]
    fn lengths_are_as_short_as_can_be() {
        for (length, expected) in [(0, &[4, 0][..]), (127, &[4, 127]), (128, &[4, 0x81, 128]), (256, &[4, 0x82, 1, 0])]
        {
            assert!(tagged(OCTETS, &[&vec![1; length]]).starts_with(expected));
        }
    }
}
