//! An action's parameters as one JSON value, whichever form they came in.
//!
//! Flattened names (`Tags.0.TagKey=env`) carry no types, so the action's table gives them: text
//! where a number belongs becomes a number if it reads like one, and otherwise stays text, for the
//! check against the table to refuse.

use std::collections::BTreeMap;

use dialect::constraint::{Member, Shape};
use dialect::json::Body;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};
use zeroize::Zeroizing;

use crate::errors::Refusal;
use crate::form::Parameter;

/// The deepest a flattened name goes: `TagFilters.0.TagValue.0` has four steps. What is deeper is one name
/// with dots in it, which nothing has.
const STEPS_MAX: usize = 8;

/// Parameters from a JSON body.
///
/// # Errors
/// If the body is not JSON or not an object.
// Unverified: that decimal text is no integer there, unless told otherwise; some of the vendor's own examples have it.
pub(crate) fn from_json(members: &[Member], body: &[u8], lenient_integers: bool) -> Result<Body, Refusal> {
    let mut body = Body::parse(body).map_err(|_| Refusal::NotJson)?;
    if !body.value().is_object() {
        return Err(Refusal::NotJson);
    }
    if let Value::Object(object) = body.value_mut() {
        drop_nulls(members, object);
        if lenient_integers {
            type_members(members, object, false);
        }
    }
    Ok(body)
}

/// Takes away members that are null, which is how some clients leave one out. A member that the table
/// does not know stays, to be refused.
// Unverified: that null is as good as nothing.
fn drop_nulls(members: &[Member], object: &mut Map<String, Value>) {
    for member in members {
        match object.get_mut(member.name) {
            Some(Value::Null) => {
                object.remove(member.name);
            }
            Some(value) => drop_nulls_in(member.shape, value),
            None => {}
        }
    }
}

fn drop_nulls_in(shape: &Shape, value: &mut Value) {
    match (shape, value) {
        (Shape::Structure(members), Value::Object(object)) => drop_nulls(members, object),
        (Shape::List { of, .. }, Value::Array(items)) => items.iter_mut().for_each(|item| drop_nulls_in(of, item)),
        _ => {}
    }
}

/// Parameters from flattened names.
///
/// # Errors
/// If a name is both a value and the beginning of other names.
pub(crate) fn from_form(members: &[Member], parameters: Vec<Parameter>) -> Result<Body, Refusal> {
    let mut top = BTreeMap::new();
    for Parameter { name, value } in parameters {
        if !insert(&mut top, &name, value) {
            return Err(Refusal::Repeated(name));
        }
    }
    let mut object = into_object(top);
    type_members(members, &mut object, true);
    Ok(Body::from_value(Value::Object(object)))
}

/// A member that may be left out, of a structure that is not only read: nothing there, or null, is the default.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A flattened name is a way through a tree.
enum Node {
    Leaf(Zeroizing<String>),
    Branch(BTreeMap<String, Node>),
}

/// Whether there was a place for the value.
fn insert(top: &mut BTreeMap<String, Node>, name: &str, value: Zeroizing<String>) -> bool {
    let steps: Vec<&str> = name.splitn(STEPS_MAX, '.').collect();
    let Some((last, way)) = steps.split_last() else { return false };
    let mut here = top;
    for step in way {
        let next = here.entry((*step).to_owned()).or_insert_with(|| Node::Branch(BTreeMap::new()));
        match next {
            Node::Branch(branch) => here = branch,
            Node::Leaf(_) => return false,
        }
    }
    if here.contains_key(*last) {
        return false;
    }
    here.insert((*last).to_owned(), Node::Leaf(value));
    true
}

fn into_object(branch: BTreeMap<String, Node>) -> Map<String, Value> {
    branch
        .into_iter()
        .map(|(name, node)| match node {
            Node::Leaf(mut text) => (name, Value::String(std::mem::take(&mut *text))),
            Node::Branch(branch) => (name, Value::Object(into_object(branch))),
        })
        .collect()
}

/// Gives the members of an object the types that the table says. With `flattened`, also truth
/// values and lists.
fn type_members(members: &[Member], object: &mut Map<String, Value>, flattened: bool) {
    for member in members {
        if let Some(value) = object.get_mut(member.name) {
            type_value(member.shape, value, flattened);
        }
    }
}

fn type_value(shape: &Shape, value: &mut Value, flattened: bool) {
    match shape {
        Shape::Integer { .. } | Shape::Unsigned => {
            if let Value::String(text) = value
                && let Some(number) = whole_number(text)
            {
                *value = Value::Number(number);
            }
        }
        Shape::Boolean if flattened => match value.as_str() {
            Some("true" | "True") => *value = Value::Bool(true),
            Some("false" | "False") => *value = Value::Bool(false),
            _ => {}
        },
        Shape::List { of, .. } => {
            if flattened
                && let Value::Object(object) = value
                && let Some(items) = into_items(object)
            {
                *value = Value::Array(items);
            }
            if let Value::Array(items) = value {
                items.iter_mut().for_each(|item| type_value(of, item, flattened));
            }
        }
        Shape::Structure(members) => {
            if let Value::Object(object) = value {
                type_members(members, object, flattened);
            }
        }
        _ => {}
    }
}

/// The items of a list whose indexes start at 0 and leave none out.
fn into_items(object: &mut Map<String, Value>) -> Option<Vec<Value>> {
    if !(0..object.len()).all(|index| object.contains_key(&index.to_string())) {
        return None;
    }
    (0..object.len()).map(|index| object.remove(&index.to_string())).collect()
}

/// The number that decimal text stands for.
fn whole_number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse::<u64>().ok().map(Number::from).or_else(|| text.parse::<i64>().ok().map(Number::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::parse;
    use serde_json::json;

    static TEXT: Shape = Shape::text(0, 99);
    static TAG: Shape =
        Shape::Structure(&[Member::required("TagKey", &TEXT), Member::optional("TagValue", &TEXT_LIST)]);
    static TEXT_LIST: Shape = Shape::List { min: 0, max: 99, of: &TEXT };
    static TAGS: Shape = Shape::List { min: 0, max: 99, of: &TAG };
    static TABLE: &[Member] = &[
        Member::optional("KeyId", &TEXT),
        Member::optional("KeyIds", &TEXT_LIST),
        Member::optional("Tags", &TAGS),
        Member::optional("Limit", &Shape::Unsigned),
        Member::optional("Flag", &Shape::Boolean),
    ];

    fn flat(query: &str) -> Value {
        from_form(TABLE, parse(query).unwrap()).unwrap().value().clone()
    }

    #[test]
    fn flattened_names_become_lists_and_objects() {
        assert_eq!(
            flat("KeyIds.0=a&KeyIds.1=b&Tags.0.TagKey=k&Tags.0.TagValue.0=v&Limit=5&Flag=true&KeyId=7"),
            json!({"KeyIds":["a","b"],"Tags":[{"TagKey":"k","TagValue":["v"]}],"Limit":5,"Flag":true,"KeyId":"7"})
        );
    }

    #[test]
    fn more_than_ten_items_keep_their_order() {
        let query: Vec<String> = (0..12).rev().map(|index| format!("KeyIds.{index}={index}")).collect();
        let expected: Vec<String> = (0..12).map(|index| index.to_string()).collect();
        assert_eq!(flat(&query.join("&")), json!({ "KeyIds": expected }));
    }

    #[test]
    fn what_does_not_read_like_its_type_stays_text() {
        assert_eq!(flat("Limit=5x&Flag=yes"), json!({"Limit":"5x","Flag":"yes"}));
        assert_eq!(flat("Limit="), json!({"Limit":""}));
        assert_eq!(flat("Limit=-1"), json!({"Limit":-1}));
        assert_eq!(flat("KeyIds.1=a"), json!({"KeyIds":{"1":"a"}}));
        assert_eq!(flat("Bogus.a=1"), json!({"Bogus":{"a":"1"}}));
    }

    #[test]
    fn a_name_is_a_value_or_a_way_not_both() {
        for (query, twice) in
            [("A=1&A.0=2", "A.0"), ("A.0=1&A=2", "A"), ("A.0=1&A.0.b=2", "A.0.b"), ("1.2.3.4.5.6.7.8=1&1=2", "1")]
        {
            let refused = from_form(TABLE, parse(query).unwrap()).err();
            assert_eq!(refused, Some(Refusal::Repeated(twice.into())), "{query}");
        }
    }

    #[test]
    fn absurd_names_stay_names() {
        assert_eq!(flat("KeyIds.999999999=a"), json!({"KeyIds":{"999999999":"a"}}));
        assert_eq!(flat("KeyIds.00=a"), json!({"KeyIds":{"00":"a"}}));
        assert_eq!(flat("KeyIds.=a&=b"), json!({"KeyIds":{"":"a"}, "":"b"}));
        let deep = flat("1.2.3.4.5.6.7.8.9=a");
        assert_eq!(deep["1"]["2"]["3"]["4"]["5"]["6"]["7"], json!({"8.9":"a"}));
    }

    #[test]
    fn decimal_text_counts_as_integer_only_when_told() {
        let body = br#"{"Limit":"5","KeyId":"7"}"#;
        assert_eq!(from_json(TABLE, body, false).unwrap().value(), &json!({"Limit":"5","KeyId":"7"}));
        assert_eq!(from_json(TABLE, body, true).unwrap().value(), &json!({"Limit":5,"KeyId":"7"}));
    }

    #[test]
    fn null_is_nothing() {
        let body =
            br#"{"KeyId":null,"Bogus":null,"KeyIds":[null],"Tags":[null,{"TagKey":"a","TagValue":null,"x":null}]}"#;
        let expected = json!({"Bogus":null,"KeyIds":[null],"Tags":[null,{"TagKey":"a","x":null}]});
        assert_eq!(from_json(TABLE, body, false).unwrap().value(), &expected);
    }

    #[test]
    fn a_body_is_an_object() {
        for body in [&b""[..], b"[]", b"null", b"{", b"{\"a\":1,\"a\":1}", b"\"\""] {
            assert_eq!(from_json(TABLE, body, false).err(), Some(Refusal::NotJson));
        }
    }
}
