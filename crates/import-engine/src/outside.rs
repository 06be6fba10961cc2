//! Keys that somebody else keeps: what the engine asks of whoever can reach them.
//!
//! A key of this kind has two halves. The engine encrypts under material of its own first, and what
//! comes out is encrypted once more by the other side; opening goes the other way round. Neither
//! side alone can read anything, and the other side never sees a plaintext.

use async_trait::async_trait;

use crate::key::Key;
use crate::key_store::KeyStore;
use crate::material::Material;
use crate::words::words;

words! {
    /// Why the other side did not do what it was asked.
    pub enum OutsideFault {
        /// It gave an answer that cannot be understood, or called the request one.
        Malformed = "malformed",
        /// Its key is not enabled.
        KeyDisabled = "key disabled",
        /// It found the ciphertext or what it is bound to wrong.
        CiphertextRefused = "ciphertext refused",
        /// What it gave back does not open under our own half.
        CiphertextInvalid = "ciphertext invalid",
        /// Its key is not for this.
        UsageRefused = "usage refused",
        /// It does not know who asks.
        Unauthenticated = "unauthenticated",
        /// It knows, and does not want to.
        Denied = "denied",
        /// It has no such key.
        KeyNotFound = "key not found",
        /// It has nothing at this address.
        PathUnknown = "path unknown",
        /// It cannot do this.
        Unsupported = "unsupported",
        /// It waited in vain for something itself.
        DependencyTimeout = "dependency timeout",
        /// It is asked too often.
        Throttled = "throttled",
        /// It broke.
        Broken = "broken",
        /// All key managers behind it are out of order.
        OutOfOrder = "out of order",
        /// It cannot be reached.
        Unreachable = "unreachable",
        /// It cannot be reached safely.
        Insecure = "insecure",
        /// It did not answer in time.
        TimedOut = "timed out",
        /// The key's store is not connected.
        NotConnected = "not connected",
    }
}

/// Which key of which store, and the secret with which the store is asked.
#[derive(Debug)]
pub struct OutsideKey<'a> {
    /// Our half.
    pub key: &'a Key,
    /// The other side's name of its half.
    pub name: &'a str,
    /// Where it lives.
    pub store: &'a KeyStore,
    /// The store's secret.
    pub secret: &'a Material,
}

/// What the other side makes of bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutsideCiphertext {
    /// Nonce.
    pub nonce: Vec<u8>,
    /// What it wants to be told again.
    pub metadata: Vec<u8>,
    /// Tag.
    pub tag: [u8; 16],
    /// As long as the bytes were.
    pub body: Vec<u8>,
}

/// Reaches keys that somebody else keeps. What is bound to a ciphertext has at most 32 bytes.
#[async_trait]
pub trait OutsideKeys: Send + Sync {
    /// Whether the other side of a store is there and knows us.
    async fn probe(&self, store: &KeyStore, secret: &Material) -> Result<(), OutsideFault>;

    /// Whether a key of the other side can be the other half of one of ours.
    async fn is_fit(&self, name: &str, store: &KeyStore, secret: &Material) -> Result<bool, OutsideFault>;

    /// Encrypts bytes, which are no secret.
    async fn encrypt(
        &self,
        key: &OutsideKey<'_>,
        bytes: &[u8],
        bound: &[u8],
    ) -> Result<OutsideCiphertext, OutsideFault>;

    /// Opens what [`OutsideKeys::encrypt`] made.
    async fn decrypt(
        &self,
        key: &OutsideKey<'_>,
        ciphertext: &OutsideCiphertext,
        bound: &[u8],
    ) -> Result<Vec<u8>, OutsideFault>;
}

impl OutsideCiphertext {
    /// All parts in one: lengths of nonce and metadata in a byte each, then the parts. `None` if a
    /// part is too long for that.
    pub(crate) fn pack(&self) -> Option<Vec<u8>> {
        let lengths = [u8::try_from(self.nonce.len()).ok()?, u8::try_from(self.metadata.len()).ok()?];
        Some([&lengths[..], &self.nonce, &self.metadata, &self.tag, &self.body].concat())
    }

    /// The parts again; `None` if bytes are missing.
    pub(crate) fn unpack(bytes: &[u8]) -> Option<Self> {
        let ([nonce, metadata], rest) = bytes.split_first_chunk::<2>()?;
        let (nonce, rest) = rest.split_at_checked(usize::from(*nonce))?;
        let (metadata, rest) = rest.split_at_checked(usize::from(*metadata))?;
        let (tag, body) = rest.split_first_chunk::<16>()?;
        Some(Self { nonce: nonce.to_vec(), metadata: metadata.to_vec(), tag: *tag, body: body.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back_and_missing_bytes_are_seen() {
        let whole = OutsideCiphertext { nonce: vec![1; 12], metadata: vec![2; 3], tag: [3; 16], body: vec![4; 5] };
        let packed = whole.pack().unwrap();
        assert_eq!(OutsideCiphertext::unpack(&packed), Some(whole.clone()));
        for length in 0..2 + 12 + 3 + 16 {
            assert_eq!(OutsideCiphertext::unpack(&packed[..length]), None, "{length}");
        }
        assert_eq!(OutsideCiphertext { nonce: vec![0; 256], ..whole }.pack(), None);
    }
}
