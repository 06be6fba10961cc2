//! Who a policy of a resource is about, and who asks.

use crate::accounts::is_account;

/// One entry under `Principal` or `NotPrincipal`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Principal {
    /// `*`.
    Everyone,
    /// An account, by its number or its root's ARN; the number and, if an ARN was given, its
    /// partition.
    Account {
        /// Twelve digits.
        account: String,
        /// `aws`, `aws-cn` …
        partition: Option<String>,
    },
    /// A user, a role or a session, by ARN.
    Named(String),
    /// Somebody who does not call here: a service, an identity provider.
    Outsider,
}

impl Principal {
    /// Reads an entry of kind `AWS`; `None` if it names nobody who could be.
    pub fn read(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Everyone);
        }
        if is_account(text) {
            return Some(Self::Account { account: text.to_owned(), partition: None });
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", partition, service, "", account, name] = parts.as_slice() else { return None };
        if !matches!(*partition, "aws" | "aws-cn" | "aws-us-gov") || !is_account(account) {
            return None;
        }
        let after = |start: &str| name.strip_prefix(start).filter(|rest| is_path(rest));
        match *service {
            "iam" if *name == "root" => {
                Some(Self::Account { account: (*account).to_owned(), partition: Some((*partition).to_owned()) })
            }
            "iam" => after("user/").or(after("role/")).map(|_| Self::Named(text.to_owned())),
            "sts" => {
                let is_session = after("assumed-role/").is_some_and(|rest| rest.contains('/'));
                (is_session || after("federated-user/").is_some()).then(|| Self::Named(text.to_owned()))
            }
            _ => None,
        }
    }
}

/// A path and a name: words of the characters that IAM allows, between slashes.
fn is_path(text: &str) -> bool {
    !text.is_empty()
        && text.split('/').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
        })
}

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Subject {
    /// The account: twelve digits.
    pub account: String,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: &'static str,
    /// The ARN of who calls: the account's root, a user, or a session.
    pub arn: String,
    /// For a session of a role, the role's ARN.
    pub role: Option<String>,
}

impl Subject {
    /// Whether the account's root asks.
    pub fn is_root(&self) -> bool {
        self.arn.ends_with(":root") && self.arn.starts_with("arn:") && self.arn.contains(":iam:")
    }

    /// Whether an entry means the subject's account as a whole.
    pub(super) fn is_of(&self, principal: &Principal) -> bool {
        match principal {
            Principal::Account { account, partition } => {
                *account == self.account && partition.as_deref().is_none_or(|word| word == self.partition)
            }
            Principal::Everyone | Principal::Named(_) | Principal::Outsider => false,
        }
    }
}
