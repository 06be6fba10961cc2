//! `Tags` and `TagFilters`: what labels may be, and what is found by them.

use serde::Deserialize;

use crate::attributes::Tag;
use crate::errors::Refusal;
use crate::parameters::or_default;

/// What a label must be.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagFilter {
    tag_key: String,
    /// Any of these; none: anything.
    #[serde(default, deserialize_with = "or_default")]
    tag_value: Vec<String>,
}

/// Refuses labels of which two have one name, or one has none.
///
/// # Errors
/// [`Refusal::TagKeysDuplicated`], [`Refusal::OutOfBounds`].
// Unverified: the code for a label without a name.
pub(crate) fn require_tags(tags: &[Tag]) -> Result<(), Refusal> {
    let mut keys: Vec<&str> = tags.iter().map(|tag| tag.tag_key.as_str()).collect();
    if keys.contains(&"") {
        return Err(Refusal::OutOfBounds("Tags"));
    }
    keys.sort_unstable();
    if keys.windows(2).any(|pair| pair[0] == pair[1]) { Err(Refusal::TagKeysDuplicated) } else { Ok(()) }
}

/// `TagMsg` of something that was made with these labels.
pub(crate) const fn tag_message(tags: &[Tag]) -> &'static str {
    if tags.is_empty() { "" } else { "ok" }
}

/// Whether labels are such as the filters want.
// Unverified: every filter must match, by one of its values or, without any, by the name alone.
pub(crate) fn tags_fit(filters: &[TagFilter], tags: &[Tag]) -> bool {
    filters.iter().all(|filter| {
        tags.iter().any(|tag| {
            tag.tag_key == filter.tag_key && (filter.tag_value.is_empty() || filter.tag_value.contains(&tag.tag_value))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Vec<Tag> {
        pairs.iter().map(|(key, value)| Tag { tag_key: (*key).into(), tag_value: (*value).into() }).collect()
    }

    #[test]
    fn names_are_there_and_differ() {
        assert_eq!(require_tags(&[]), Ok(()));
        assert_eq!(require_tags(&tags(&[("a", "x"), ("A", "x"), ("b", "")])), Ok(()));
        assert_eq!(require_tags(&tags(&[("a", "x"), ("b", "x"), ("a", "y")])), Err(Refusal::TagKeysDuplicated));
        assert_eq!(require_tags(&tags(&[("", "x")])), Err(Refusal::OutOfBounds("Tags")));
    }

    #[test]
    fn no_value_may_be_said_in_several_ways() {
        for text in [r#"{"TagKey":"a"}"#, r#"{"TagKey":"a","TagValue":null}"#] {
            assert!(serde_json::from_str::<TagFilter>(text).unwrap().tag_value.is_empty(), "{text}");
        }
    }

    #[test]
    fn filters_are_joined_by_and_and_their_values_by_or() {
        let tags = tags(&[("env", "dev"), ("team", "a")]);
        let filter = |key: &str, values: &[&str]| TagFilter {
            tag_key: key.into(),
            tag_value: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        for (filters, expected) in [
            (vec![], true),
            (vec![filter("env", &[])], true),
            (vec![filter("env", &["prod", "dev"])], true),
            (vec![filter("env", &["dev"]), filter("team", &["a"])], true),
            (vec![filter("env", &["dev"]), filter("team", &["b"])], false),
            (vec![filter("env", &["prod"])], false),
            (vec![filter("none", &[])], false),
        ] {
            assert_eq!(tags_fit(&filters, &tags), expected, "{filters:?}");
        }
    }
}
