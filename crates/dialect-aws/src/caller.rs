//! Who calls, as policies see them.

use std::collections::BTreeMap;

use dialect::principals::{ROLE, USER};
use dialect::{Call, Kept};
use import_engine::{Error, Timestamp};
use serde::{Deserialize, Serialize};

use crate::iam::{Asked, Document, Facts, Judged, Kind, Subject};
use crate::identifiers::partition;

/// What is kept of a principal.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Record {
    /// The unique id: `AIDA…` of a user, `AROA…` of a role; empty for the root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The path in the ARN, from slash to slash; empty is `/`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// Policies by name, as they were sent.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub policies: BTreeMap<String, String>,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Of the root: whether policies are enforced in the account; absent: as the settings say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforced: Option<bool>,
}

/// What is kept of a session: temporary credentials.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Session {
    /// The session's name; empty where the principal itself goes on, as with GetSessionToken.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Policies that limit the session, as they were sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// Tags beside those of the role.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

impl Kept for Record {}

impl Kept for Session {}

/// A verified caller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Caller {
    /// Account and names.
    pub subject: Subject,
    /// `aws:userid`.
    pub user_id: String,
    /// `aws:username`, which only users have.
    pub username: Option<String>,
    /// Tags of the principal and of the session.
    pub tags: BTreeMap<String, String>,
    /// When the credentials were issued, if they are temporary.
    pub issued_at: Option<Timestamp>,
    /// Whether nothing is asked about what they do in their own account: the public credentials.
    pub is_trusted: bool,
    /// Policies of the principal.
    policies: Vec<Document>,
    /// Policies that limit the session; none if it is not limited.
    limits: Vec<Document>,
}

impl Caller {
    /// The account's root.
    pub fn root(account: &str, region: &str, is_trusted: bool) -> Self {
        let partition = partition(region);
        let arn = root_arn(partition, account);
        Self {
            subject: Subject { account: account.to_owned(), partition, arn, role: None },
            user_id: account.to_owned(),
            username: None,
            tags: BTreeMap::new(),
            issued_at: None,
            is_trusted,
            policies: Vec::new(),
            limits: Vec::new(),
        }
    }

    /// The principal of a name, in a session if there is one.
    ///
    /// # Errors
    /// [`Error::Internal`] for a record that cannot be: it was checked when it was made.
    pub fn principal(
        account: &str,
        region: &str,
        name: &str,
        record: &Record,
        session: Option<(&Session, Timestamp)>,
    ) -> Result<Self, Error> {
        let partition = partition(region);
        let arn = principal_arn(partition, account, name, &record.path);
        let read = |text: &String| {
            Document::read(text, Kind::Identity).map_err(|_| Error::internal("a stored policy that is none"))
        };
        let mut caller = Self {
            policies: record.policies.values().map(read).collect::<Result<_, _>>()?,
            tags: record.tags.clone(),
            ..Self::root(account, region, false)
        };
        if let Some(user) = name.strip_prefix(USER) {
            caller.user_id.clone_from(&record.id);
            caller.username = Some(user.to_owned());
            caller.subject.arn = arn;
        } else if let Some(role) = name.strip_prefix(ROLE) {
            let session = session.map_or("", |(session, _)| session.name.as_str());
            caller.user_id = format!("{}:{session}", record.id);
            caller.subject.arn = format!("arn:{partition}:sts::{account}:assumed-role/{role}/{session}");
            caller.subject.role = Some(arn);
        }
        if let Some((session, issued_at)) = session {
            caller.limits = session.policies.iter().map(read).collect::<Result<_, _>>()?;
            caller.tags.extend(session.tags.clone());
            caller.issued_at = Some(issued_at);
        }
        Ok(caller)
    }

    /// What the caller's own policies say. Nothing limits an account's root.
    pub fn judge(&self, asked: &Asked<'_>) -> Judged {
        let judged = strictest_of(&self.policies, asked);
        if self.subject.is_root() { Judged::Allowed } else { judged }
    }

    /// What the session's policies say.
    pub fn judge_session(&self, asked: &Asked<'_>) -> Judged {
        if self.limits.is_empty() { Judged::Allowed } else { strictest_of(&self.limits, asked) }
    }

    /// Whether one of the caller's policies looks at a context key.
    pub fn looks_at(&self, key: &str) -> bool {
        self.policies.iter().chain(&self.limits).any(|document| document.looks_at(key))
    }

    /// The context keys that say who calls.
    pub fn add_facts(&self, facts: &mut Facts) {
        let subject = &self.subject;
        facts.add("aws:PrincipalArn", subject.role.as_ref().unwrap_or(&subject.arn).as_str());
        facts.add("aws:PrincipalAccount", subject.account.as_str());
        facts.add("aws:PrincipalIsAWSService", "false");
        facts.add("aws:ViaAWSService", "false");
        facts.add("kms:CallerAccount", subject.account.as_str());
        facts.add("aws:userid", self.user_id.as_str());
        let kind = match (subject.is_root(), &subject.role) {
            (true, _) => "Account",
            (_, Some(_)) => "AssumedRole",
            (_, None) => "User",
        };
        facts.add("aws:PrincipalType", kind);
        if let Some(name) = &self.username {
            facts.add("aws:username", name.as_str());
        }
        for (name, value) in &self.tags {
            facts.add(&format!("aws:PrincipalTag/{name}"), value.as_str());
        }
        if let Some(at) = self.issued_at {
            facts.add("aws:TokenIssueTime", at.seconds().to_string());
            // Nobody here has shown a second factor; long-lived credentials do not say so at all.
            facts.add("aws:MultiFactorAuthPresent", "false");
        }
    }
}

/// Who sends a call.
///
/// # Errors
/// [`Error::Internal`] if authentication said nothing: a slip that its first test finds.
pub(crate) fn of(call: &Call) -> Result<&Caller, Error> {
    call.caller.identity().ok_or_else(|| Error::internal("the call has no caller of this dialect"))
}

/// Denied if one denies, allowed if one allows.
fn strictest_of(documents: &[Document], asked: &Asked<'_>) -> Judged {
    let judged: Vec<Judged> = documents.iter().map(|document| document.judge(asked)).collect();
    [Judged::Denied, Judged::Allowed].into_iter().find(|wanted| judged.contains(wanted)).unwrap_or(Judged::Silent)
}

/// The ARN of an account's root.
pub(crate) fn root_arn(partition: &str, account: &str) -> String {
    format!("arn:{partition}:iam::{account}:root")
}

/// The ARN of a user, a role or the root, by its name and path.
pub(crate) fn principal_arn(partition: &str, account: &str, name: &str, path: &str) -> String {
    let path = if path.is_empty() { "/" } else { path };
    match name.split_once('/') {
        Some((kind, name)) => format!("arn:{partition}:iam::{account}:{kind}{path}{name}"),
        None => root_arn(partition, account),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(caller: &Caller) -> Facts {
        let mut facts = Facts::default();
        caller.add_facts(&mut facts);
        facts
    }

    #[test]
    fn callers_have_names() {
        let root = Caller::root("111122223333", "cn-north-1", false);
        assert_eq!(root.subject.arn, "arn:aws-cn:iam::111122223333:root");
        assert!(root.subject.is_root());
        assert_eq!(facts(&root).single("aws:PrincipalType"), Some("Account"));
        let record = Record { id: "AIDAX".into(), path: "/team/".into(), ..Record::default() };
        let user = Caller::principal("111122223333", "us-east-1", "user/a", &record, None).unwrap();
        assert_eq!(user.subject.arn, "arn:aws:iam::111122223333:user/team/a");
        assert_eq!((user.user_id.as_str(), user.username.as_deref()), ("AIDAX", Some("a")));
        assert!(!user.subject.is_root());
        let record = Record { id: "AROAX".into(), tags: [("t".into(), "1".into())].into(), ..Record::default() };
        let session = Session { name: "s".into(), tags: [("t".into(), "2".into())].into(), policies: vec![] };
        let session = Some((&session, Timestamp::from_seconds(7)));
        let session = Caller::principal("111122223333", "us-east-1", "role/r", &record, session).unwrap();
        assert_eq!(session.subject.arn, "arn:aws:sts::111122223333:assumed-role/r/s");
        assert_eq!(session.subject.role.as_deref(), Some("arn:aws:iam::111122223333:role/r"));
        let facts = facts(&session);
        for (name, value) in [
            ("aws:principalarn", "arn:aws:iam::111122223333:role/r"),
            ("aws:userid", "AROAX:s"),
            ("aws:principaltype", "AssumedRole"),
            ("aws:principaltag/T", "2"),
            ("aws:tokenissuetime", "7"),
            ("kms:calleraccount", "111122223333"),
        ] {
            assert_eq!(facts.single(name), Some(value), "{name}");
        }
        assert_eq!(facts.get("aws:username"), None);
    }

    #[test]
    fn records_keep_what_they_hold() {
        assert_eq!(Record::default().to_text().unwrap(), "{}");
        assert_eq!(Record::of("{}").unwrap(), Record::default());
        assert!(Record::of(r#"{"other":1}"#).is_err());
        let session = Session { name: "s".into(), ..Session::default() };
        assert_eq!(Session::of(&session.to_text().unwrap()).unwrap(), session);
    }
}
