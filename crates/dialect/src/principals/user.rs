//! Principals with a plain list of rights: users, and roles that others take on.

use crate::Kept;
use import_engine::Tenant;
use import_engine::store::Principal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::administration::{Kind, Rules, is_name, kind_of, missing, read, time};
use super::{Issued, Issuing, ROOT, Rights};
use crate::admin::Unanswered;

/// What is kept of such a principal.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// The id, in the vendor's form; empty for the root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What it may do.
    #[serde(flatten)]
    pub rights: Rights,
    /// Of a role: the accounts whose users may take it on, in the vendor's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_accounts: Vec<String>,
}

/// What is kept with an access key that ends.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// Its name, if it has one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The access id of the settings, or the public one, that it stems from, if it does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub access_id: String,
}

/// The body that makes or changes a principal. What it does not say stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    actions: Option<Vec<String>>,
    denied_actions: Option<Vec<String>>,
    resources: Option<Vec<String>>,
    trusted_accounts: Option<Vec<String>>,
}

/// The body that begins a session.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WantedSession {
    duration_seconds: Option<i64>,
    session_name: Option<String>,
}

impl Kept for User {}

impl Kept for Session {}

/// The rules of a vendor whose principals are [`User`]s.
#[derive(Clone, Copy, Debug)]
pub struct UserRules {
    /// The kinds of principals.
    pub kinds: &'static [Kind],
    /// How access keys look.
    pub issuing: &'static Issuing,
    /// How long a session may be at least and at most, and how long it is if nobody says, in seconds.
    pub session_seconds: (i64, i64, i64),
    /// Whether a text is a resource to which rights can be restricted; nothing if none can.
    pub is_resource: Option<fn(&str) -> bool>,
    /// Whether roles say which accounts' users may take them on.
    pub has_trust: bool,
    /// A new access key as the vendor's clients take it.
    pub credential: fn(&Issued) -> Value,
}

impl Rules for UserRules {
    fn kinds(&self) -> &'static [Kind] {
        self.kinds
    }

    fn issuing(&self) -> &'static Issuing {
        self.issuing
    }

    fn edited(&self, name: &str, before: Option<&str>, id: &str, wanted: &Value) -> Result<String, Unanswered> {
        let empty = json!({});
        let wanted: Wanted = read(if wanted.is_null() { &empty } else { wanted })?;
        let mut user = before.map(User::of).transpose()?.unwrap_or_default();
        if user.id.is_empty() {
            id.clone_into(&mut user.id);
        }
        if let Some(actions) = wanted.actions {
            user.rights.actions = actions;
        }
        if let Some(denied) = wanted.denied_actions {
            user.rights.denied_actions = denied;
        }
        if let Some(resources) = wanted.resources {
            user.rights.resources = resources;
        }
        if let Some(trusted) = wanted.trusted_accounts {
            user.trusted_accounts = trusted;
        }
        self.check(name, &user).map_err(Unanswered::Bad)?;
        Ok(user.to_text()?)
    }

    fn shown(&self, _tenant: &Tenant, principal: &Principal) -> Result<Value, Unanswered> {
        let User { id, rights, trusted_accounts } = User::of(&principal.attributes)?;
        let kind = kind_of(self.kinds, &principal.name).ok_or_else(|| missing(&principal.name))?;
        let mut shown = json!({
            "name": principal.name.strip_prefix(kind.prefix), "id": id, "created": time(principal.created_at),
            "actions": rights.actions, "denied_actions": rights.denied_actions,
        });
        if self.is_resource.is_some() {
            shown["resources"] = json!(rights.resources);
        }
        if kind.is_role && self.has_trust {
            shown["trusted_accounts"] = json!(trusted_accounts);
        }
        Ok(shown)
    }

    fn session(&self, name: &str, wanted: &Value) -> Result<(i64, String), Unanswered> {
        let wanted: WantedSession = if wanted.is_null() { WantedSession::default() } else { read(wanted)? };
        let (least, most, default) = self.session_seconds;
        let seconds = wanted.duration_seconds.unwrap_or(default);
        if !(least..=most).contains(&seconds) {
            return Err(Unanswered::bad(format!("duration_seconds is between {least} and {most}")));
        }
        let is_role = kind_of(self.kinds, name).is_some_and(|kind| kind.is_role);
        let name = match wanted.session_name {
            None => String::new(),
            Some(_) if !is_role => return Err(Unanswered::bad("only a role's session has a name")),
            Some(name) if is_name(&name) => name,
            Some(_) => return Err(Unanswered::bad("session_name has 1 to 64 of the characters of names")),
        };
        Ok((seconds, Session { name, access_id: String::new() }.to_text()?))
    }

    fn credential(&self, issued: &Issued) -> Value {
        (self.credential)(issued)
    }
}

impl UserRules {
    fn check(&self, name: &str, user: &User) -> Result<(), String> {
        user.rights.check()?;
        let is_resource = |text: &String| self.is_resource.is_some_and(|is_resource| is_resource(text));
        match user.rights.resources.iter().find(|text| !is_resource(text)) {
            Some(_) if self.is_resource.is_none() => return Err("rights have no resources here".to_owned()),
            Some(bad) => return Err(format!("{bad} is no resource of this vendor")),
            None => {}
        }
        if name == ROOT {
            return Ok(());
        }
        let kind = kind_of(self.kinds, name).ok_or("there is no such kind of principal")?;
        match (kind.is_role, self.has_trust, user.trusted_accounts.is_empty()) {
            (_, _, true) | (true, true, _) => Ok(()),
            (true, false, _) => Err("roles are taken on through the admin API only: nobody is trusted".to_owned()),
            (false, _, _) => Err("nobody takes a user on: trusted_accounts are of roles".to_owned()),
        }
    }
}

/// Holds a principal from the settings against the rules and puts it into the form in which it is
/// kept. `user.id` should be the same after every start.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn configured_user(rules: &UserRules, name: &str, user: &User) -> Result<String, String> {
    let kind = kind_of(rules.kinds, name);
    let short = kind.and_then(|kind| name.strip_prefix(kind.prefix)).filter(|short| is_name(short));
    if short.is_none() {
        let kinds: Vec<String> = rules.kinds.iter().map(|kind| format!("{}NAME", kind.prefix)).collect();
        return Err(format!("a principal is {}", kinds.join(" or ")));
    }
    rules.check(name, user)?;
    user.to_text().map_err(|error| error.to_string())
}

#[cfg(test)]
#[path = "user_tests.rs"]
mod tests;
