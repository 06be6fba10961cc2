//! The grammar of policies.

use std::collections::BTreeSet;

use dialect::json::Body;
use serde_json::{Map, Value};

use super::condition::Condition;
use super::pattern::{Pattern, Reading};
use super::principal::Principal;

const MEMBERS: &[&str] = &["Version", "Id", "Statement"];
const STATEMENT_MEMBERS: &[&str] =
    &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
/// The version whose texts have variables.
const WITH_VARIABLES: &str = "2012-10-17";
const VERSIONS: &[&str] = &["2008-10-17", WITH_VARIABLES];

/// What a policy hangs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A resource: every statement says to whom it speaks. One without action or resource is
    /// accepted and has no effect.
    Resource,
    /// A user, role or session: nobody is named, and every statement has both.
    Identity,
}

/// Why a text is no policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Malformed {
    /// It breaks the grammar; the sentence is for people.
    Grammar(&'static str),
    /// It names a principal who cannot be one.
    Principal,
}

type Result<T> = std::result::Result<T, Malformed>;

const fn broken<T>(sentence: &'static str) -> Result<T> {
    Err(Malformed::Grammar(sentence))
}

/// A policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Document {
    statements: Vec<Statement>,
    /// Names of all context keys that it looks at, in lower case.
    keys: BTreeSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Effect {
    Allow,
    Deny,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Statement {
    pub effect: Effect,
    pub principals: Principals,
    pub actions: Option<Covered>,
    pub resources: Option<Covered>,
    pub conditions: Vec<Condition>,
}

/// `Principal`, or `NotPrincipal` with `except`.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Principals {
    pub named: Vec<Principal>,
    pub except: bool,
}

/// `Action` or `Resource`, or with `except` their opposites.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Covered {
    patterns: Vec<Pattern>,
    except: bool,
}

impl Covered {
    /// Whether something is covered that some of the patterns fit.
    pub fn takes(&self, fits: impl Fn(&Pattern) -> bool) -> bool {
        self.patterns.iter().any(fits) != self.except
    }
}

impl Document {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn read(text: &str, kind: Kind) -> Result<Self> {
        // Unverified: that a member which stands twice makes a policy malformed.
        let body = Body::parse(text.as_bytes()).map_err(|_| Malformed::Grammar("A policy is JSON."))?;
        let Value::Object(members) = body.value() else { return broken("A policy is a JSON object.") };
        if members.keys().any(|name| !MEMBERS.contains(&name.as_str())) {
            return broken("A policy has a Version, an Id and Statements.");
        }
        let version = match members.get("Version") {
            None => VERSIONS.first().copied(),
            Some(value) => value.as_str().filter(|word| VERSIONS.contains(word)),
        };
        let Some(version) = version else { return broken("The Version is 2012-10-17 or 2008-10-17.") };
        if members.get("Id").is_some_and(|id| !id.is_string()) {
            return broken("The Id is text.");
        }
        let lines = match members.get("Statement") {
            Some(Value::Array(lines)) if !lines.is_empty() => lines.iter().collect(),
            Some(line @ Value::Object(_)) => vec![line],
            _ => return broken("A policy has at least one Statement."),
        };
        let reader = Reader { kind, variables: version == WITH_VARIABLES };
        let lines = lines.into_iter().map(|line| match line {
            Value::Object(line) => reader.statement(line),
            _ => broken("A Statement is a JSON object."),
        });
        // A principal who cannot be one is told only where the grammar holds throughout.
        let mut statements = Vec::new();
        let mut principal = None;
        for line in lines {
            match line {
                Ok(line) => statements.push(line),
                Err(Malformed::Principal) => principal = Some(Malformed::Principal),
                Err(other) => return Err(other),
            }
        }
        match principal {
            Some(malformed) => Err(malformed),
            None => Ok(Self::of(statements)),
        }
    }

    fn of(statements: Vec<Statement>) -> Self {
        let mut keys = BTreeSet::new();
        for line in &statements {
            keys.extend(line.conditions.iter().flat_map(Condition::keys).map(str::to_owned));
            let covered = line.actions.iter().chain(&line.resources);
            keys.extend(covered.flat_map(|covered| &covered.patterns).flat_map(Pattern::variables).map(str::to_owned));
        }
        Self { statements, keys }
    }

    pub(super) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Whether it looks at a context key, given in lower case, or one that begins so.
    pub fn looks_at(&self, key: &str) -> bool {
        self.keys.iter().any(|name| name.starts_with(key))
    }

    /// Everybody whom it names.
    pub fn principals(&self) -> impl Iterator<Item = &Principal> {
        self.statements.iter().flat_map(|line| &line.principals.named)
    }
}

struct Reader {
    kind: Kind,
    variables: bool,
}

impl Reader {
    fn statement(&self, line: &Map<String, Value>) -> Result<Statement> {
        if line.keys().any(|name| !STATEMENT_MEMBERS.contains(&name.as_str())) {
            return broken("A Statement has a member that is none.");
        }
        if line.get("Sid").is_some_and(|sid| !sid.is_string()) {
            return broken("A Sid is text.");
        }
        let effect = match line.get("Effect").and_then(Value::as_str) {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => return broken("The Effect is Allow or Deny."),
        };
        let actions = self.covered(line, "Action", "NotAction", is_action)?;
        let resources = self.covered(line, "Resource", "NotResource", |text| self.is_resource(text))?;
        if self.kind == Kind::Identity && (actions.is_none() || resources.is_none()) {
            return broken("A Statement has an Action or NotAction and a Resource or NotResource.");
        }
        let conditions = match line.get("Condition") {
            None => Vec::new(),
            Some(value) => Condition::read_all(value, self.variables)
                .ok_or(Malformed::Grammar("A Condition has operators, keys and values."))?,
        };
        let principals = self.principals(line)?;
        Ok(Statement { effect, principals, actions, resources, conditions })
    }

    fn covered(
        &self,
        line: &Map<String, Value>,
        name: &str,
        opposite: &str,
        is_fit: impl Fn(&str) -> bool,
    ) -> Result<Option<Covered>> {
        let (value, except) = match (line.get(name), line.get(opposite)) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return broken("A Statement has one of a pair of opposites."),
            (Some(value), None) => (value, false),
            (None, Some(value)) => (value, true),
        };
        let Some(words) = words(value) else { return broken("Actions and Resources are texts.") };
        if !words.iter().all(|word| is_fit(word)) {
            return broken("An Action is `*` or begins with a service, and a Resource is `*` or an ARN.");
        }
        let reading = Reading { wildcards: true, variables: self.variables };
        // An ARN that breaks off is meant to go on with anything.
        let whole = |word: &str| match word.matches(':').count() {
            1..5 if word.starts_with("arn:") => format!("{word}:*"),
            _ => word.to_owned(),
        };
        let is_resource = name == "Resource";
        let texts = words.into_iter().map(|word| if is_resource { whole(word) } else { word.to_owned() });
        Ok(Some(Covered { patterns: texts.map(|text| Pattern::read(&text, reading)).collect(), except }))
    }

    /// A key's policy may say anything here, for the only resource there is, is the key.
    fn is_resource(&self, text: &str) -> bool {
        self.kind == Kind::Resource || text == "*" || text.starts_with("arn:")
    }

    fn principals(&self, line: &Map<String, Value>) -> Result<Principals> {
        let (value, except) = match (line.get("Principal"), line.get("NotPrincipal"), self.kind) {
            (None, None, Kind::Identity) => return Ok(Principals::default()),
            (Some(value), None, Kind::Resource) => (value, false),
            (None, Some(value), Kind::Resource) => (value, true),
            (_, _, Kind::Identity) => return broken("The policy of a user or role has no Principal."),
            (_, _, Kind::Resource) => return broken("A Statement has a Principal or a NotPrincipal."),
        };
        let kinds = match value {
            Value::String(word) if word == "*" => {
                return Ok(Principals { named: vec![Principal::Everyone], except });
            }
            Value::String(_) => return Err(Malformed::Principal),
            Value::Object(kinds) if !kinds.is_empty() => kinds,
            _ => return broken("A Principal is `*` or a JSON object."),
        };
        let mut named = Vec::new();
        let mut is_somebody = true;
        for (kind, value) in kinds {
            let Some(words) = words(value) else { return broken("Principals are texts.") };
            match kind.as_str() {
                "AWS" => {
                    let read: Option<Vec<Principal>> = words.into_iter().map(Principal::read).collect();
                    is_somebody &= read.is_some();
                    named.extend(read.unwrap_or_default());
                }
                "Service" | "Federated" | "CanonicalUser" => named.push(Principal::Outsider),
                _ => return broken("A Principal is of the kind AWS, Service, Federated or CanonicalUser."),
            }
        }
        if is_somebody { Ok(Principals { named, except }) } else { Err(Malformed::Principal) }
    }
}

/// `*`, or a service and what is asked of it.
fn is_action(text: &str) -> bool {
    text == "*"
        || text.split_once(':').is_some_and(|(service, name)| {
            !service.is_empty()
                && service.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'?'))
        })
}

/// One word or a list of words.
fn words(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(word) => Some(vec![word]),
        Value::Array(words) => words.iter().map(Value::as_str).collect(),
        _ => None,
    }
}
