//! Capsules: a data key under a master key, with the rule that says who gets it.
//!
//! ```text
//!  0  2  length of the rule, little-endian
//!  2  n  the rule, JSON: the identifier of a key policy, or a policy itself
//!     …  the data key in its frame (`ciphertext.rs`), to which the rule is bound
//! ```

use import_engine::{EncryptionContext, Error};
use serde::{Deserialize, Serialize};

use super::policy::Rules;
use crate::ciphertext::{Frame, Kind};

/// Who gets the data key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub(crate) enum Rule {
    /// Whom a key policy lets in, as it says when the data key is asked for.
    #[serde(rename = "policy_id")]
    Policy(String),
    /// Whom these rules let in.
    #[serde(rename = "key_policy")]
    Inline(Rules),
}

/// A rule, and its text, to which the data key is bound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct BoundRule {
    /// What it says.
    pub rule: Rule,
    text: String,
}

impl BoundRule {
    /// Writes a rule down.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be written.
    pub(crate) fn new(rule: Rule) -> Result<Self, Error> {
        let text = serde_json::to_string(&rule).map_err(Error::internal)?;
        Ok(Self { rule, text })
    }

    /// What a data key of so many bytes is bound to.
    pub(crate) fn context(&self, length: u16) -> EncryptionContext {
        let mut additional = Kind::Capsule.mark().to_le_bytes().to_vec();
        additional.extend_from_slice(&length.to_le_bytes());
        additional.extend_from_slice(self.text.as_bytes());
        EncryptionContext { additional, ..EncryptionContext::default() }
    }
}

/// A capsule, opened as far as that goes without the master key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Capsule {
    /// Who gets the data key.
    pub rule: BoundRule,
    /// The data key.
    pub frame: Frame,
}

impl Capsule {
    /// The bytes of the capsule.
    ///
    /// # Errors
    /// [`Error::Internal`] if they cannot be written.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let length = u16::try_from(self.rule.text.len()).map_err(Error::internal)?;
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend_from_slice(self.rule.text.as_bytes());
        bytes.extend_from_slice(&self.frame.to_bytes(Kind::Capsule)?);
        Ok(bytes)
    }

    /// Reads a capsule; `None` for anything that is none. Only the master key tells whether the rule
    /// is the one it was made with.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (text, frame) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        let text = String::from_utf8(text.to_vec()).ok()?;
        let rule = serde_json::from_str(&text).ok()?;
        Some(Self { rule: BoundRule { rule, text }, frame: Frame::parse(Kind::Capsule, frame)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use import_engine::{MaterialId, SymmetricCiphertext};

    fn capsule(rule: Rule) -> Capsule {
        let ciphertext = SymmetricCiphertext {
            key: "0d0466b0-e727-4d9c-b35d-f84bb474a37f".into(),
            material: MaterialId("ab".repeat(32)),
            salt: [1; 16],
            nonce: [2; 12],
            body: vec![3; 48],
        };
        Capsule { rule: BoundRule::new(rule).unwrap(), frame: Frame { length: 32, ciphertext } }
    }

    #[test]
    fn comes_back() {
        for rule in [Rule::Policy("x".to_owned()), Rule::Inline(Rules::parse("{}").unwrap())] {
            let capsule = capsule(rule);
            let bytes = capsule.to_bytes().unwrap();
            assert_eq!(Capsule::parse(&bytes), Some(capsule));
            for length in 0..bytes.len() {
                assert_eq!(Capsule::parse(&bytes[..length]), None, "cut at {length}");
            }
        }
    }

    #[test]
    fn another_rule_is_another_context() {
        let contexts = ["x", "y"].map(|id| BoundRule::new(Rule::Policy(id.to_owned())).unwrap().context(32));
        assert_ne!(contexts[0], contexts[1]);
    }
}
