//! Who has a grant and who may give it up, as requests, answers and records spell them.

use crate::accounts::is_account;
use crate::errors::Refusal;
use crate::identifiers::partition;

/// What stands before the name of a service that is a party by a member of its own.
const SERVICE: &str = "service:";

/// A party to a grant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Party {
    /// A principal, by its ARN; an account by that of its root. Or, as services of the region have
    /// it, a service by its name.
    Principal(String),
    /// A service, by its name.
    Service(String),
}

impl Party {
    /// The party that a request names by one of two members.
    ///
    /// # Errors
    /// [`Refusal::Validation`] if it names both, [`Refusal::InvalidPrincipal`].
    pub fn named(
        principal: Option<String>,
        service: Option<String>,
        members: [&str; 2],
        region: &str,
    ) -> Result<Option<Self>, Refusal> {
        match (principal, service) {
            (None, None) => Ok(None),
            (Some(text), None) => principal_of(text, region).map(Self::Principal).map(Some),
            (None, Some(name)) => Ok(Some(Self::Service(name))),
            // Unverified: the text.
            (Some(_), Some(_)) => {
                let [one, other] = members;
                Err(Refusal::Validation(format!("You can specify either {one} or {other}, but not both.")))
            }
        }
    }

    /// How a grant's record spells it.
    pub fn to_word(&self) -> String {
        match self {
            Self::Principal(arn) => arn.clone(),
            Self::Service(name) => format!("{SERVICE}{name}"),
        }
    }

    /// The party of a record.
    pub fn of_word(word: &str) -> Self {
        match word.strip_prefix(SERVICE) {
            Some(name) => Self::Service(name.to_owned()),
            None => Self::Principal(word.to_owned()),
        }
    }

    /// Its ARN or name, if it was named as a principal.
    pub fn principal(&self) -> Option<String> {
        match self {
            Self::Principal(arn) => Some(arn.clone()),
            Self::Service(_) => None,
        }
    }

    /// Its name, if it was named as a service.
    pub fn service(&self) -> Option<String> {
        match self {
            Self::Principal(_) => None,
            Self::Service(name) => Some(name.clone()),
        }
    }
}

/// The ARN of an account's root.
pub(crate) fn root_arn(region: &str, account: &str) -> String {
    format!("arn:{}:iam::{account}:root", partition(region))
}

/// A principal in the one form that is kept. Unverified: that a bare account number is taken for
/// its root. Whether there is such a user or role is not asked.
fn principal_of(text: String, region: &str) -> Result<String, Refusal> {
    if is_account(&text) {
        return Ok(root_arn(region, &text));
    }
    if is_principal_arn(&text, region) || is_service(&text) { Ok(text) } else { Err(Refusal::InvalidPrincipal(text)) }
}

/// The account of a principal's ARN.
pub(crate) fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| is_account(account))
}

fn is_principal_arn(text: &str, region: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", in_partition, service, "", account, name] = parts.as_slice() else { return false };
    let names = |start: &str, least: usize| {
        let words: Vec<&str> = name.strip_prefix(start).map(|rest| rest.split('/').collect()).unwrap_or_default();
        words.len() >= least && words.iter().all(|word| !word.is_empty() && !word.contains(':'))
    };
    *in_partition == partition(region)
        && is_account(account)
        && match *service {
            "iam" => *name == "root" || names("user/", 1) || names("role/", 1),
            "sts" => names("assumed-role/", 2) || names("federated-user/", 1),
            _ => false,
        }
}

/// The name of a service, such as `dynamodb.us-west-1.amazonaws.com`: services make grants for
/// themselves under it.
fn is_service(text: &str) -> bool {
    let host = text.strip_suffix(".cn").unwrap_or(text);
    host.strip_suffix(".amazonaws.com").is_some_and(|name| {
        !name.is_empty() && name.split('.').all(|word| !word.is_empty() && word.bytes().all(is_of_name))
    })
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str, region: &str) -> Result<Option<Party>, Refusal> {
        Party::named(Some(text.to_owned()), None, ["One", "Other"], region)
    }

    #[test]
    fn principals_are_well_formed() {
        for good in [
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:user/a",
            "arn:aws:iam::111122223333:user/team/a.b@c",
            "arn:aws:iam::111122223333:role/r",
            "arn:aws:sts::111122223333:assumed-role/r/session",
            "arn:aws:sts::111122223333:federated-user/f",
            "rds.us-east-1.amazonaws.com",
            "s3.amazonaws.com",
        ] {
            assert_eq!(named(good, "us-east-1"), Ok(Some(Party::Principal(good.to_owned()))), "{good}");
        }
        let root = Party::Principal("arn:aws-cn:iam::111122223333:root".to_owned());
        assert_eq!(named("111122223333", "cn-north-1"), Ok(Some(root)));
        for bad in [
            "a",
            "1111",
            "*",
            "arn:aws:iam::1111:root",
            "arn:aws:iam::111122223333:group/g",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::111122223333:user/a//b",
            "arn:aws:iam:us-east-1:111122223333:user/a",
            "arn:aws-cn:iam::111122223333:user/a",
            "arn:aws:sts::111122223333:assumed-role/r",
            "arn:aws:s3:::bucket",
            "amazonaws.com",
            ".amazonaws.com",
            "service:x",
        ] {
            assert_eq!(named(bad, "us-east-1"), Err(Refusal::InvalidPrincipal(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn parties_come_back_from_their_records() {
        for party in
            [Party::Principal("arn:aws:iam::111122223333:root".into()), Party::Service("s3.amazonaws.com".into())]
        {
            assert_eq!(Party::of_word(&party.to_word()), party);
        }
        assert_eq!(Party::Service("s".into()).service().as_deref(), Some("s"));
        assert_eq!(Party::Service("s".into()).principal(), None);
        assert_eq!(account_of("arn:aws:iam::111122223333:root"), Some("111122223333"));
        assert_eq!(account_of("s3.amazonaws.com"), None);
    }
}
