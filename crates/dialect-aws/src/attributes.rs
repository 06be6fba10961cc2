//! What only AWS keeps about a key: its policy and its tags, as this dialect's own JSON text in
//! the key record.

use dialect::Kept;
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;

/// The most tags a key may have.
const TAGS_MAX: usize = 50;

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

impl Kept for Attributes {}

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
    fn nothing_is_kept_as_nothing() {
        assert_eq!(Attributes::default().to_text().unwrap(), "{}");
        let read: Attributes = serde_json::from_str("{}").unwrap();
        assert_eq!(read, Attributes::default());
    }
}
