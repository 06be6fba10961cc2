//! Key policies: the default one, and what holds of one that is sent.

use dialect::Call;
use import_engine::{Error, Scope};

use crate::authorization::{self, Access};
use crate::caller::{self, Caller, root_arn};
use crate::circumstances::Circumstances;
use crate::decision::{Enforced, Resource, decide};
use crate::errors::Refusal;
use crate::iam::{Asked, Document, Facts, Kind, Malformed, Principal};
use crate::identifiers::partition;

/// The one name that a key policy has.
pub(crate) const NAME: &str = "default";

/// The longest policy in bytes.
const LENGTH_MAX: usize = 32_768;
/// What the caller must still be allowed to do.
const PUT: &str = "kms:PutKeyPolicy";

/// The policy of a key that was made without one.
pub(crate) fn default_policy(scope: &Scope) -> String {
    // Unverified: the spaces.
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "{}"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"#,
        root_arn(partition(&scope.region), &scope.tenant.account)
    )
}

/// The policy of a key, as it is kept.
///
/// # Errors
/// [`Error::Internal`] for one that is none: it was checked when it was put.
pub(crate) fn kept(policy: Option<&str>, scope: &Scope) -> Result<Document, Error> {
    let text = policy.map_or_else(|| default_policy(scope), str::to_owned);
    Document::read(&text, Kind::Resource).map_err(|_| Error::internal("a key policy that is none"))
}

/// Holds a policy that was sent for a key against all of the service's rules. The last one, that the
/// caller could change it again, can be bypassed.
///
/// # Errors
/// [`Refusal::PolicyTooLong`], [`Refusal::MalformedPolicy`], [`Refusal::PolicyPrincipal`],
/// [`Refusal::PolicyLockout`].
pub(crate) async fn check(call: &Call, policy: &str, key_arn: &str, bypass_lockout: bool) -> Result<(), Refusal> {
    let document = read(policy)?;
    if names_strangers(call, &document).await? {
        return Err(Refusal::PolicyPrincipal);
    }
    if bypass_lockout {
        return Ok(());
    }
    let caller = caller::of(call)?;
    let access = Access::to("PutKeyPolicy");
    let facts = authorization::facts(call, caller, &access, Some(&document)).await?;
    check_lockout(&document, caller, &call.scope, key_arn, &facts)
}

/// Whether a policy names a user or role that an account does not have. An account of which the
/// server was never told a user or role is believed everything. Unverified: AWS knows all accounts.
async fn names_strangers(call: &Call, document: &Document) -> Result<bool, Error> {
    let directory = &call.settings::<Circumstances>()?.directory;
    for principal in document.principals() {
        let Principal::Named(arn) = principal else { continue };
        let account = arn.split(':').nth(4).unwrap_or_default();
        let partition = partition(&call.scope.region);
        let known = directory.arns(partition, account).await?;
        // A session is known by its role.
        let is_known = match arn.split_once(":assumed-role/") {
            Some((_, rest)) => {
                let role = rest.split('/').next().unwrap_or_default();
                known.iter().any(|arn| arn.contains(":role/") && arn.rsplit('/').next() == Some(role))
            }
            None => known.contains(arn) || arn.contains(":federated-user/"),
        };
        if !known.is_empty() && !is_known {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reads a policy that was sent for a key and holds it against the service's rules: its length, the
/// grammar, and that its principals could be somebody.
///
/// # Errors
/// [`Refusal::PolicyTooLong`], [`Refusal::MalformedPolicy`], [`Refusal::PolicyPrincipal`].
fn read(policy: &str) -> Result<Document, Refusal> {
    if policy.len() > LENGTH_MAX {
        return Err(Refusal::PolicyTooLong);
    }
    Document::read(policy, Kind::Resource).map_err(|malformed| match malformed {
        Malformed::Grammar(_) => Refusal::MalformedPolicy,
        Malformed::Principal => Refusal::PolicyPrincipal,
    })
}

/// Refuses a policy under which the caller could not change it again. Whoever is the account's root
/// counts as any other: that the public credentials may do everything is not the policy's merit.
///
/// # Errors
/// [`Refusal::PolicyLockout`].
fn check_lockout(
    policy: &Document,
    caller: &Caller,
    scope: &Scope,
    key_arn: &str,
    facts: &Facts,
) -> Result<(), Refusal> {
    let mut caller = caller.clone();
    caller.is_trusted = false;
    let asked = Asked { action: PUT, resource: key_arn, facts };
    let resource = Resource::Key { owner: &scope.tenant.account, policy };
    decide(&caller, &asked, resource, Enforced::ALL).map_err(|_| Refusal::PolicyLockout)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Record;
    use import_engine::Tenant;
    use serde_json::{Value, json};

    const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    fn scope() -> Scope {
        Scope::new(Tenant::new("aws", "111122223333"), "us-east-1")
    }

    fn root() -> Caller {
        Caller::root("111122223333", "us-east-1", true)
    }

    fn user(action: &str) -> Caller {
        let policy = json!({"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}).to_string();
        let record = Record { id: "AIDAX".into(), policies: [("p".into(), policy)].into(), ..Record::default() };
        Caller::principal("111122223333", "us-east-1", "user/a", &record, None).unwrap()
    }

    fn held(policy: &str, caller: &Caller) -> Result<(), Refusal> {
        let mut facts = Facts::default();
        caller.add_facts(&mut facts);
        check_lockout(&read(policy)?, caller, &scope(), ARN, &facts)
    }

    /// A policy of one statement: one that is whole, with some members changed and some gone.
    fn with(changes: &Value) -> String {
        let mut statement = json!({"Sid":"s","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"});
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                statement.as_object_mut().unwrap().remove(name);
            } else {
                statement[name] = value.clone();
            }
        }
        json!({"Version":"2012-10-17","Statement":[statement]}).to_string()
    }

    #[test]
    fn the_default_policy_keeps_the_rules() {
        assert_eq!(held(&default_policy(&scope()), &root()), Ok(()));
        assert!(kept(None, &scope()).is_ok());
        assert!(kept(Some("x"), &scope()).is_err());
    }

    #[test]
    fn policies_are_read() {
        assert!(read(&with(&json!({}))).is_ok());
        assert_eq!(read("x"), Err(Refusal::MalformedPolicy));
        assert_eq!(read(&with(&json!({"Effect": "allow"}))), Err(Refusal::MalformedPolicy));
        assert_eq!(read(&with(&json!({"Principal": {"AWS": "root"}}))), Err(Refusal::PolicyPrincipal));
        assert_eq!(read(&" ".repeat(LENGTH_MAX + 1)), Err(Refusal::PolicyTooLong));
    }

    #[test]
    fn the_caller_is_not_locked_out() {
        for good in [
            json!({"Action":["kms:Encrypt","KMS:put*"]}),
            json!({"Action":"*"}),
            json!({"Action":null,"NotAction":"kms:Encrypt"}),
            json!({"Resource":ARN}),
            json!({"Resource":"arn:aws:kms:*:111122223333:key/????????-*"}),
            json!({"Condition":{"StringEquals":{"kms:CallerAccount":"111122223333"}}}),
        ] {
            assert_eq!(held(&with(&good), &root()), Ok(()), "{good}");
        }
        for bad in [
            json!({"Effect":"Deny"}),
            json!({"Action":"kms:Encrypt"}),
            json!({"Action":null}),
            json!({"Resource":null}),
            json!({"Resource":"arn:aws:kms:us-east-1:111122223333:key/other"}),
            json!({"Principal":{"AWS":"444455556666"}}),
            json!({"Principal":{"AWS":"arn:aws:iam::111122223333:user/a"}}),
            json!({"Principal":{"Service":"x.amazonaws.com"}}),
            json!({"Principal":null,"NotPrincipal":{"AWS":"111122223333"}}),
            json!({"Condition":{"StringEquals":{"kms:CallerAccount":"444455556666"}}}),
        ] {
            assert_eq!(held(&with(&bad), &root()), Err(Refusal::PolicyLockout), "{bad}");
        }
        let both = json!({"Statement":[
            {"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},
            {"Effect":"Deny","Principal":"*","Action":"kms:Put*","Resource":"*"},
        ]});
        assert_eq!(held(&both.to_string(), &root()), Err(Refusal::PolicyLockout));
    }

    #[test]
    fn users_count_by_their_own_policies() {
        let delegating = with(&json!({"Principal":{"AWS":"111122223333"}}));
        let direct = with(&json!({"Principal":{"AWS":"arn:aws:iam::111122223333:user/a"}}));
        assert_eq!(held(&delegating, &user("kms:PutKeyPolicy")), Ok(()));
        assert_eq!(held(&delegating, &user("kms:CreateKey")), Err(Refusal::PolicyLockout));
        assert_eq!(held(&direct, &user("kms:CreateKey")), Ok(()));
    }
}
