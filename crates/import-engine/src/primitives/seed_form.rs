//! ML-DSA and ML-KEM keys on paper: PKCS#8 that holds nothing but the seed (RFC 9881, RFC 9935), and
//! `SubjectPublicKeyInfo`. Both are fixed bytes around the key.

use crate::material::Material;
use crate::spec::KeySpec;

/// How the keys of one parameter set are encoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeedForm {
    /// The last two arcs of the parameter set's object identifier.
    arcs: [u8; 2],
    /// Bytes of its seed.
    seed: u8,
}

/// `AlgorithmIdentifier` without parameters, up to the last two arcs of 2.16.840.1.101.3.4.3.17 and its like.
const ALGORITHM: [u8; 11] = [0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04];
const INTEGER_ZERO: [u8; 3] = [0x02, 0x01, 0x00];
/// Bytes before the seed.
const PREFIX: usize = 22;

impl SeedForm {
    /// The form of a kind; `None` for kinds that are not post-quantum.
    pub const fn of(spec: KeySpec) -> Option<Self> {
        let (arcs, seed) = match spec {
            KeySpec::MlDsa44 => ([3, 17], 32),
            KeySpec::MlDsa65 => ([3, 18], 32),
            KeySpec::MlDsa87 => ([3, 19], 32),
            KeySpec::MlKem512 => ([4, 1], 64),
            KeySpec::MlKem768 => ([4, 2], 64),
            KeySpec::MlKem1024 => ([4, 3], 64),
            KeySpec::Aes256
            | KeySpec::Sm4
            | KeySpec::Hmac224
            | KeySpec::Hmac256
            | KeySpec::Hmac384
            | KeySpec::Hmac512
            | KeySpec::HmacSm3
            | KeySpec::Rsa2048
            | KeySpec::Rsa3072
            | KeySpec::Rsa4096
            | KeySpec::EcP256
            | KeySpec::EcP384
            | KeySpec::EcP521
            | KeySpec::EcSecp256k1
            | KeySpec::Ed25519
            | KeySpec::Sm2 => return None,
        };
        Some(Self { arcs, seed })
    }

    /// PKCS#8 around a seed, which `fill` writes in place.
    pub fn wrap<E>(self, fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Material, E> {
        let mut material = Material::zeroed(PREFIX + usize::from(self.seed));
        let (prefix, seed) = material.expose_mut().split_at_mut(PREFIX);
        prefix.copy_from_slice(&self.prefix());
        fill(seed)?;
        Ok(material)
    }

    /// The seed inside PKCS#8 in seed form; `None` if it is anything else.
    pub fn seed(self, pkcs8: &[u8]) -> Option<&[u8]> {
        pkcs8.strip_prefix(&self.prefix()).filter(|seed| seed.len() == usize::from(self.seed))
    }

    fn prefix(self) -> [u8; PREFIX] {
        let outer = [0x30, self.seed + 20];
        // The private key: an OCTET STRING around the seed as `[0]`.
        let inner = [0x04, self.seed + 2, 0x80, self.seed];
        let mut prefix = [0; PREFIX];
        let parts = [&outer[..], &INTEGER_ZERO, &ALGORITHM, &self.arcs, &inner];
        for (to, from) in prefix.iter_mut().zip(parts.into_iter().flatten()) {
            *to = *from;
        }
        prefix
    }

    /// `SubjectPublicKeyInfo` around a public key. All of them have between 800 and 2592 bytes, so every length takes
    /// two bytes.
    pub fn spki(self, key: &[u8]) -> Vec<u8> {
        let length = |length: usize| u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
        let bits = key.len() + 1;
        let content = ALGORITHM.len() + self.arcs.len() + 4 + bits;
        let parts = [
            &[0x30, 0x82][..],
            &length(content),
            &ALGORITHM,
            &self.arcs,
            &[0x03, 0x82],
            &length(bits),
            // No unused bits.
            &[0],
            key,
        ];
        parts.concat()
    }
}
