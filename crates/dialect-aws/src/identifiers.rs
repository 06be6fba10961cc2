//! Key identifiers: ids, ARNs, aliases, and which of them an operation takes.

use dialect::{Call, Failure};
use import_engine::{Error, KeyId, Scope};

use crate::accounts::is_account;
use crate::authorization::{self, Access};
use crate::circumstances::Circumstances;
use crate::errors::Refusal;
use crate::managed_keys;

/// Which forms of identifier an operation takes, and from whom: a row of the service's table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Accepts {
    /// Alias names and alias ARNs, besides key ids and key ARNs.
    alias: bool,
    /// Keys of another account.
    foreign: bool,
}

impl Accepts {
    /// Any identifier, from any account: cryptographic operations, DescribeKey, GetPublicKey.
    pub const ANY: Self = Self { alias: true, foreign: true };
    /// Key id or key ARN, from any account: MACs.
    pub const KEY: Self = Self { alias: false, foreign: true };
    /// Key id or key ARN of the caller's own account: what manages keys.
    pub const OWN_KEY: Self = Self { alias: false, foreign: false };
}

/// What an identifier names.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Named {
    /// A key, by its id.
    Key(KeyId),
    /// An alias, by its name with `alias/`.
    Alias(String),
}

/// A key that the caller may do something with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Target {
    /// Where it lives: with its owner, who need not be the caller.
    pub scope: Scope,
    /// Its identifier there.
    pub id: KeyId,
}

/// The key that an identifier means, once the caller may do with it what is asked. Whether there is
/// such a key is another question; an alias there must be.
///
/// # Errors
/// [`Refusal::MalformedKeyId`], [`Refusal::MalformedArn`], [`Refusal::ArnOfOtherRegion`],
/// [`Refusal::NoSuchKey`], those of [`authorization::on_key`], and the
/// engine's for an alias.
pub(crate) async fn admit(call: &Call, text: &str, accepts: Accepts, access: &Access<'_>) -> Result<Target, Refusal> {
    let access = &Access { alias: alias_name(text), ..access.clone() };
    let target = match resolve(call, text, accepts).await {
        // Whether another account has such an alias is not told.
        Err(Refusal::Failure(Failure::Engine(Error::LabelNotFound(_)))) if is_foreign(call, text) => {
            return Err(authorization::hidden(call, access)?);
        }
        other => other?,
    };
    authorization::on_key(call, &target, access).await?;
    Ok(target)
}

/// The name of the alias that an identifier is.
fn alias_name(text: &str) -> Option<String> {
    let name = text.find("alias/").filter(|_| is_alias(text)).and_then(|start| text.get(start..));
    name.map(str::to_owned)
}

/// Whether an identifier is an ARN of another account.
fn is_foreign(call: &Call, text: &str) -> bool {
    text.starts_with("arn:") && text.split(':').nth(4).is_some_and(|account| account != call.scope.tenant.account)
}

/// The key that an identifier means, for operations that ask permission elsewhere.
///
/// # Errors
/// Those of [`admit`] but for permission.
pub(crate) async fn resolve(call: &Call, text: &str, accepts: Accepts) -> Result<Target, Refusal> {
    let named = named(&call.scope, text, accepts)?;
    let mut scope = call.scope.clone();
    if is_foreign(call, text) {
        scope.tenant.account = text.split(':').nth(4).unwrap_or_default().to_owned();
    }
    let id = match named {
        Named::Key(id) => id,
        Named::Alias(name) => match call.engine.label(&scope, &name).await {
            Err(Error::LabelNotFound(_)) if scope == call.scope => match managed_keys::key_of(call, &name).await? {
                Some(key) => key.id,
                None => return Err(Error::LabelNotFound(name).into()),
            },
            label => label?.key,
        },
    };
    let target = Target { scope, id };
    if target.scope != call.scope {
        call.settings::<Circumstances>()?.remember(&target);
    }
    Ok(target)
}

fn named(scope: &Scope, text: &str, accepts: Accepts) -> Result<Named, Refusal> {
    if text.starts_with("arn:") {
        return named_by_arn(scope, text, accepts);
    }
    if text.starts_with("alias/") && accepts.alias {
        return Ok(Named::Alias(text.to_owned()));
    }
    if is_key_id(text) { Ok(Named::Key(text.into())) } else { Err(Refusal::MalformedKeyId(text.to_owned())) }
}

fn named_by_arn(scope: &Scope, text: &str, accepts: Accepts) -> Result<Named, Refusal> {
    let malformed = || Refusal::MalformedArn(text.to_owned());
    let mut parts = text.splitn(6, ':').skip(1);
    let mut part = || parts.next().ok_or_else(malformed);
    let (partition, service, region, account, resource) = (part()?, part()?, part()?, part()?, part()?);
    if service != "kms" || !partition.starts_with("aws") || !is_account(account) {
        return Err(malformed());
    }
    let is_alias = resource.starts_with("alias/");
    let Some(id) = resource.strip_prefix("key/").or(is_alias.then_some(resource)) else {
        return Err(malformed());
    };
    if region != scope.region || partition != self::partition(&scope.region) {
        return Err(Refusal::ArnOfOtherRegion(region.to_owned()));
    }
    if is_alias && !accepts.alias {
        // Unverified: the text for an alias where none is taken.
        return Err(Refusal::MalformedKeyId(text.to_owned()));
    }
    if !is_alias && !is_key_id(id) {
        return Err(Refusal::MalformedKeyId(id.to_owned()));
    }
    if account != scope.tenant.account && !accepts.foreign {
        // Unverified: that an operation which never works across accounts says that there is no such
        // key.
        return Err(Refusal::NoSuchKey(text.to_owned()));
    }
    Ok(if is_alias { Named::Alias(id.to_owned()) } else { Named::Key(id.into()) })
}

/// The ARN of a key.
pub(crate) fn key_arn(scope: &Scope, id: &KeyId) -> String {
    format!("{}:key/{id}", prefix(scope))
}

/// Whether an identifier is an alias's, by name or ARN.
pub(crate) fn is_alias(text: &str) -> bool {
    text.starts_with("alias/") || (text.starts_with("arn:") && text.contains(":alias/"))
}

/// Holds the name of an alias that shall be changed against the service's rules.
///
/// # Errors
/// [`Refusal::Validation`], [`Refusal::ReservedAlias`].
pub(crate) fn check_alias_name(name: &str) -> Result<(), Refusal> {
    let Some(rest) = name.strip_prefix("alias/") else {
        return Err(Refusal::Validation(
            "Alias must start with the prefix \"alias/\". Please see \
             https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
                .to_owned(),
        ));
    };
    if rest.starts_with("aws/") {
        return Err(Refusal::ReservedAlias);
    }
    // Unverified: what is said of a name that is nothing but the prefix.
    if rest.is_empty() || rest.contains(':') {
        return Err(Refusal::Validation(format!("{name} contains invalid characters for an alias")));
    }
    Ok(())
}

/// The ARN of an alias, given by its name with `alias/`.
pub(crate) fn alias_arn(scope: &Scope, name: &str) -> String {
    format!("{}:{name}", prefix(scope))
}

fn prefix(scope: &Scope) -> String {
    format!("arn:{}:kms:{}:{}", partition(&scope.region), scope.region, scope.tenant.account)
}

/// The partition of a region.
pub(crate) fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// A UUID, or `mrk-` and 32 hex digits.
pub(crate) fn is_key_id(text: &str) -> bool {
    is_uuid(text)
        || text
            .strip_prefix("mrk-")
            .is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A region name such as `us-east-1` or `us-gov-west-1`: two or three words of letters, each with
/// a dash, then a number (`^([a-z]+-){2,3}\d+$`).
pub(crate) fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let Some((number, names)) = words.split_last() else { return false };
    text.len() <= 32
        && (2..=3).contains(&names.len())
        && names.iter().all(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase()))
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use import_engine::Tenant;

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    fn scope() -> Scope {
        Scope::new(Tenant::new("aws", "111122223333"), "us-east-1")
    }

    fn arn(text: &str, accepts: Accepts) -> Result<Named, Refusal> {
        named(&scope(), text, accepts)
    }

    #[test]
    fn aliases_have_names() {
        for good in ["alias/a", "alias/a/b_c-D9", "alias/awsome", "alias/aws"] {
            assert_eq!(check_alias_name(good), Ok(()), "{good}");
        }
        assert_eq!(check_alias_name("alias/aws/s3"), Err(Refusal::ReservedAlias));
        for bad in ["", "a", "Alias/a", "alias", "alias/", "alias/a:b"] {
            assert!(matches!(check_alias_name(bad), Err(Refusal::Validation(_))), "{bad}");
        }
        let named_here = Ok(Named::Alias("alias/a".into()));
        assert_eq!(arn("alias/a", Accepts::ANY), named_here);
        assert_eq!(arn("alias/a", Accepts::KEY), Err(Refusal::MalformedKeyId("alias/a".into())));
        assert!(is_alias("alias/a") && is_alias("arn:aws:kms:us-east-1:111122223333:alias/a"));
        assert!(!is_alias(ID) && !is_alias("arn:aws:kms:us-east-1:111122223333:key/x"));
    }

    #[test]
    fn regions_are_well_formed() {
        for good in ["us-east-1", "us-gov-west-1", "cn-northwest-1", "ap-southeast-12"] {
            assert!(is_region(good), "{good}");
        }
        for bad in ["", "us-east", "us-1", "us-east-1a", "US-east-1", "a-b-c-d-1", "us--1", "us_east_1", "us-east-1 "] {
            assert!(!is_region(bad), "{bad}");
        }
    }

    #[test]
    fn key_ids_are_well_formed() {
        assert!(is_key_id(ID));
        assert!(is_key_id("mrk-1234567890abcdef1234567890abcdef"));
        for bad in ["", "mrk-12", "1234abcd12ab34cd56ef1234567890ab", "1234abcd-12ab-34cd-56ef-1234567890ag", "key"] {
            assert!(!is_key_id(bad), "{bad}");
        }
    }

    #[test]
    fn arns_are_taken_apart() {
        let good = format!("arn:aws:kms:us-east-1:111122223333:key/{ID}");
        assert_eq!(arn(&good, Accepts::OWN_KEY), Ok(Named::Key(ID.into())));
        assert_eq!(key_arn(&scope(), &ID.into()), good);
        let other_region = format!("arn:aws:kms:eu-west-1:111122223333:key/{ID}");
        assert_eq!(arn(&other_region, Accepts::ANY), Err(Refusal::ArnOfOtherRegion("eu-west-1".into())));
        let other_account = format!("arn:aws:kms:us-east-1:444455556666:key/{ID}");
        assert_eq!(arn(&other_account, Accepts::ANY), Ok(Named::Key(ID.into())));
        assert_eq!(arn(&other_account, Accepts::OWN_KEY), Err(Refusal::NoSuchKey(other_account.clone())));
        let alias = "arn:aws:kms:us-east-1:111122223333:alias/mine";
        assert_eq!(arn(alias, Accepts::ANY), Ok(Named::Alias("alias/mine".into())));
        assert_eq!(alias_arn(&scope(), "alias/mine"), alias);
        assert_eq!(arn(alias, Accepts::KEY), Err(Refusal::MalformedKeyId(alias.into())));
        for bad in [
            "arn:",
            "arn:aws:kms",
            "arn:aws:s3:us-east-1:111122223333:key/x",
            "arn:aws:kms:us-east-1:1111:key/x",
            "arn:aws:kms:us-east-1:111122223333:grant/x",
        ] {
            assert_eq!(arn(bad, Accepts::ANY), Err(Refusal::MalformedArn(bad.into())), "{bad}");
        }
    }
}
