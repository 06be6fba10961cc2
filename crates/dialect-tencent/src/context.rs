//! `EncryptionContext`: the text of a JSON object.

use dialect::json::Body;
use import_engine::EncryptionContext;
use serde_json::Value;

use crate::errors::Refusal;

/// The most characters of a context.
const CHARACTERS_MAX: usize = 1024;

/// The context that the text of a parameter stands for. No text and empty text are no context.
///
/// # Errors
/// [`Refusal::OutOfBounds`] if it is too long or not the text of an object.
// Unverified: the code; and that contexts are compared as what they mean, not as they are written.
pub(crate) fn parse(parameter: &'static str, text: Option<&str>) -> Result<EncryptionContext, Refusal> {
    let refusal = || Refusal::OutOfBounds(parameter);
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(EncryptionContext::default()) };
    if text.chars().count() > CHARACTERS_MAX {
        return Err(refusal());
    }
    let body = Body::parse(text.as_bytes()).map_err(|_| refusal())?;
    let Value::Object(object) = body.value() else { return Err(refusal()) };
    let pairs = object.iter().map(|(name, value)| (name.clone(), canonical(value))).collect();
    Ok(EncryptionContext { pairs, additional: Vec::new() })
}

/// One text for all ways to write a value.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            let members: Vec<String> = members
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: Option<&str>) -> Result<EncryptionContext, Refusal> {
        super::parse("EncryptionContext", text)
    }

    #[test]
    fn the_way_of_writing_does_not_count() {
        let same = [r#"{"a":"1","b":{"c":[1,2],"d":null}}"#, r#" { "b": {"d":null, "c":[1, 2]}, "\u0061":"1" } "#];
        assert_eq!(parse(Some(same[0])), parse(Some(same[1])));
        assert_ne!(parse(Some(r#"{"a":"1"}"#)), parse(Some(r#"{"a":1}"#)));
        assert_ne!(parse(Some(r#"{"a":[1,2]}"#)), parse(Some(r#"{"a":[2,1]}"#)));
    }

    #[test]
    fn nothing_is_nothing() {
        for nothing in [None, Some(""), Some("{}")] {
            assert_eq!(parse(nothing), Ok(EncryptionContext::default()));
        }
    }

    #[test]
    fn only_an_object_of_bounded_length_counts() {
        let longest = format!(r#"{{"a":"{}"}}"#, "é".repeat(1024 - 8));
        assert!(parse(Some(&longest)).is_ok());
        let too_long = format!(r#"{{"a":"{}"}}"#, "é".repeat(1025 - 8));
        for bad in ["x", "[]", "\"a\"", "null", "{", r#"{"a":1,"a":2}"#, &too_long] {
            assert_eq!(parse(Some(bad)), Err(Refusal::OutOfBounds("EncryptionContext")), "{bad}");
        }
    }
}
