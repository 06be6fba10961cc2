//! Identifiers, nonces and key bytes: everything that must not be predictable.

use crate::clock::Timestamp;
use crate::error::Error;

/// Source of randomness. Tests plug in a seeded one.
pub trait Chance: Send + Sync {
    /// Fills a buffer with bytes fit for nonces and identifiers.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Error>;

    /// Fills a buffer with bytes fit for keys.
    fn fill_secret(&self, buffer: &mut [u8]) -> Result<(), Error>;
}

/// OpenSSL's generators: the public one for nonces, the private one for keys.
#[derive(Clone, Copy, Default, Debug)]
pub struct SystemChance;

impl Chance for SystemChance {
    #[expect(clippy::disallowed_methods, reason = "the one permitted source of nonces")]
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Error> {
        openssl::rand::rand_bytes(buffer).map_err(Error::internal)
    }

    #[expect(clippy::disallowed_methods, reason = "the one permitted source of key bytes")]
    fn fill_secret(&self, buffer: &mut [u8]) -> Result<(), Error> {
        openssl::rand::rand_priv_bytes(buffer).map_err(Error::internal)
    }
}

/// How a vendor's key identifiers look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyIdForm {
    /// A random UUID (version 4), lower case.
    RandomUuid,
    /// A UUID of version 1 whose time is the key's creation time.
    TimeUuid,
    /// A word and 32 random lower-case hex digits.
    Prefixed(&'static str),
}

/// A fresh key identifier in the vendor's form.
pub fn key_id(chance: &dyn Chance, form: KeyIdForm, now: Timestamp) -> Result<String, Error> {
    match form {
        KeyIdForm::RandomUuid => {
            let mut bytes = [0u8; 16];
            chance.fill(&mut bytes)?;
            Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
        }
        KeyIdForm::TimeUuid => {
            let mut bytes = [0u8; 8];
            chance.fill(&mut bytes)?;
            let sequence = u16::from_be_bytes([bytes[0], bytes[1]]);
            let seconds = u64::try_from(now.seconds()).unwrap_or(0);
            let nanos = u32::try_from(now.0.rem_euclid(1_000_000)).unwrap_or(0) * 1000;
            let mut node = [0u8; 6];
            node.copy_from_slice(&bytes[2..8]);
            // Multicast bit: the node is random, not a network card (RFC 9562, 6.10).
            node[0] |= 1;
            let stamp = uuid::Timestamp::from_unix_time(seconds, nanos, u128::from(sequence), 14);
            Ok(uuid::Uuid::new_v1(stamp, &node).to_string())
        }
        KeyIdForm::Prefixed(word) => Ok(format!("{word}{}", row_id(chance)?)),
    }
}

/// A fresh random identifier: 32 lower-case hex digits.
pub fn row_id(chance: &dyn Chance) -> Result<String, Error> {
    let mut bytes = [0u8; 16];
    chance.fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}
