//! Principals and their credentials through the admin API: the routes that all vendors have.

use chrono::{DateTime, SecondsFormat};
use import_engine::store::{Principal, StoredAccessKey};
use import_engine::{Engine, Tenant, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Directory, Drawn, Issued, Issuing, ROOT};
use crate::admin::{Asked, Unanswered};

type Answer = Result<Value, Unanswered>;

/// One kind of principals.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    /// The word in paths and in lists, such as `users`.
    pub word: &'static str,
    /// How names of this kind begin, such as `user/`.
    pub prefix: &'static str,
    /// Whether others take it on: it has sessions and no access keys that last.
    pub is_role: bool,
    /// What its ids look like.
    pub id: Drawn,
}

/// What principals are at a vendor.
pub trait Rules: Sync {
    /// The kinds of them.
    fn kinds(&self) -> &'static [Kind];

    /// How access keys look.
    fn issuing(&self) -> &'static Issuing;

    /// The attributes of a principal once it is as `wanted`; `before` are those that it has, and
    /// `id` is for a new one.
    ///
    /// # Errors
    /// [`Unanswered`].
    fn edited(&self, name: &str, before: Option<&str>, id: &str, wanted: &Value) -> Result<String, Unanswered>;

    /// A principal as it is shown.
    ///
    /// # Errors
    /// [`Unanswered::Engine`] if it cannot be read.
    fn shown(&self, tenant: &Tenant, principal: &Principal) -> Answer;

    /// How many seconds a session of a principal lasts that is `wanted`, and what is kept with it.
    ///
    /// # Errors
    /// [`Unanswered::Bad`].
    fn session(&self, name: &str, wanted: &Value) -> Result<(i64, String), Unanswered>;

    /// A new access key as the vendor's clients take it.
    fn credential(&self, issued: &Issued) -> Value;
}

/// What is asked about one tenant.
pub struct Administration<'a, R> {
    engine: &'a Engine,
    directory: &'a Directory,
    tenant: &'a Tenant,
    rules: &'a R,
}

impl<'a, R: Rules> Administration<'a, R> {
    /// For one tenant.
    pub fn new(engine: &'a Engine, directory: &'a Directory, tenant: &'a Tenant, rules: &'a R) -> Self {
        Self { engine, directory, tenant, rules }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn answer(&self, asked: &Asked<'_>) -> Answer {
        match asked.path {
            ["access-keys" | "sessions", ..] => self.credentials(asked, ROOT, asked.path).await,
            [word] => self.list(asked, self.kind(word)?).await,
            [word, name] => self.one(asked, &named(self.kind(word)?, name)?).await,
            [word, name, rest @ ..] => {
                let name = named(self.kind(word)?, name)?;
                match rest {
                    ["access-keys" | "sessions", ..] => self.credentials(asked, &name, rest).await,
                    _ => Err(Unanswered::NotThere),
                }
            }
            [] => Err(Unanswered::NotThere),
        }
    }

    fn kind(&self, word: &str) -> Result<&'static Kind, Unanswered> {
        self.rules.kinds().iter().find(|kind| kind.word == word).ok_or(Unanswered::NotThere)
    }

    async fn list(&self, asked: &Asked<'_>, kind: &Kind) -> Answer {
        asked.only(&["GET"])?;
        let all = self.engine.principals(self.tenant).await?;
        let shown: Vec<Value> = all
            .iter()
            .filter(|principal| principal.name.starts_with(kind.prefix))
            .map(|principal| self.rules.shown(self.tenant, principal))
            .collect::<Result<_, Unanswered>>()?;
        Ok(json!({ kind.word: shown }))
    }

    async fn one(&self, asked: &Asked<'_>, name: &str) -> Answer {
        asked.only(&["GET", "PUT", "DELETE"])?;
        match asked.method {
            "DELETE" if self.engine.remove_principal(self.tenant, name).await? => Ok(json!({})),
            "DELETE" => Err(missing(name)),
            "PUT" => {
                self.refuse_configured(name)?;
                let kind = kind_of(self.rules.kinds(), name).ok_or(Unanswered::NotThere)?;
                let id = kind.id.draw(self.engine)?;
                let edit = |before: Option<&str>| self.rules.edited(name, before, &id, asked.body);
                let principal = self.engine.edit_principal(self.tenant, name, edit).await?;
                self.rules.shown(self.tenant, &principal)
            }
            _ => self.rules.shown(self.tenant, &self.existing(name).await?),
        }
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
                // Passwords and the like are kept beside them.
                let keys = keys.iter().filter(|key| self.rules.issuing().could_be(&key.id));
                let shown = keys.filter(|key| key.expires_at.is_some() == is_session).map(shown_key);
                Ok(json!({ if is_session { "sessions" } else { "access_keys" }: shown.collect::<Vec<_>>() }))
            }
            _ if is_session => {
                let (seconds, attributes) = self.rules.session(name, asked.body)?;
                self.obtain(name).await?;
                self.issue(name, Some(seconds), &attributes).await
            }
            _ if kind_of(self.rules.kinds(), name).is_some_and(|kind| kind.is_role) => {
                Err(Unanswered::bad("this has sessions, not access keys that last"))
            }
            _ => {
                self.obtain(name).await?;
                self.issue(name, None, "{}").await
            }
        }
    }

    async fn issue(&self, name: &str, seconds: Option<i64>, attributes: &str) -> Answer {
        let issued = self.rules.issuing().issue(self.engine, self.tenant, name, seconds, attributes).await?;
        issued.map(|issued| self.rules.credential(&issued)).ok_or_else(|| missing(name))
    }

    /// Sees to it that a principal has a row to hang access keys on. The root and what the settings
    /// name get one when they first need it; it says nothing of them, so that whoever is taken out of
    /// the settings keeps no rights.
    ///
    /// # Errors
    /// [`Unanswered::Missing`] if there is no such principal.
    pub async fn obtain(&self, name: &str) -> Result<(), Unanswered> {
        let is_configured = self.directory.configured(self.tenant, name).is_some();
        let set = |before: Option<&str>| -> Result<String, Unanswered> {
            match (before, is_configured) {
                (_, true) => Ok("{}".to_owned()),
                (Some(text), false) => Ok(text.to_owned()),
                (None, false) if name == ROOT => Ok("{}".to_owned()),
                (None, false) => Err(missing(name)),
            }
        };
        self.engine.edit_principal(self.tenant, name, set).await?;
        Ok(())
    }

    /// A principal that the settings or the admin API have made.
    ///
    /// # Errors
    /// [`Unanswered::Missing`].
    pub async fn existing(&self, name: &str) -> Result<Principal, Unanswered> {
        if let Some(text) = self.directory.configured(self.tenant, name) {
            let (tenant, name, attributes) = (self.tenant.clone(), name.to_owned(), text.to_owned());
            return Ok(Principal { tenant, name, created_at: Timestamp(0), attributes, revision: 0 });
        }
        self.engine.principal(self.tenant, name).await?.ok_or_else(|| missing(name))
    }

    /// Refuses to change what the settings say.
    ///
    /// # Errors
    /// [`Unanswered::Conflict`].
    pub fn refuse_configured(&self, name: &str) -> Result<(), Unanswered> {
        match self.directory.configured(self.tenant, name) {
            Some(_) => Err(Unanswered::Conflict(format!("{name} is in the settings and is changed there"))),
            None => Ok(()),
        }
    }
}

/// The kind that a principal's name says it is of.
pub(super) fn kind_of<'a>(kinds: &'a [Kind], name: &str) -> Option<&'a Kind> {
    kinds.iter().find(|kind| name.starts_with(kind.prefix))
}

/// The name of a principal of a kind.
fn named(kind: &Kind, name: &str) -> Result<String, Unanswered> {
    if is_name(name) {
        Ok(format!("{}{name}", kind.prefix))
    } else {
        Err(Unanswered::bad("a name has 1 to 64 of the characters A-Z a-z 0-9 _ + = , . @ -"))
    }
}

/// Whether a text can be the name of a principal, without its kind.
pub fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(fits)
}

fn shown_key(key: &StoredAccessKey) -> Value {
    json!({ "id": key.id, "created": time(key.created_at), "expires": key.expires_at.map(time) })
}

/// An instant as it is shown.
pub fn time(at: Timestamp) -> Option<String> {
    DateTime::from_timestamp_micros(at.0).map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// That there is nothing of this name.
pub fn missing(name: &str) -> Unanswered {
    Unanswered::Missing(format!("there is no {name}"))
}

/// Reads what a body says.
///
/// # Errors
/// [`Unanswered::Bad`].
pub fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Unanswered> {
    T::deserialize(value).map_err(|error| Unanswered::bad(format!("the body is not as it should be: {error}")))
}
