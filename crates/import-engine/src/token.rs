//! Import tokens: what ties an import to the parameters that were handed out for it.
//!
//! A token is sealed, so that it can be neither forged nor read; it names its parameters, the key
//! they are for, and their end. The end is inside, so that an old token is known to be old even
//! after its row was swept.

use openssl::sha::sha256;

use crate::clock::Timestamp;
use crate::error::Error;
use crate::sealing::{Purpose, Sealing, bind};
use crate::tenant::{KeyId, Scope};

const VERSION: u8 = 1;
const ID: std::ops::Range<usize> = 1..17;
const KEY: std::ops::Range<usize> = 17..33;
const END: std::ops::Range<usize> = 33..41;
/// Nonce and tag of the sealing.
const OVERHEAD: usize = 12 + 16;

/// The fewest bytes a token can have.
pub const TOKEN_LENGTH_MIN: usize = END.end + OVERHEAD;

/// What a token says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    /// The parameters' identifier, 32 hex digits.
    pub parameters: String,
    /// Stands for the key; see [`Token::is_for`].
    key: [u8; 16],
    /// The parameters' end.
    pub valid_to: Timestamp,
}

impl Token {
    /// A token for parameters of a key.
    pub fn new(parameters: &str, key: &KeyId, valid_to: Timestamp) -> Self {
        Self { parameters: parameters.to_owned(), key: key_mark(key), valid_to }
    }

    /// Whether it was handed out for this key.
    pub fn is_for(&self, key: &KeyId) -> bool {
        self.key == key_mark(key)
    }

    /// The bytes that the caller gets, `length` of them.
    pub fn seal(&self, sealing: &Sealing, scope: &Scope, length: usize) -> Result<Vec<u8>, Error> {
        let mut plain = vec![0u8; length.saturating_sub(OVERHEAD).max(END.end)];
        plain[0] = VERSION;
        hex::decode_to_slice(&self.parameters, &mut plain[ID]).map_err(Error::internal)?;
        plain[KEY].copy_from_slice(&self.key);
        plain[END].copy_from_slice(&self.valid_to.0.to_be_bytes());
        Ok(sealing.seal(Purpose::Token, &token_place(scope), &plain)?.0)
    }

    /// Reads a token back.
    ///
    /// # Errors
    /// [`Error::TokenUnknown`] for anything that was not sealed by this server for this scope.
    pub fn open(sealing: &Sealing, scope: &Scope, bytes: &[u8]) -> Result<Self, Error> {
        let plain = sealing.open(Purpose::Token, &token_place(scope), bytes).map_err(|error| match error {
            Error::CiphertextInvalid => Error::TokenUnknown,
            other => other,
        })?;
        let plain = plain.expose();
        if plain.len() < END.end || plain[0] != VERSION {
            return Err(Error::TokenUnknown);
        }
        let key = plain[KEY].try_into().map_err(|_| Error::TokenUnknown)?;
        let end = plain[END].try_into().map_err(|_| Error::TokenUnknown)?;
        Ok(Self { parameters: hex::encode(&plain[ID]), key, valid_to: Timestamp(i64::from_be_bytes(end)) })
    }
}

fn token_place(scope: &Scope) -> [&str; 3] {
    [&scope.tenant.vendor, &scope.tenant.account, &scope.region]
}

fn key_mark(key: &KeyId) -> [u8; 16] {
    let digest = sha256(&bind(&[key.as_str()]));
    let mut mark = [0u8; 16];
    mark.copy_from_slice(&digest[..16]);
    mark
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SystemChance;
    use crate::material::Material;
    use crate::tenant::Tenant;
    use std::sync::Arc;

    fn sealing(byte: u8) -> Sealing {
        Sealing::new(Material::new(vec![byte; 32]), Arc::new(SystemChance)).unwrap()
    }

    fn scope(region: &str) -> Scope {
        Scope::new(Tenant::new("v", "a"), region)
    }

    #[test]
    fn comes_back_and_has_the_asked_length() {
        let token = Token::new(&"ab".repeat(16), &"k".into(), Timestamp(7));
        for length in [TOKEN_LENGTH_MIN, 96, 1676] {
            let bytes = token.seal(&sealing(1), &scope("r"), length).unwrap();
            assert_eq!(bytes.len(), length);
            assert_eq!(Token::open(&sealing(1), &scope("r"), &bytes).unwrap(), token);
        }
        assert!(token.is_for(&"k".into()));
        assert!(!token.is_for(&"l".into()));
    }

    #[test]
    fn is_refused_elsewhere_and_when_damaged() {
        let token = Token::new(&"ab".repeat(16), &"k".into(), Timestamp(7));
        let bytes = token.seal(&sealing(1), &scope("r"), 96).unwrap();
        assert_eq!(Token::open(&sealing(2), &scope("r"), &bytes), Err(Error::TokenUnknown));
        assert_eq!(Token::open(&sealing(1), &scope("q"), &bytes), Err(Error::TokenUnknown));
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 1;
            assert_eq!(Token::open(&sealing(1), &scope("r"), &damaged), Err(Error::TokenUnknown));
            assert_eq!(Token::open(&sealing(1), &scope("r"), &bytes[..position]), Err(Error::TokenUnknown));
        }
    }
}
