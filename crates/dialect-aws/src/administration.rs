//! Users, roles and their credentials through the admin API, and whether an account's policies are
//! enforced. What IAM and STS would do for an account, in as few words; `docs/admin.md` has them all.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat};
use dialect::admin::{Asked, Unanswered};
use import_engine::store::{Principal, StoredAccessKey};
use import_engine::{Engine, Error, Material, NewAccessKey, Tenant, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::caller::{ROLE, ROOT, Record, Session, USER, principal_arn};
use crate::directory::{Directory, ID_LENGTH, LASTING, TEMPORARY};
use crate::iam::{Document, Kind, Malformed};

/// The characters of ids that are issued.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// How long unique ids of users and roles are.
const UNIQUE_ID_LENGTH: usize = 21;
/// How many random bytes a secret has.
const SECRET_BYTES: usize = 30;
/// How many random bytes a session token has.
const TOKEN_BYTES: usize = 240;
/// How STS's own tokens begin.
const TOKEN_START: &str = "IQoJb3JpZ2luX2Vj";
/// The longest policy of a user or role in bytes: that of a role's inline policies.
const POLICY_LENGTH_MAX: usize = 10_240;
/// How often an id is drawn until one is free.
const DRAWS: u32 = 4;

type Answer = Result<Value, Unanswered>;

/// What is asked about one account.
pub(crate) struct Administration<'a> {
    engine: &'a Engine,
    directory: &'a Directory,
    tenant: &'a Tenant,
}

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
        Self { engine, directory, tenant }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn answer(&self, asked: &Asked<'_>) -> Answer {
        match asked.path {
            ["authorization"] => self.enforcement(asked).await,
            ["users"] => self.list(asked, USER).await,
            ["roles"] => self.list(asked, ROLE).await,
            ["users", name, rest @ ..] => self.principal(asked, &named(USER, name)?, rest).await,
            ["roles", name, rest @ ..] => self.principal(asked, &named(ROLE, name)?, rest).await,
            ["access-keys" | "sessions", ..] => self.credentials(asked, ROOT, asked.path).await,
            _ => Err(Unanswered::NotThere),
        }
    }

    async fn enforcement(&self, asked: &Asked<'_>) -> Answer {
        asked.only(&["GET", "PUT"])?;
        let enforced = if asked.method == "PUT" {
            let WantedEnforcement { enforced } = read(asked)?;
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

    async fn list(&self, asked: &Asked<'_>, kind: &str) -> Answer {
        asked.only(&["GET"])?;
        let all = self.engine.principals(self.tenant).await?;
        let shown: Vec<Value> = all
            .iter()
            .filter(|principal| principal.name.starts_with(kind))
            .map(|principal| self.shown(principal))
            .collect::<Result<_, Unanswered>>()?;
        Ok(json!({ kind.replace('/', "s"): shown }))
    }

    async fn principal(&self, asked: &Asked<'_>, name: &str, rest: &[&str]) -> Answer {
        match rest {
            [] => self.one(asked, name).await,
            ["policies", policy] => self.policy(asked, name, policy).await,
            ["access-keys" | "sessions", ..] => self.credentials(asked, name, rest).await,
            _ => Err(Unanswered::NotThere),
        }
    }

    async fn one(&self, asked: &Asked<'_>, name: &str) -> Answer {
        asked.only(&["GET", "PUT", "DELETE"])?;
        match asked.method {
            "DELETE" if self.engine.remove_principal(self.tenant, name).await? => Ok(json!({})),
            "DELETE" => Err(missing(name)),
            "PUT" => {
                self.refuse_configured(name)?;
                let wanted: Wanted = if asked.body.is_null() { read_value(&json!({}))? } else { read(asked)? };
                let policies = match &wanted.policies {
                    None => None,
                    Some(policies) => Some(policies.iter().map(checked_policy).collect::<Result<BTreeMap<_, _>, _>>()?),
                };
                if wanted.path.as_ref().is_some_and(|path| !is_path(path)) {
                    return Err(Unanswered::bad("a path begins and ends with a slash"));
                }
                let fresh = self.unique_id(if name.starts_with(USER) { "AIDA" } else { "AROA" })?;
                let set = |before: Option<&str>| -> Result<String, Error> {
                    let mut record = before.map(Record::of).transpose()?.unwrap_or_default();
                    if record.id.is_empty() {
                        record.id.clone_from(&fresh);
                    }
                    // What the body does not say stays.
                    if let Some(path) = &wanted.path {
                        record.path.clone_from(path);
                    }
                    if let Some(tags) = &wanted.tags {
                        record.tags.clone_from(tags);
                    }
                    if let Some(policies) = &policies {
                        record.policies.clone_from(policies);
                    }
                    record.to_text()
                };
                let principal = self.engine.edit_principal(self.tenant, name, set).await?;
                self.shown(&principal)
            }
            _ => self.shown(&self.existing(name).await?),
        }
    }

    async fn policy(&self, asked: &Asked<'_>, name: &str, policy: &str) -> Answer {
        asked.only(&["GET", "PUT", "DELETE"])?;
        let principal = self.existing(name).await?;
        let record = Record::of(&principal.attributes)?;
        if asked.method == "GET" {
            let text = record.policies.get(policy).ok_or_else(|| missing(policy))?;
            return serde_json::from_str(text).map_err(|error| Error::internal(error).into());
        }
        self.refuse_configured(name)?;
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
        self.shown(&principal)
    }

    /// Access keys that last, and sessions: the same rows, of which sessions end.
    async fn credentials(&self, asked: &Asked<'_>, name: &str, rest: &[&str]) -> Answer {
        let is_session = rest.first() == Some(&"sessions");
        match rest {
            [_] => asked.only(&["GET", "POST"])?,
            [_, _] => asked.only(&["DELETE"])?,
            _ => return Err(Unanswered::NotThere),
        }
        match (rest, asked.method) {
            ([_, id], _) => {
                let removed = self.engine.remove_access_key(self.tenant, name, id).await?;
                if removed { Ok(json!({})) } else { Err(missing(id)) }
            }
            (_, "GET") => {
                let keys = self.engine.access_keys(self.tenant, name).await?;
                let shown = keys.iter().filter(|key| key.expires_at.is_some() == is_session).map(shown_key);
                Ok(json!({ if is_session { "sessions" } else { "access_keys" }: shown.collect::<Vec<_>>() }))
            }
            _ if is_session => self.begin_session(asked, name).await,
            _ if name.starts_with(ROLE) => Err(Unanswered::bad("a role has sessions, not access keys")),
            _ => {
                self.obtain(name).await?;
                self.issue(name, LASTING, None, "{}".to_owned()).await
            }
        }
    }

    async fn begin_session(&self, asked: &Asked<'_>, name: &str) -> Answer {
        let wanted: WantedSession = if asked.body.is_null() { WantedSession::default() } else { read(asked)? };
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
        let session = Session { name: session_name, policies, tags: wanted.tags };
        self.obtain(name).await?;
        self.issue(name, TEMPORARY, Some(seconds), session.to_text()?).await
    }

    /// Sees to it that a principal has a row to hang access keys on. The root and what the settings
    /// name get one when they first need it.
    async fn obtain(&self, name: &str) -> Result<(), Unanswered> {
        let configured = self.directory.configured(self.tenant, name).map(str::to_owned);
        let set = |before: Option<&str>| -> Result<String, Unanswered> {
            match (before, &configured) {
                (_, Some(text)) => Ok(text.clone()),
                (Some(text), None) => Ok(text.to_owned()),
                (None, None) if name == ROOT => Ok(Record::default().to_text()?),
                (None, None) => Err(missing(name)),
            }
        };
        self.engine.edit_principal(self.tenant, name, set).await?;
        Ok(())
    }

    async fn issue(&self, name: &str, start: &str, seconds: Option<i64>, attributes: String) -> Answer {
        for _ in 0..DRAWS {
            let secret = STANDARD.encode(self.engine.random(SECRET_BYTES)?.expose());
            let token = match seconds {
                Some(_) => Some(format!("{TOKEN_START}{}", STANDARD.encode(self.engine.random(TOKEN_BYTES)?.expose()))),
                None => None,
            };
            let new = NewAccessKey {
                tenant: self.tenant.clone(),
                principal: name.to_owned(),
                id: self.drawn(start, ID_LENGTH)?,
                secret: Material::copy_of(secret.as_bytes()),
                token: token.as_ref().map(|token| Material::copy_of(token.as_bytes())),
                lifetime_seconds: seconds,
                attributes: attributes.clone(),
            };
            return match self.engine.issue_access_key(&new).await {
                Err(Error::NameTaken(_)) => continue,
                Ok(None) => Err(missing(name)),
                Ok(Some(key)) => {
                    // The form in which SDKs take credentials from another program.
                    let mut shown = json!({ "Version": 1, "AccessKeyId": key.id, "SecretAccessKey": secret });
                    if let (Some(token), Some(end)) = (token, key.expires_at) {
                        shown["SessionToken"] = json!(token);
                        shown["Expiration"] = json!(time(end));
                    }
                    Ok(shown)
                }
                Err(error) => Err(error.into()),
            };
        }
        Err(Error::Busy.into())
    }

    async fn existing(&self, name: &str) -> Result<Principal, Unanswered> {
        if let Some(text) = self.directory.configured(self.tenant, name) {
            let (tenant, name, attributes) = (self.tenant.clone(), name.to_owned(), text.to_owned());
            return Ok(Principal { tenant, name, created_at: Timestamp(0), attributes, revision: 0 });
        }
        self.engine.principal(self.tenant, name).await?.ok_or_else(|| missing(name))
    }

    fn refuse_configured(&self, name: &str) -> Result<(), Unanswered> {
        match self.directory.configured(self.tenant, name) {
            Some(_) => Err(Unanswered::Conflict(format!("{name} is in the settings and is changed there"))),
            None => Ok(()),
        }
    }

    fn shown(&self, principal: &Principal) -> Answer {
        let record = Record::of(&principal.attributes)?;
        // The region decides the partition; here there is none.
        let arn = principal_arn("aws", &self.tenant.account, &principal.name, &record.path);
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

    fn unique_id(&self, start: &str) -> Result<String, Error> {
        self.drawn(start, UNIQUE_ID_LENGTH)
    }

    fn drawn(&self, start: &str, length: usize) -> Result<String, Error> {
        let bytes = self.engine.random(length.saturating_sub(start.len()))?;
        let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied().map(char::from);
        Ok(start.chars().chain(bytes.expose().iter().filter_map(letter)).collect())
    }
}

/// The name of a principal of a kind.
fn named(kind: &str, name: &str) -> Result<String, Unanswered> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if (1..=64).contains(&name.len()) && name.bytes().all(fits) {
        Ok(format!("{kind}{name}"))
    } else {
        Err(Unanswered::bad("a name has 1 to 64 of the characters A-Z a-z 0-9 _ + = , . @ -"))
    }
}

fn is_session_name(name: &str) -> bool {
    name.len() >= 2 && named(ROLE, name).is_ok()
}

fn is_path(path: &str) -> bool {
    path == "/"
        || path
            .strip_prefix('/')
            .and_then(|rest| rest.strip_suffix('/'))
            .is_some_and(|middle| path.len() <= 512 && middle.split('/').all(|word| named(USER, word).is_ok()))
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
    match Document::read(&text, Kind::Identity) {
        Ok(_) => Ok((name.clone(), text)),
        Err(Malformed::Grammar(sentence)) => Err(Unanswered::bad(format!("the policy {name}: {sentence}"))),
        Err(Malformed::Principal) => Err(Unanswered::bad(format!("the policy {name} names a principal"))),
    }
}

fn shown_key(key: &StoredAccessKey) -> Value {
    json!({ "id": key.id, "created": time(key.created_at), "expires": key.expires_at.map(time) })
}

fn time(at: Timestamp) -> Option<String> {
    DateTime::from_timestamp_micros(at.0).map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn missing(name: &str) -> Unanswered {
    Unanswered::Missing(format!("there is no {name}"))
}

fn read<T: DeserializeOwned>(asked: &Asked<'_>) -> Result<T, Unanswered> {
    read_value(asked.body)
}

fn read_value<T: DeserializeOwned>(value: &Value) -> Result<T, Unanswered> {
    T::deserialize(value).map_err(|error| Unanswered::bad(format!("the body is not as it should be: {error}")))
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
    let letters = digest.bytes().filter_map(|byte| ALPHABET.get(usize::from(byte % 32)).copied().map(char::from));
    let start = if kind == USER { "AIDA" } else { "AROA" };
    let id = start.chars().chain(letters).take(UNIQUE_ID_LENGTH).collect();
    let record = Record { id, path: path.to_owned(), policies, tags, enforced: None };
    record.to_text().map_err(|error| error.to_string())
}
