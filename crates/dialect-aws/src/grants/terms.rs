//! What a grant allows and on which conditions, as this dialect's own JSON text in its record.
//!
//! [`Terms::allow`] is the whole of enforcement: a pure function of a grant and of what is asked.

use dialect::Kept;
use std::collections::BTreeMap;

use import_engine::{Key, KeySpec, KeyUsage};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;

/// The most pairs of one encryption context constraint.
const PAIRS_MAX: usize = 8;
/// The most characters of all names and values of one encryption context constraint.
const CHARACTERS_MAX: usize = 384;

/// Names and values of an encryption context.
pub(crate) type Pairs = BTreeMap<String, String>;

/// The terms of a grant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Terms {
    /// What the grantee may do, in the order in which it was said.
    pub operations: Vec<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraints: Option<Constraints>,
}

/// When a grant holds, in the form in which it travels and is kept.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Constraints {
    /// The request's encryption context has at least these pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_context_subset: Option<Pairs>,
    /// The request's encryption context has exactly these pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_context_equals: Option<Pairs>,
    /// The request is made on behalf of this resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
}

/// What somebody wants of a key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish<'a> {
    /// The action without `kms:`.
    pub action: &'a str,
    /// The request's encryption context, if it has one.
    pub context: Option<&'a Pairs>,
    /// For CreateGrant: the terms of the grant that shall be made.
    pub grant: Option<&'a Terms>,
}

impl Kept for Terms {}

impl Terms {
    /// Whether a grant of these terms allows its grantee what they want.
    pub fn allow(&self, wish: Wish<'_>) -> bool {
        if !self.operations.iter().any(|operation| operation == wish.action) {
            return false;
        }
        let Some(constraints) = &self.constraints else { return wish.grant.is_none_or(|grant| self.covers(grant)) };
        match wish.action {
            // No constraint says anything about giving a grant up.
            "RetireGrant" => true,
            _ if constraints.source_arn.is_some() => false,
            // There is no encryption context in it.
            "DescribeKey" => true,
            // The constraint is passed on instead.
            "CreateGrant" => wish.grant.is_none_or(|grant| self.covers(grant)),
            _ => constraints.hold(wish.context),
        }
    }

    /// Whether somebody who may make grants only by a grant of these terms may make that one: it
    /// allows nothing more, and under conditions no less strict.
    fn covers(&self, other: &Self) -> bool {
        let conditions = other.constraints.clone().unwrap_or_default();
        other.operations.iter().all(|operation| self.operations.contains(operation))
            && self.constraints.as_ref().is_none_or(|mine| mine.cover(&conditions))
    }

    /// Holds the terms of a new grant against the service's rules, as far as they do not depend on
    /// the key.
    ///
    /// # Errors
    /// [`Refusal::Validation`].
    pub fn check(&self) -> Result<(), Refusal> {
        let invalid = |text: &str| Err(Refusal::Validation(text.to_owned()));
        match self.operations.as_slice() {
            // Unverified: the text.
            [] => return invalid("Operations must contain at least one operation."),
            [only] if only == "CreateGrant" => {
                return invalid("Grants must not contain only the CreateGrant operation.");
            }
            _ => {}
        }
        let Some(constraints) = &self.constraints else { return Ok(()) };
        for pairs in constraints.contexts() {
            let characters: usize =
                pairs.iter().map(|(name, value)| name.chars().count() + value.chars().count()).sum();
            // Unverified: the texts.
            if pairs.len() > PAIRS_MAX {
                return invalid("A grant constraint can include at most 8 encryption context pairs.");
            }
            if characters > CHARACTERS_MAX {
                return invalid("The encryption context in a grant constraint cannot exceed 384 characters.");
            }
        }
        Ok(())
    }

    /// Refuses terms that say something which cannot be done with the key.
    ///
    /// # Errors
    /// [`Refusal::Validation`].
    pub fn fit(&self, key: &Key, arn: &str) -> Result<(), Refusal> {
        let legal = operations_of(key.spec, key.usage);
        // Unverified: the texts.
        if let Some(operation) = self.operations.iter().find(|operation| !legal.contains(&operation.as_str())) {
            return Err(Refusal::Validation(format!("Grant operation {operation} is not supported by {arn}.")));
        }
        let has_context = self.constraints.iter().any(|constraints| constraints.contexts().next().is_some());
        if has_context && !is_symmetric(key.spec) {
            return Err(Refusal::Validation(format!(
                "Encryption context grant constraints are not supported by {arn}."
            )));
        }
        Ok(())
    }
}

impl Constraints {
    /// The same, or nothing if it says nothing.
    pub fn if_any(self) -> Option<Self> {
        (self != Self::default()).then_some(self)
    }

    fn contexts(&self) -> impl Iterator<Item = &Pairs> {
        self.encryption_context_subset.iter().chain(&self.encryption_context_equals)
    }

    /// Whether they hold for an encryption context. Names and values are compared to the letter.
    fn hold(&self, context: Option<&Pairs>) -> bool {
        let nothing = Pairs::new();
        let context = context.unwrap_or(&nothing);
        self.encryption_context_equals.as_ref().is_none_or(|pairs| pairs == context)
            && self.encryption_context_subset.as_ref().is_none_or(|pairs| contains(context, pairs))
    }

    /// Whether others are no less strict.
    fn cover(&self, others: &Self) -> bool {
        let holds_all = |pairs: &Pairs| others.contexts().any(|other| contains(other, pairs));
        self.encryption_context_equals
            .as_ref()
            .is_none_or(|pairs| others.encryption_context_equals.as_ref() == Some(pairs))
            && self.encryption_context_subset.as_ref().is_none_or(holds_all)
            && self.source_arn.as_ref().is_none_or(|arn| others.source_arn.as_ref() == Some(arn))
    }
}

/// Whether one encryption context has all pairs of another.
fn contains(context: &Pairs, pairs: &Pairs) -> bool {
    pairs.iter().all(|(name, value)| context.get(name) == Some(value))
}

fn is_symmetric(spec: KeySpec) -> bool {
    matches!(spec, KeySpec::Aes256 | KeySpec::Sm4)
}

/// What a grant of a key can allow.
fn operations_of(spec: KeySpec, usage: KeyUsage) -> Vec<&'static str> {
    let own: &[&str] = match usage {
        KeyUsage::EncryptDecrypt if is_symmetric(spec) => &[
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "ReEncryptFrom",
            "ReEncryptTo",
        ],
        KeyUsage::EncryptDecrypt => &["Decrypt", "Encrypt", "GetPublicKey", "ReEncryptFrom", "ReEncryptTo"],
        KeyUsage::SignVerify => &["GetPublicKey", "Sign", "Verify"],
        KeyUsage::GenerateVerifyMac => &["GenerateMac", "VerifyMac"],
        KeyUsage::KeyAgreement => &["DeriveSharedSecret", "GetPublicKey"],
        KeyUsage::EncapsulateDecapsulate => &["Decapsulate", "Encapsulate", "GetPublicKey"],
    };
    own.iter().copied().chain(["CreateGrant", "DescribeKey", "RetireGrant"]).collect()
}

#[cfg(test)]
#[path = "terms_tests.rs"]
mod tests;
