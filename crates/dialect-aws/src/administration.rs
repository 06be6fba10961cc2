//! Users, roles and their credentials through the admin API, and whether an account's policies are
//! enforced. What IAM and STS would do for an account, in as few words; `docs/admin.md` has them all.

use dialect::Kept;
use std::collections::BTreeMap;

use dialect::admin::{Asked, Unanswered};
use dialect::principals::{
    self, Directory, Drawn, Issued, Issuing, Kind, ROLE, ROOT, Rules, USER, is_name, missing, read, time,
};
use import_engine::store::Principal;
use import_engine::{Engine, Error, Tenant};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::caller::{Record, Session, principal_arn};
use crate::iam::{Document, Kind as PolicyKind, Malformed};

/// The characters of ids that are issued.
const ID_LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The characters of secrets and tokens.
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// How long unique ids of users and roles are.
const UNIQUE_ID_LENGTH: usize = 21;
/// The longest policy of a user or role in bytes: that of a role's inline policies.
const POLICY_LENGTH_MAX: usize = 10_240;

/// How access keys look.
pub(crate) static ISSUING: Issuing = Issuing {
    lasting: Drawn { start: "AKIA", letters: ID_LETTERS, length: 20 },
    temporary: Drawn { start: "ASIA", letters: ID_LETTERS, length: 20 },
    secret: Drawn { start: "", letters: BASE64, length: 40 },
    // As STS's own begin.
    token: Drawn { start: "IQoJb3JpZ2luX2Vj", letters: BASE64, length: 336 },
    token_names_key: false,
};

static KINDS: [Kind; 2] = [
    Kind {
        word: "users",
        prefix: USER,
        is_role: false,
        id: Drawn { start: "AIDA", letters: ID_LETTERS, length: UNIQUE_ID_LENGTH },
    },
    Kind {
        word: "roles",
        prefix: ROLE,
        is_role: true,
        id: Drawn { start: "AROA", letters: ID_LETTERS, length: UNIQUE_ID_LENGTH },
    },
];

type Answer = Result<Value, Unanswered>;

/// What is asked about one account.
pub(crate) struct Administration<'a> {
    engine: &'a Engine,
    tenant: &'a Tenant,
    /// What all vendors have.
    common: principals::Administration<'a, Staff>,
}

/// What users and roles are at AWS.
pub(crate) struct Staff;

/// The body that makes or changes a user or role.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    path: Option<String>,
    tags: Option<BTreeMap<String, String>>,
    policies: Option<BTreeMap<String, Value>>,
}

/// The body that begins a session.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WantedSession {
    session_name: Option<String>,
    duration_seconds: Option<i64>,
    policies: Vec<Value>,
    tags: BTreeMap<String, String>,
}

/// The body that switches enforcement.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedEnforcement {
    enforced: Option<bool>,
}

impl<'a> Administration<'a> {
    /// For one account.
    pub fn new(engine: &'a Engine, directory: &'a Directory, tenant: &'a Tenant) -> Self {
        Self { engine, tenant, common: principals::Administration::new(engine, directory, tenant, &Staff) }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn answer(&self, asked: &Asked<'_>) -> Answer {
        match asked.path {
            ["authorization"] => self.enforcement(asked).await,
            ["users", name, "policies", policy] => self.policy(asked, &named(USER, name)?, policy).await,
            ["roles", name, "policies", policy] => self.policy(asked, &named(ROLE, name)?, policy).await,
            _ => self.common.answer(asked).await,
        }
    }

    async fn enforcement(&self, asked: &Asked<'_>) -> Answer {
        asked.only(&["GET", "PUT"])?;
        let enforced = if asked.method == "PUT" {
            let WantedEnforcement { enforced } = read(asked.body)?;
            let set = |before: Option<&str>| -> Result<String, Error> {
                let mut record = before.map(Record::of).transpose()?.unwrap_or_default();
                record.enforced = enforced;
                record.to_text()
            };
            self.engine.edit_principal(self.tenant, ROOT, set).await?;
            enforced
        } else {
            let root = self.engine.principal(self.tenant, ROOT).await?;
            root.map(|root| Record::of(&root.attributes)).transpose()?.and_then(|record| record.enforced)
        };
        Ok(json!({ "account": self.tenant.account, "enforced": enforced }))
    }

    async fn policy(&self, asked: &Asked<'_>, name: &str, policy: &str) -> Answer {
        asked.only(&["GET", "PUT", "DELETE"])?;
        let principal = self.common.existing(name).await?;
        let record = Record::of(&principal.attributes)?;
        if asked.method == "GET" {
            let text = record.policies.get(policy).ok_or_else(|| missing(policy))?;
            return serde_json::from_str(text).map_err(|error| Error::internal(error).into());
        }
        self.common.refuse_configured(name)?;
        let text = match asked.method {
            "PUT" => Some(checked_policy((&policy.to_owned(), asked.body))?.1),
            _ if record.policies.contains_key(policy) => None,
            _ => return Err(missing(policy)),
        };
        let set = |before: Option<&str>| -> Result<String, Unanswered> {
            let mut record = Record::of(before.ok_or_else(|| missing(name))?)?;
            match &text {
                Some(text) => record.policies.insert(policy.to_owned(), text.clone()),
                None => record.policies.remove(policy),
            };
            Ok(record.to_text()?)
        };
        let principal = self.engine.edit_principal(self.tenant, name, set).await?;
        Staff.shown(self.tenant, &principal)
    }
}

impl Rules for Staff {
    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn issuing(&self) -> &'static Issuing {
        &ISSUING
    }

    fn edited(&self, _name: &str, before: Option<&str>, id: &str, wanted: &Value) -> Result<String, Unanswered> {
        let empty = json!({});
        let wanted: Wanted = read(if wanted.is_null() { &empty } else { wanted })?;
        let mut record = before.map(Record::of).transpose()?.unwrap_or_default();
        if record.id.is_empty() {
            id.clone_into(&mut record.id);
        }
        // What the body does not say stays.
        if let Some(policies) = &wanted.policies {
            record.policies = policies.iter().map(checked_policy).collect::<Result<_, _>>()?;
        }
        if let Some(path) = wanted.path {
            if !is_path(&path) {
                return Err(Unanswered::bad("a path begins and ends with a slash"));
            }
            record.path = path;
        }
        if let Some(tags) = wanted.tags {
            record.tags = tags;
        }
        Ok(record.to_text()?)
    }

    fn shown(&self, tenant: &Tenant, principal: &Principal) -> Answer {
        let record = Record::of(&principal.attributes)?;
        // The region decides the partition; here there is none.
        let arn = principal_arn("aws", &tenant.account, &principal.name, &record.path);
        let name = principal.name.split_once('/').map_or(principal.name.as_str(), |(_, name)| name);
        let policies: BTreeMap<&String, Value> = record
            .policies
            .iter()
            .map(|(name, text)| Ok((name, serde_json::from_str(text).map_err(Error::internal)?)))
            .collect::<Result<_, Error>>()?;
        Ok(json!({
            "name": name, "arn": arn, "id": record.id, "path": if record.path.is_empty() { "/" } else { &record.path },
            "created": time(principal.created_at), "tags": record.tags, "policies": policies,
        }))
    }

    fn session(&self, name: &str, wanted: &Value) -> Result<(i64, String), Unanswered> {
        let wanted: WantedSession = if wanted.is_null() { WantedSession::default() } else { read(wanted)? };
        let is_role = name.starts_with(ROLE);
        let (seconds_max, seconds_default) = match name {
            ROOT => (3600, 3600),
            _ if is_role => (43_200, 3600),
            _ => (129_600, 43_200),
        };
        let seconds = wanted.duration_seconds.unwrap_or(seconds_default);
        if !(900..=seconds_max).contains(&seconds) {
            return Err(Unanswered::bad(format!("duration_seconds is between 900 and {seconds_max}")));
        }
        let session_name = match (is_role, wanted.session_name) {
            (true, Some(session)) if is_session_name(&session) => session,
            (true, _) => {
                return Err(Unanswered::bad("session_name has 2 to 64 of the characters A-Z a-z 0-9 _ + = , . @ -"));
            }
            (false, None) if wanted.policies.is_empty() && wanted.tags.is_empty() => String::new(),
            (false, _) => return Err(Unanswered::bad("only a role's session has a name, policies and tags")),
        };
        let label = "session".to_owned();
        let policies = wanted.policies.iter().map(|policy| Ok(checked_policy((&label, policy))?.1));
        let policies = policies.collect::<Result<Vec<String>, Unanswered>>()?;
        Ok((seconds, Session { name: session_name, policies, tags: wanted.tags }.to_text()?))
    }

    /// The form in which SDKs take credentials from another program.
    fn credential(&self, issued: &Issued) -> Value {
        let mut shown = json!({ "Version": 1, "AccessKeyId": issued.id, "SecretAccessKey": issued.secret.as_str() });
        if let (Some(token), Some(end)) = (&issued.token, issued.expires_at) {
            shown["SessionToken"] = json!(token.as_str());
            shown["Expiration"] = json!(time(end));
        }
        shown
    }
}

/// The name of a principal of a kind.
fn named(kind: &str, name: &str) -> Result<String, Unanswered> {
    if is_name(name) {
        Ok(format!("{kind}{name}"))
    } else {
        Err(Unanswered::bad("a name has 1 to 64 of the characters A-Z a-z 0-9 _ + = , . @ -"))
    }
}

fn is_session_name(name: &str) -> bool {
    name.len() >= 2 && is_name(name)
}

fn is_path(path: &str) -> bool {
    path == "/"
        || path
            .strip_prefix('/')
            .and_then(|rest| rest.strip_suffix('/'))
            .is_some_and(|middle| path.len() <= 512 && middle.split('/').all(is_name))
}

/// A policy as JSON or as its text, found well-formed, under its name.
fn checked_policy((name, policy): (&String, &Value)) -> Result<(String, String), Unanswered> {
    let text = match policy {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.len() > POLICY_LENGTH_MAX {
        return Err(Unanswered::bad(format!("a policy has at most {POLICY_LENGTH_MAX} bytes")));
    }
    match Document::read(&text, PolicyKind::Identity) {
        Ok(_) => Ok((name.clone(), text)),
        Err(Malformed::Grammar(sentence)) => Err(Unanswered::bad(format!("the policy {name}: {sentence}"))),
        Err(Malformed::Principal) => Err(Unanswered::bad(format!("the policy {name} names a principal"))),
    }
}

/// Holds the attributes of a principal from the settings against the rules and puts them into the
/// form in which they are kept.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn configured_principal(
    name: &str,
    path: &str,
    tags: BTreeMap<String, String>,
    policies: &[String],
) -> Result<String, String> {
    let sentence = |refusal: Unanswered| refusal.sentence();
    let kind = if name.starts_with(ROLE) { ROLE } else { USER };
    let short = name.strip_prefix(kind).ok_or("a principal is user/NAME or role/NAME")?;
    named(kind, short).map_err(sentence)?;
    if !path.is_empty() && !is_path(path) {
        return Err("a path begins and ends with a slash".to_owned());
    }
    let numbered = policies.iter().enumerate().map(|(number, text)| (number.to_string(), Value::String(text.clone())));
    let policies = numbered.map(|(name, text)| checked_policy((&name, &text)).map_err(sentence));
    let policies = policies.collect::<Result<BTreeMap<_, _>, _>>()?;
    // Stable, so that `aws:userid` is the same on every replica and after a restart.
    let digest = dialect::signature::sha256_hex(name.as_bytes());
    let letters = digest.bytes().filter_map(|byte| ID_LETTERS.get(usize::from(byte % 32)).copied().map(char::from));
    let start = if kind == USER { "AIDA" } else { "AROA" };
    let id = start.chars().chain(letters).take(UNIQUE_ID_LENGTH).collect();
    let record = Record { id, path: path.to_owned(), policies, tags, enforced: None };
    record.to_text().map_err(|error| error.to_string())
}
