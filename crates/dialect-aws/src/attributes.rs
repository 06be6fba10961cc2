//! What only AWS keeps about a key: its policy and its tags, as this dialect's own JSON text in
//! the key record.

use import_engine::Error;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::errors::Refusal;

/// The most tags a key may have.
const TAGS_MAX: usize = 50;
/// The longest policy in bytes.
const POLICY_LENGTH_MAX: usize = 32_768;

/// The facts themselves.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub(crate) struct Attributes {
    /// The key policy as it was sent; absent for the default policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// In the order in which they were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// A tag, in the form in which it travels and is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    /// Its name.
    pub tag_key: String,
    /// Its value.
    pub tag_value: String,
}

impl Attributes {
    /// What a key record's text says.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be read.
    pub fn of(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(Error::internal)
    }

    /// The text for the key record.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be written.
    pub fn to_text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

/// Holds tags against the service's rules.
///
/// # Errors
/// [`Refusal::Tags`].
pub(crate) fn check_tags(tags: &[Tag]) -> Result<(), Refusal> {
    if tags.len() > TAGS_MAX {
        return Err(Refusal::Tags("Too many tags"));
    }
    let mut names: Vec<&str> = tags.iter().map(|tag| tag.tag_key.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(Refusal::Tags("Duplicate tag keys"));
    }
    check_tag_names(names)
}

/// Holds names of tags against the service's rules.
///
/// # Errors
/// [`Refusal::Tags`].
pub(crate) fn check_tag_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), Refusal> {
    let is_reserved = |name: &str| name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    if names.into_iter().any(is_reserved) {
        return Err(Refusal::Tags("Tags beginning with aws: are reserved"));
    }
    Ok(())
}

/// Holds a key policy against the grammar: a version, and statements with an effect each.
///
/// # Errors
/// [`Refusal::PolicyTooLong`], [`Refusal::MalformedPolicy`].
pub(crate) fn check_policy(policy: &str) -> Result<(), Refusal> {
    if policy.len() > POLICY_LENGTH_MAX {
        return Err(Refusal::PolicyTooLong);
    }
    let document: Value = serde_json::from_str(policy).map_err(|_| Refusal::MalformedPolicy)?;
    let version_fits = document.get("Version").is_none_or(|version| version == "2012-10-17" || version == "2008-10-17");
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement @ Value::Object(_)) => std::slice::from_ref(statement),
        _ => return Err(Refusal::MalformedPolicy),
    };
    let has_effect = |statement: &Value| {
        statement.get("Effect").is_some_and(|effect| effect == "Allow" || effect == "Deny")
            && statement.get("Principal").or(statement.get("NotPrincipal")).is_some()
    };
    if version_fits && !statements.is_empty() && statements.iter().all(has_effect) {
        Ok(())
    } else {
        Err(Refusal::MalformedPolicy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(names: &[&str]) -> Vec<Tag> {
        names.iter().map(|name| Tag { tag_key: (*name).into(), tag_value: String::new() }).collect()
    }

    #[test]
    fn tags_keep_the_rules() {
        assert_eq!(check_tags(&tags(&["a", "A", "b"])), Ok(()));
        assert_eq!(check_tags(&tags(&["a", "b", "a"])), Err(Refusal::Tags("Duplicate tag keys")));
        assert_eq!(check_tags(&tags(&["aWs:x"])), Err(Refusal::Tags("Tags beginning with aws: are reserved")));
        let many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(check_tags(&tags(&many)), Err(Refusal::Tags("Too many tags")));
        assert_eq!(check_tags(&tags(&many[..50])), Ok(()));
    }

    #[test]
    fn policies_have_a_grammar() {
        let good = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*"}]}"#;
        assert_eq!(check_policy(good), Ok(()));
        for bad in ["", "x", "[]", "{}", r#"{"Statement":[]}"#, r#"{"Version":"1","Statement":{"Effect":"Allow"}}"#] {
            assert_eq!(check_policy(bad), Err(Refusal::MalformedPolicy), "{bad}");
        }
        let long = format!("{good}{}", " ".repeat(POLICY_LENGTH_MAX));
        assert_eq!(check_policy(&long), Err(Refusal::PolicyTooLong));
    }

    #[test]
    fn nothing_is_kept_as_nothing() {
        assert_eq!(Attributes::default().to_text().unwrap(), "{}");
        let read: Attributes = serde_json::from_str("{}").unwrap();
        assert_eq!(read, Attributes::default());
    }
}
