//! Tags: words that owners put on their keys, each a name with a value.

use std::collections::HashSet;

use dialect::{Call, Kept};
use import_engine::{Facts, KeyOperation};
use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::errors::Refusal;
use crate::key_details::Attributes;
use crate::settings::Settings;

/// A tag of a key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub(crate) struct Tag {
    /// Its name, once to a key.
    pub key: String,
    /// What it says; may be empty.
    pub value: String,
}

/// A tag as a request has it.
#[derive(Deserialize)]
pub(crate) struct TagItem {
    /// Its name.
    pub key: String,
    /// What it says.
    pub value: Option<String>,
}

/// Holds the name of a tag against the vendor's rules.
///
/// # Errors
/// [`Code::TagKeyLength`], [`Code::InvalidTagKey`].
pub(crate) fn check_key(key: &str, settings: &Settings) -> Result<(), Code> {
    if key.is_empty() || key.chars().count() > settings.tag_key_length {
        return Err(Code::TagKeyLength);
    }
    if has_forbidden(key) { Err(Code::InvalidTagKey) } else { Ok(()) }
}

/// Holds the value of a tag against the vendor's rules.
///
/// # Errors
/// [`Code::TagValueLength`], [`Code::InvalidTagValue`].
pub(crate) fn check_value(value: &str, settings: &Settings) -> Result<(), Code> {
    if value.chars().count() > settings.tag_value_length {
        return Err(Code::TagValueLength);
    }
    if has_forbidden(value) { Err(Code::InvalidTagValue) } else { Ok(()) }
}

fn has_forbidden(text: &str) -> bool {
    text.contains(|character: char| character < ' ' || matches!(character, '*' | '<' | '>' | '\\' | '='))
}

/// Whether something stands twice in a list.
pub(crate) fn has_repeated<'a>(texts: impl IntoIterator<Item = &'a str>) -> bool {
    let mut seen = HashSet::new();
    !texts.into_iter().all(|text| seen.insert(text))
}

/// Tags to be put on a key, held against the vendor's rules.
///
/// # Errors
/// Those of [`check_key`] and [`check_value`], [`Code::InvalidTagList`] if a name stands twice,
/// [`Code::TooManyTags`].
pub(crate) fn wanted(items: Vec<TagItem>, settings: &Settings) -> Result<Vec<Tag>, Code> {
    let mut tags = Vec::with_capacity(items.len());
    for item in items {
        // Unverified: that a tag without a value has an empty one.
        let tag = Tag { key: item.key, value: item.value.unwrap_or_default() };
        check_key(&tag.key, settings)?;
        check_value(&tag.value, settings)?;
        tags.push(tag);
    }
    // Unverified: the code for a name that stands twice.
    if has_repeated(tags.iter().map(|tag| tag.key.as_str())) {
        return Err(Code::InvalidTagList);
    }
    if tags.len() > settings.tags_per_key { Err(Code::TooManyTags) } else { Ok(tags) }
}

/// Puts tags on a key. One of a name that the key has gives it another value.
///
/// # Errors
/// [`Code::TooManyTags`], and the engine's.
pub(crate) async fn put(call: &Call, key_id: String, new: &[Tag]) -> Result<(), Refusal> {
    let most = call.settings::<Settings>()?.tags_per_key;
    change(call, key_id, |tags| {
        for tag in new {
            let is_full = tags.len() >= most;
            match tags.iter_mut().find(|known| known.key == tag.key) {
                Some(known) => known.value.clone_from(&tag.value),
                None if is_full => return Err(Code::TooManyTags),
                None => tags.push(tag.clone()),
            }
        }
        Ok(())
    })
    .await
}

/// Changes the tags of a key, in the states in which it can be changed.
// Unverified: that tags of a key with days to live cannot be changed.
pub(crate) async fn change(
    call: &Call,
    key_id: String,
    change: impl Fn(&mut Vec<Tag>) -> Result<(), Code> + Send + Sync,
) -> Result<(), Refusal> {
    let edit = |facts: Facts<'_>| -> Result<(), Refusal> {
        let mut attributes = Attributes::of(facts.attributes)?;
        change(&mut attributes.tags)?;
        *facts.attributes = attributes.to_text()?;
        Ok(())
    };
    call.engine.edit_key(&call.scope, &key_id.into(), KeyOperation::Edit, edit).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values() {
        let settings = Settings::default();
        for good in ["a", "a b/c", "字".repeat(36).as_str(), "&:@\u{7f}é"] {
            assert_eq!(check_key(good, &settings), Ok(()), "{good}");
        }
        for bad in ["a*", "<", ">", "a\\b", "a=b", "a\nb", "\0", "\u{1f}"] {
            assert_eq!(check_key(bad, &settings), Err(Code::InvalidTagKey), "{bad:?}");
            assert_eq!(check_value(bad, &settings), Err(Code::InvalidTagValue), "{bad:?}");
        }
        assert_eq!(check_key("", &settings), Err(Code::TagKeyLength));
        assert_eq!(check_key(&"a".repeat(37), &settings), Err(Code::TagKeyLength));
        assert_eq!(check_value("", &settings), Ok(()));
        assert_eq!(check_value(&"a".repeat(43), &settings), Ok(()));
        assert_eq!(check_value(&"a".repeat(44), &settings), Err(Code::TagValueLength));
    }

    #[test]
    fn lists() {
        let list = |keys: &[&str]| {
            let items = keys.iter().map(|key| TagItem { key: (*key).to_owned(), value: None }).collect();
            wanted(items, &Settings::default()).map(|tags| tags.len())
        };
        assert_eq!(list(&["a", "b"]), Ok(2));
        assert_eq!(list(&["a", "b", "a"]), Err(Code::InvalidTagList));
        assert_eq!(list(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]), Err(Code::TooManyTags));
    }
}
