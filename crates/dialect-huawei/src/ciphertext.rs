//! The frame around what a symmetric key encrypts.
//!
//! The vendor's own layout is opaque to clients except for two things: the key is named inside
//! (decrypt-data is not told which), and the sizes, which its pages state: a data ciphertext is 124
//! bytes longer than the text padded to whole blocks of 16, with a full block more where it would
//! fit exactly; a data key's is 124 bytes longer than the data key. So is, here, that of the private
//! half of a data key pair.
//!
//! ```text
//!  0  2  mark of the kind, little-endian
//!  2  2  length of the plaintext, little-endian
//!  4 16  salt
//! 20 12  nonce
//! 32  n  body: the (padded) plaintext encrypted, then 16 bytes of tag
//!    36  key id, text
//!    32  material id
//!     8  check: the beginning of the SHA-256 of all before
//! ```
//!
//! Unverified: what stands where. Nobody outside the vendor's service reads it.
//!
//! The check is no protection, the tag is that. It tells a damaged ciphertext from one whose key is
//! gone, before any key is looked up.

use import_engine::primitives::sha256;
use import_engine::{KeyId, Material, MaterialId, SymmetricCiphertext};

/// What a ciphertext holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A text of the caller's.
    Data,
    /// A data key.
    DataKey,
    /// The private half of a data key pair. What seals it does not know how long it will be, so it
    /// is neither padded nor is its length bound; decrypt-data opens it as it opens data.
    PrivateKey,
    /// The data key of a capsule.
    Capsule,
}

impl Kind {
    /// What the frame begins with.
    pub(crate) const fn mark(self) -> u16 {
        match self {
            Self::Data => 3,
            Self::DataKey => 4,
            Self::PrivateKey => 5,
            Self::Capsule => 6,
        }
    }

    /// The length that a ciphertext is bound to.
    pub(crate) const fn bound_length(self, length: u16) -> u16 {
        match self {
            Self::Data | Self::DataKey | Self::Capsule => length,
            Self::PrivateKey => 0,
        }
    }

    /// How many bytes a plaintext of `length` bytes is padded to.
    const fn padded(self, length: usize) -> usize {
        match self {
            Self::Data => (length / 16 + 1) * 16,
            Self::DataKey | Self::PrivateKey | Self::Capsule => length,
        }
    }

    /// The plaintext with zeros behind it.
    pub(crate) fn pad(self, plaintext: &[u8]) -> Material {
        let mut padded = Material::zeroed(self.padded(plaintext.len()));
        for (to, from) in padded.expose_mut().iter_mut().zip(plaintext) {
            *to = *from;
        }
        padded
    }
}

const TAG: usize = 16;
const KEY_ID: usize = 36;
const MATERIAL_ID: usize = 32;
const CHECK: usize = 8;

/// A ciphertext with what stands around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Frame {
    /// How many bytes of plaintext are inside, without padding.
    pub length: u16,
    /// The ciphertext itself.
    pub ciphertext: SymmetricCiphertext,
}

impl Frame {
    /// The bytes of the frame.
    ///
    /// # Errors
    /// [`import_engine::Error::Internal`] if the material's name is not hex, as all of them are.
    pub(crate) fn to_bytes(&self, kind: Kind) -> Result<Vec<u8>, import_engine::Error> {
        let ciphertext = &self.ciphertext;
        let mut bytes = Vec::with_capacity(ciphertext.body.len() + 108);
        bytes.extend_from_slice(&kind.mark().to_le_bytes());
        bytes.extend_from_slice(&self.length.to_le_bytes());
        bytes.extend_from_slice(&ciphertext.salt);
        bytes.extend_from_slice(&ciphertext.nonce);
        bytes.extend_from_slice(&ciphertext.body);
        bytes.extend_from_slice(ciphertext.key.as_str().as_bytes());
        bytes.extend_from_slice(&hex::decode(&ciphertext.material.0).map_err(import_engine::Error::internal)?);
        let check = sha256(&bytes);
        bytes.extend(check.iter().take(CHECK));
        Ok(bytes)
    }

    /// Reads what decrypt-data opens: data, or the private half of a data key pair.
    pub(crate) fn parse_data(bytes: &[u8]) -> Option<(Kind, Self)> {
        [Kind::Data, Kind::PrivateKey].into_iter().find_map(|kind| Some((kind, Self::parse(kind, bytes)?)))
    }

    /// Reads a frame; `None` for anything that is not one of this kind, to the last byte.
    pub(crate) fn parse(kind: Kind, bytes: &[u8]) -> Option<Self> {
        let (framed, check) = bytes.split_at_checked(bytes.len().checked_sub(CHECK)?)?;
        if !sha256(framed).starts_with(check) {
            return None;
        }
        let (mark, rest) = framed.split_first_chunk::<2>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (salt, rest) = rest.split_first_chunk::<16>()?;
        let (nonce, rest) = rest.split_first_chunk::<12>()?;
        let (rest, material) = rest.split_last_chunk::<MATERIAL_ID>()?;
        let (body, key) = rest.split_last_chunk::<KEY_ID>()?;
        let length = u16::from_le_bytes(*length);
        if u16::from_le_bytes(*mark) != kind.mark() || body.len() != kind.padded(usize::from(length)) + TAG {
            return None;
        }
        let key = std::str::from_utf8(key).ok().filter(|key| key.is_ascii())?;
        Some(Self {
            length,
            ciphertext: SymmetricCiphertext {
                key: KeyId::from(key),
                material: MaterialId(hex::encode(material)),
                salt: *salt,
                nonce: *nonce,
                body: body.to_vec(),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: Kind, length: u16) -> Frame {
        Frame {
            length,
            ciphertext: SymmetricCiphertext {
                key: "0d0466b0-e727-4d9c-b35d-f84bb474a37f".into(),
                material: MaterialId("ab".repeat(32)),
                salt: [1; 16],
                nonce: [2; 12],
                body: vec![3; kind.padded(usize::from(length)) + TAG],
            },
        }
    }

    #[test]
    fn sizes_are_the_documented_ones() {
        // 4 characters of text give 188 of base64, 4096 give 5648; 512 bits of data key give 376 of
        // hex.
        assert_eq!(frame(Kind::Data, 4).to_bytes(Kind::Data).unwrap().len(), 140);
        assert_eq!(frame(Kind::Data, 4096).to_bytes(Kind::Data).unwrap().len(), 4236);
        assert_eq!(frame(Kind::DataKey, 64).to_bytes(Kind::DataKey).unwrap().len(), 188);
    }

    #[test]
    fn comes_back() {
        for kind in [Kind::Data, Kind::DataKey, Kind::PrivateKey] {
            for length in [1, 15, 16, 17, 1024] {
                let frame = frame(kind, length);
                assert_eq!(Frame::parse(kind, &frame.to_bytes(kind).unwrap()), Some(frame));
            }
        }
    }

    #[test]
    fn one_kind_is_not_the_other() {
        let bytes = frame(Kind::Data, 15).to_bytes(Kind::Data).unwrap();
        assert_eq!(Frame::parse(Kind::DataKey, &bytes), None);
        let data_key = frame(Kind::DataKey, 16).to_bytes(Kind::DataKey).unwrap();
        assert_eq!(Frame::parse_data(&data_key), None);
        for kind in [Kind::Data, Kind::PrivateKey] {
            let frame = frame(kind, 48);
            assert_eq!(Frame::parse_data(&frame.to_bytes(kind).unwrap()), Some((kind, frame)));
        }
    }

    #[test]
    fn damage_is_seen() {
        let bytes = frame(Kind::Data, 20).to_bytes(Kind::Data).unwrap();
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 1;
            assert_eq!(Frame::parse(Kind::Data, &damaged), None, "flipped at {position}");
            assert_eq!(Frame::parse(Kind::Data, &bytes[..position]), None, "cut at {position}");
        }
        assert_eq!(Frame::parse(Kind::Data, &[&bytes[..], &[0]].concat()), None);
        assert_eq!(Frame::parse(Kind::Data, &[]), None);
    }

    #[test]
    fn padding_is_a_block_at_most() {
        assert_eq!(Kind::Data.pad(b"abc").expose(), b"abc\0\0\0\0\0\0\0\0\0\0\0\0\0");
        assert_eq!(Kind::Data.pad(&[1; 16]).len(), 32);
        assert_eq!(Kind::DataKey.pad(&[1; 17]).len(), 17);
    }
}
