//! Key policies: the default one, and what holds of one that is sent. They are kept and shown;
//! nothing asks them yet whether somebody may do something.

use import_engine::Scope;
use serde_json::{Map, Value};

use crate::accounts::is_account;
use crate::errors::Refusal;
use crate::identifiers::partition;

/// The one name that a key policy has.
pub(crate) const NAME: &str = "default";

/// The longest policy in bytes.
const LENGTH_MAX: usize = 32_768;
/// What the caller must still be allowed to do.
const PUT: &str = "kms:PutKeyPolicy";

const DOCUMENT_MEMBERS: &[&str] = &["Version", "Id", "Statement"];
const STATEMENT_MEMBERS: &[&str] =
    &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const PRINCIPAL_KINDS: &[&str] = &["AWS", "Service", "Federated", "CanonicalUser"];

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
        root_arn(scope)
    )
}

/// Holds a policy that was sent for a key against the service's rules: its length, the grammar, its
/// principals, and, unless that is bypassed, that the account's root may still change it. A
/// statement with a condition may allow, and does not forbid: conditions are not evaluated.
///
/// # Errors
/// [`Refusal::PolicyTooLong`], [`Refusal::MalformedPolicy`], [`Refusal::PolicyPrincipal`],
/// [`Refusal::PolicyLockout`].
pub(crate) fn check(policy: &str, scope: &Scope, key_arn: &str, bypass_lockout: bool) -> Result<(), Refusal> {
    if policy.len() > LENGTH_MAX {
        return Err(Refusal::PolicyTooLong);
    }
    let document: Value = serde_json::from_str(policy).map_err(|_| Refusal::MalformedPolicy)?;
    let statements = statements(&document).ok_or(Refusal::MalformedPolicy)?;
    for statement in &statements {
        if !is_well_formed(statement) {
            return Err(Refusal::MalformedPolicy);
        }
    }
    let named = |statement: &&Map<String, Value>| principals_are_known(statement);
    if !statements.iter().all(named) {
        return Err(Refusal::PolicyPrincipal);
    }
    let applies = |statement: &&Map<String, Value>, effect: &str| {
        statement.get("Effect").is_some_and(|word| word == effect)
            && covers_root(statement, scope)
            && covers(statement, "Action", "NotAction", |pattern| matches(pattern, PUT, true))
            && covers(statement, "Resource", "NotResource", |pattern| matches(pattern, key_arn, false))
    };
    let is_allowed = statements.iter().any(|statement| applies(statement, "Allow"));
    let is_denied =
        statements.iter().any(|statement| !statement.contains_key("Condition") && applies(statement, "Deny"));
    if bypass_lockout || (is_allowed && !is_denied) { Ok(()) } else { Err(Refusal::PolicyLockout) }
}

fn root_arn(scope: &Scope) -> String {
    format!("arn:{}:iam::{}:root", partition(&scope.region), scope.tenant.account)
}

/// The statements of a document whose outer form is right.
fn statements(document: &Value) -> Option<Vec<&Map<String, Value>>> {
    let document = document.as_object()?;
    let is_known = document.keys().all(|name| DOCUMENT_MEMBERS.contains(&name.as_str()));
    let version_fits = document.get("Version").is_none_or(|word| word == "2012-10-17" || word == "2008-10-17");
    let id_fits = document.get("Id").is_none_or(Value::is_string);
    if !(is_known && version_fits && id_fits) {
        return None;
    }
    match document.get("Statement")? {
        Value::Object(statement) => Some(vec![statement]),
        Value::Array(statements) if !statements.is_empty() => statements.iter().map(Value::as_object).collect(),
        _ => None,
    }
}

/// A statement without action or resource is well-formed; it has no effect.
fn is_well_formed(statement: &Map<String, Value>) -> bool {
    let has = |name: &str| statement.contains_key(name);
    let is_known = statement.keys().all(|name| STATEMENT_MEMBERS.contains(&name.as_str()));
    let effect_fits = statement.get("Effect").is_some_and(|word| word == "Allow" || word == "Deny");
    let sid_fits = statement.get("Sid").is_none_or(Value::is_string);
    let one_each = has("Principal") != has("NotPrincipal")
        && !(has("Action") && has("NotAction"))
        && !(has("Resource") && has("NotResource"));
    let lists = ["Action", "NotAction", "Resource", "NotResource"];
    let lists_fit = lists.iter().all(|name| statement.get(*name).is_none_or(|value| words(value).is_some()));
    let condition_fits = statement.get("Condition").is_none_or(is_condition);
    let principals = statement.get("Principal").or(statement.get("NotPrincipal"));
    let principals_fit = principals.is_some_and(|value| match value {
        Value::String(_) => true,
        Value::Object(kinds) => {
            !kinds.is_empty()
                && kinds.iter().all(|(kind, value)| PRINCIPAL_KINDS.contains(&kind.as_str()) && words(value).is_some())
        }
        _ => false,
    });
    is_known && effect_fits && sid_fits && one_each && lists_fit && condition_fits && principals_fit
}

/// Operators, under each the names of context keys, under each one value or several.
fn is_condition(value: &Value) -> bool {
    let is_scalar = |value: &Value| value.is_string() || value.is_boolean() || value.is_number();
    let is_test = |value: &Value| match value {
        Value::Array(values) => values.iter().all(is_scalar),
        value => is_scalar(value),
    };
    value.as_object().is_some_and(|operators| {
        operators.values().all(|tests| tests.as_object().is_some_and(|tests| tests.values().all(is_test)))
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

/// Whether everybody who is named could be somebody. Unverified: that users and roles which the
/// server has never heard of are believed; AWS knows its own.
fn principals_are_known(statement: &Map<String, Value>) -> bool {
    match statement.get("Principal").or(statement.get("NotPrincipal")) {
        Some(Value::String(word)) => word == "*",
        Some(Value::Object(kinds)) => {
            kinds.get("AWS").and_then(words).unwrap_or_default().into_iter().all(is_principal)
        }
        _ => false,
    }
}

fn is_principal(text: &str) -> bool {
    if text == "*" || is_account(text) {
        return true;
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, "", account, name] = parts.as_slice() else { return false };
    let begins = |starts: &[&str]| {
        starts.iter().any(|start| name.strip_prefix(start).is_some_and(|rest| !rest.is_empty() && !rest.contains('*')))
    };
    let is_named = match *service {
        "iam" => *name == "root" || begins(&["user/", "role/"]),
        "sts" => begins(&["assumed-role/", "federated-user/"]),
        _ => false,
    };
    partition.starts_with("aws") && is_account(account) && is_named
}

fn covers_root(statement: &Map<String, Value>, scope: &Scope) -> bool {
    let root = root_arn(scope);
    let names_root = |value: &Value| match value {
        Value::String(word) => word == "*",
        value => {
            let named = value.get("AWS").and_then(words).unwrap_or_default();
            named.into_iter().any(|word| word == "*" || word == scope.tenant.account || word == root)
        }
    };
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(value), _) => names_root(value),
        (None, Some(value)) => !names_root(value),
        (None, None) => false,
    }
}

/// Whether a list of patterns takes something in, or its opposite does not.
fn covers(statement: &Map<String, Value>, name: &str, opposite: &str, fits: impl Fn(&str) -> bool) -> bool {
    let any = |value: &Value| words(value).unwrap_or_default().into_iter().any(&fits);
    match (statement.get(name), statement.get(opposite)) {
        (Some(value), _) => any(value),
        (None, Some(value)) => !any(value),
        (None, None) => false,
    }
}

/// Whether a pattern in which `*` stands for anything and `?` for one character takes in a text.
fn matches(pattern: &str, text: &str, ignores_case: bool) -> bool {
    let fold = |text: &str| -> Vec<char> {
        if ignores_case { text.to_ascii_lowercase().chars().collect() } else { text.chars().collect() }
    };
    let (pattern, text) = (fold(pattern), fold(text));
    // Which beginnings of the text the beginning of the pattern takes in.
    let mut taken: Vec<bool> = (0..=text.len()).map(|length| length == 0).collect();
    for wanted in pattern {
        let mut next = vec![false; taken.len()];
        let mut is_open = false;
        for (length, slot) in next.iter_mut().enumerate() {
            let before = length.checked_sub(1);
            is_open |= taken.get(length).copied().unwrap_or_default();
            *slot = if wanted == '*' {
                is_open
            } else {
                before.is_some_and(|before| {
                    taken.get(before).copied().unwrap_or_default()
                        && text.get(before).is_some_and(|found| wanted == '?' || wanted == *found)
                })
            };
        }
        taken = next;
    }
    taken.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use import_engine::Tenant;
    use serde_json::json;

    const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    fn held(policy: &str) -> Result<(), Refusal> {
        check(policy, &Scope::new(Tenant::new("aws", "111122223333"), "us-east-1"), ARN, false)
    }

    /// A policy of one statement: one that is whole, with some members changed and some gone.
    fn with(changes: &Value) -> Result<(), Refusal> {
        let mut statement = json!({"Sid":"s","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"});
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                statement.as_object_mut().unwrap().remove(name);
            } else {
                statement[name] = value.clone();
            }
        }
        held(&json!({"Version":"2012-10-17","Statement":[statement]}).to_string())
    }

    #[test]
    fn the_default_policy_keeps_the_rules() {
        assert_eq!(held(&default_policy(&Scope::new(Tenant::new("aws", "111122223333"), "us-east-1"))), Ok(()));
    }

    #[test]
    fn policies_have_a_grammar() {
        assert_eq!(with(&json!({})), Ok(()));
        assert_eq!(with(&json!({"Condition":{"StringEquals":{"kms:CallerAccount":["1","2"]}}})), Ok(()));
        for bad in ["", "x", "[]", "{}", r#"{"Statement":[]}"#, r#"{"Statement":[1]}"#, r#"{"Statement":"x"}"#] {
            assert_eq!(held(bad), Err(Refusal::MalformedPolicy), "{bad}");
        }
        for bad in [
            json!({"Effect":"allow"}),
            json!({"Effect":null}),
            json!({"Principal":null}),
            json!({"NotPrincipal":"*"}),
            json!({"NotAction":"kms:*"}),
            json!({"NotResource":"*"}),
            json!({"Action":1}),
            json!({"Resource":[1]}),
            json!({"Principal":{}}),
            json!({"Principal":{"Aws":"*"}}),
            json!({"Principal":["*"]}),
            json!({"Condition":"x"}),
            json!({"Condition":{"StringEquals":"x"}}),
            json!({"Sid":1}),
            json!({"Other":1}),
        ] {
            assert_eq!(with(&bad), Err(Refusal::MalformedPolicy), "{bad}");
        }
        let long = " ".repeat(LENGTH_MAX + 1);
        assert_eq!(held(&long), Err(Refusal::PolicyTooLong));
    }

    #[test]
    fn principals_could_be_somebody() {
        for good in ["*", "111122223333", "arn:aws:iam::111122223333:root"] {
            assert_eq!(with(&json!({"Principal":{"AWS":good}})), Ok(()), "{good}");
        }
        let others = ["arn:aws:iam::111122223333:user/a", "arn:aws:sts::111122223333:assumed-role/a/b"];
        assert_eq!(with(&json!({"Principal":{"AWS":[others[0], others[1], "*"],"Service":"x.amazonaws.com"}})), Ok(()));
        for bad in ["", "root", "1111", "arn:aws:iam::1:root", "arn:aws:iam::111122223333:user/", "arn:aws:s3:::b"] {
            assert_eq!(with(&json!({"Principal":{"AWS":bad}})), Err(Refusal::PolicyPrincipal), "{bad}");
        }
        assert_eq!(with(&json!({"Principal":"somebody"})), Err(Refusal::PolicyPrincipal));
    }

    #[test]
    fn the_caller_is_not_locked_out() {
        for good in [
            json!({"Action":["kms:Encrypt","KMS:put*"]}),
            json!({"Action":"*"}),
            json!({"Action":null,"NotAction":"kms:Encrypt"}),
            json!({"Resource":ARN}),
            json!({"Resource":"arn:aws:kms:*:111122223333:key/????????-*"}),
        ] {
            assert_eq!(with(&good), Ok(()), "{good}");
        }
        for bad in [
            json!({"Effect":"Deny"}),
            json!({"Action":"kms:Encrypt"}),
            json!({"Action":null}),
            json!({"Resource":null}),
            json!({"Resource":"arn:aws:kms:us-east-1:111122223333:key/other"}),
            json!({"Principal":{"AWS":"444455556666"}}),
            json!({"Principal":{"Service":"x.amazonaws.com"}}),
            json!({"Principal":null,"NotPrincipal":{"AWS":"111122223333"}}),
        ] {
            assert_eq!(with(&bad), Err(Refusal::PolicyLockout), "{bad}");
        }
        let both = json!({"Statement":[
            {"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},
            {"Effect":"Deny","Principal":"*","Action":"kms:Put*","Resource":"*"},
        ]});
        assert_eq!(held(&both.to_string()), Err(Refusal::PolicyLockout));
    }
}
