//! Whether a caller may do something: what the policies say, taken together.

use crate::caller::Caller;
use crate::iam::{Asked, Document, Judged, Reach, Said};

/// What a request is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resource<'a> {
    /// Something of the caller's own account that has no policy of its own: an alias, or nothing.
    Plain,
    /// A key.
    Key {
        /// Whose key it is.
        owner: &'a str,
        /// Its policy.
        policy: &'a Document,
    },
}

/// Why not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Denial {
    /// The key's policy says no.
    KeyDenies,
    /// The caller's policies say no.
    CallerDenies,
    /// The session's policies say no.
    SessionDenies,
    /// The key's policy says nothing.
    NoKeyPolicy,
    /// The caller's policies say nothing.
    NoCallerPolicy,
    /// The session's policies say nothing.
    NoSessionPolicy,
    /// The key is another account's, which is not told more.
    Foreign {
        /// Whether its policy says no.
        denies: bool,
    },
}

impl Denial {
    /// Whether no grant can make up for it.
    pub fn is_explicit(self) -> bool {
        match self {
            Self::KeyDenies | Self::CallerDenies | Self::SessionDenies => true,
            Self::Foreign { denies } => denies,
            Self::NoKeyPolicy | Self::NoCallerPolicy | Self::NoSessionPolicy => false,
        }
    }
}

/// Whose policies count: enforcement can be switched off by account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Enforced {
    /// Those of the caller's account.
    pub caller: bool,
    /// Those of the key's.
    pub owner: bool,
}

impl Enforced {
    /// All of them.
    pub const ALL: Self = Self { caller: true, owner: true };
}

/// Whether a caller may do something, by the policies alone.
///
/// # Errors
/// [`Denial`]; one that is not explicit may be made up for by a grant.
pub(crate) fn decide(
    caller: &Caller,
    asked: &Asked<'_>,
    resource: Resource<'_>,
    enforced: Enforced,
) -> Result<(), Denial> {
    let (is_own, said) = match resource {
        Resource::Plain => (true, Said::Allowed(Reach::Account)),
        Resource::Key { owner, policy } => {
            let is_own = owner == caller.subject.account;
            if is_own && (caller.is_trusted || !enforced.owner) {
                return Ok(());
            }
            (is_own, if enforced.owner { policy.say(asked, &caller.subject) } else { Said::Allowed(Reach::Account) })
        }
    };
    if said == Said::Denied {
        return Err(if is_own { Denial::KeyDenies } else { Denial::Foreign { denies: true } });
    }
    let free = |judged: Judged| if enforced.caller { judged } else { Judged::Allowed };
    let (own, session) = (free(caller.judge(asked)), free(caller.judge_session(asked)));
    match (own, session) {
        (Judged::Denied, _) => return Err(Denial::CallerDenies),
        (_, Judged::Denied) => return Err(Denial::SessionDenies),
        _ => {}
    }
    let needs_own = match (said, is_own) {
        (Said::Silent | Said::Denied, true) => return Err(Denial::NoKeyPolicy),
        (Said::Silent | Said::Denied, false) => return Err(Denial::Foreign { denies: false }),
        // Named itself, a session is not held to what its own policies leave out.
        (Said::Allowed(Reach::Session), true) => return Ok(()),
        (Said::Allowed(reach), true) => reach == Reach::Account,
        (Said::Allowed(_), false) => true,
    };
    if needs_own && own == Judged::Silent {
        Err(Denial::NoCallerPolicy)
    } else if session == Judged::Silent {
        Err(Denial::NoSessionPolicy)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::{Record, Session};
    use crate::iam::{Facts, Kind};
    use import_engine::Timestamp;
    use serde_json::{Value, json};

    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/k";
    const OWNER: &str = "111122223333";
    const OTHER: &str = "444455556666";

    fn line(effect: &str, principal: Option<Value>) -> Value {
        let mut line = json!({"Effect": effect, "Action": "kms:Encrypt", "Resource": "*"});
        if let Some(principal) = principal {
            line["Principal"] = principal;
        }
        line
    }

    fn text(lines: &[Value]) -> String {
        json!({"Version": "2012-10-17", "Statement": lines}).to_string()
    }

    fn key_policy(lines: &[(&str, Value)]) -> Document {
        let lines: Vec<Value> = lines.iter().map(|(effect, principal)| line(effect, Some(principal.clone()))).collect();
        Document::read(&text(&lines), Kind::Resource).unwrap()
    }

    fn policies(effects: &[&str]) -> Vec<String> {
        effects.iter().map(|effect| text(&[line(effect, None)])).collect()
    }

    fn user(account: &str, effects: &[&str]) -> Caller {
        let policies = policies(effects).into_iter().enumerate().map(|(n, text)| (n.to_string(), text)).collect();
        let record = Record { id: "AIDAX".into(), policies, ..Record::default() };
        Caller::principal(account, "us-east-1", "user/a", &record, None).unwrap()
    }

    fn session(effects: &[&str], limits: &[&str]) -> Caller {
        limited(effects, policies(limits))
    }

    fn limited(effects: &[&str], limits: Vec<String>) -> Caller {
        let policies = policies(effects).into_iter().enumerate().map(|(n, text)| (n.to_string(), text)).collect();
        let record = Record { id: "AROAX".into(), policies, ..Record::default() };
        let session = Session { name: "s".into(), policies: limits, ..Session::default() };
        let session = Some((&session, Timestamp::from_seconds(0)));
        Caller::principal(OWNER, "us-east-1", "role/r", &record, session).unwrap()
    }

    fn decided(caller: &Caller, policy: &Document) -> Result<(), Denial> {
        let facts = Facts::default();
        let asked = Asked { action: "kms:Encrypt", resource: KEY, facts: &facts };
        decide(caller, &asked, Resource::Key { owner: OWNER, policy }, Enforced::ALL)
    }

    #[test]
    fn key_policy_and_own_policies_decide_together() {
        let root = json!({"AWS": OWNER});
        let delegating = key_policy(&[("Allow", root.clone())]);
        let direct = key_policy(&[("Allow", json!({"AWS": "arn:aws:iam::111122223333:user/a"}))]);
        let silent = key_policy(&[("Allow", json!({"AWS": "arn:aws:iam::111122223333:user/b"}))]);
        let denying = key_policy(&[("Allow", root), ("Deny", json!("*"))]);
        for (policy, effects, expected) in [
            (&delegating, &["Allow"][..], Ok(())),
            (&delegating, &[], Err(Denial::NoCallerPolicy)),
            (&delegating, &["Allow", "Deny"], Err(Denial::CallerDenies)),
            (&direct, &[], Ok(())),
            (&direct, &["Deny"], Err(Denial::CallerDenies)),
            (&silent, &["Allow"], Err(Denial::NoKeyPolicy)),
            (&silent, &[], Err(Denial::NoKeyPolicy)),
            (&denying, &["Allow"], Err(Denial::KeyDenies)),
        ] {
            assert_eq!(decided(&user(OWNER, effects), policy), expected, "{policy:?} {effects:?}");
        }
    }

    #[test]
    fn the_root_obeys_the_key_and_the_trusted_nobody() {
        let silent = key_policy(&[("Allow", json!({"AWS": "arn:aws:iam::111122223333:user/b"}))]);
        let delegating = key_policy(&[("Allow", json!({"AWS": OWNER}))]);
        let root = |is_trusted| Caller::root(OWNER, "us-east-1", is_trusted);
        assert_eq!(decided(&root(false), &delegating), Ok(()));
        assert_eq!(decided(&root(false), &silent), Err(Denial::NoKeyPolicy));
        assert_eq!(decided(&root(true), &silent), Ok(()));
        // Trust ends at the border of the account.
        let other = Caller::root(OTHER, "us-east-1", true);
        assert_eq!(decided(&other, &delegating), Err(Denial::Foreign { denies: false }));
        let open = key_policy(&[("Allow", json!({"AWS": OTHER}))]);
        assert_eq!(decided(&other, &open), Ok(()));
    }

    #[test]
    fn sessions_may_be_limited() {
        let role = key_policy(&[("Allow", json!({"AWS": "arn:aws:iam::111122223333:role/r"}))]);
        let itself = key_policy(&[("Allow", json!({"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"}))]);
        let delegating = key_policy(&[("Allow", json!({"AWS": OWNER}))]);
        let elsewhere = text(&[json!({"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"})]);
        let limited = limited(&["Allow"], vec![elsewhere]);
        for (caller, policy, expected) in [
            (session(&[], &[]), &role, Ok(())),
            (session(&[], &["Allow"]), &role, Ok(())),
            (session(&[], &["Deny"]), &role, Err(Denial::SessionDenies)),
            (limited.clone(), &role, Err(Denial::NoSessionPolicy)),
            (limited.clone(), &delegating, Err(Denial::NoSessionPolicy)),
            (limited, &itself, Ok(())),
            (session(&["Allow"], &["Allow"]), &delegating, Ok(())),
            (session(&[], &["Allow"]), &delegating, Err(Denial::NoCallerPolicy)),
        ] {
            assert_eq!(decided(&caller, policy), expected, "{caller:?} {policy:?}");
        }
    }

    #[test]
    fn across_accounts_both_must_allow() {
        let open = key_policy(&[("Allow", json!({"AWS": OTHER}))]);
        let named = key_policy(&[("Allow", json!({"AWS": "arn:aws:iam::444455556666:user/a"}))]);
        let closed = key_policy(&[("Allow", json!({"AWS": OWNER}))]);
        let denying = key_policy(&[("Allow", json!("*")), ("Deny", json!({"AWS": OTHER}))]);
        for (policy, effects, expected) in [
            (&open, &["Allow"][..], Ok(())),
            (&open, &[], Err(Denial::NoCallerPolicy)),
            (&named, &["Allow"], Ok(())),
            (&named, &[], Err(Denial::NoCallerPolicy)),
            (&closed, &["Allow"], Err(Denial::Foreign { denies: false })),
            (&denying, &["Allow"], Err(Denial::Foreign { denies: true })),
            (&open, &["Deny"], Err(Denial::CallerDenies)),
        ] {
            assert_eq!(decided(&user(OTHER, effects), policy), expected, "{policy:?} {effects:?}");
        }
    }

    #[test]
    fn accounts_may_do_without() {
        let closed = key_policy(&[("Deny", json!("*"))]);
        let facts = Facts::default();
        let asked = Asked { action: "kms:Encrypt", resource: KEY, facts: &facts };
        let key = Resource::Key { owner: OWNER, policy: &closed };
        let decide = |caller: &Caller, resource, enforced| decide(caller, &asked, resource, enforced);
        let neither = Enforced { caller: false, owner: false };
        assert_eq!(decide(&user(OWNER, &["Deny"]), key, neither), Ok(()));
        assert_eq!(decide(&user(OTHER, &["Deny"]), key, neither), Ok(()));
        let owner_only = Enforced { caller: false, owner: true };
        assert_eq!(decide(&user(OTHER, &[]), key, owner_only), Err(Denial::Foreign { denies: true }));
        let caller_only = Enforced { caller: true, owner: false };
        assert_eq!(decide(&user(OTHER, &[]), key, caller_only), Err(Denial::NoCallerPolicy));
        assert_eq!(decide(&user(OTHER, &["Allow"]), key, caller_only), Ok(()));
        assert_eq!(decide(&user(OWNER, &[]), Resource::Plain, Enforced::ALL), Err(Denial::NoCallerPolicy));
        assert_eq!(decide(&user(OWNER, &["Allow"]), Resource::Plain, Enforced::ALL), Ok(()));
        assert_eq!(decide(&user(OWNER, &[]), Resource::Plain, neither), Ok(()));
    }
}
