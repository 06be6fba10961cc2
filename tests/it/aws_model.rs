//! The AWS dialect's constraint tables, held against the service's model as botocore carries it
//! (`tests/fixtures/aws-requests.json`, written by `tests/tools/aws_model.py`).

use std::collections::BTreeSet;
use std::path::Path;

use dialect::constraint::{Member, Shape, TextRules};
use serde_json::Value;

fn model() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/aws-requests.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What differs between a table and the model, as sentences.
struct Comparison<'a> {
    shapes: &'a Value,
    differences: Vec<String>,
}

impl Comparison<'_> {
    fn fail(&mut self, place: &str, what: impl std::fmt::Display) {
        self.differences.push(format!("{place}: {what}"));
    }

    fn equal<T: PartialEq + std::fmt::Debug>(&mut self, place: &str, what: &str, ours: T, theirs: T) {
        if ours != theirs {
            self.fail(place, format!("{what} is {ours:?}, in the model {theirs:?}"));
        }
    }

    fn members(&mut self, place: &str, ours: &[Member], name: &str) {
        let model = &self.shapes[name];
        let names: BTreeSet<&str> = ours.iter().map(|member| member.name).collect();
        self.equal(place, "the number of members named once", names.len(), ours.len());
        let theirs = model["members"].as_object().unwrap();
        self.equal(place, "the set of members", names, theirs.keys().map(String::as_str).collect());
        let required: Vec<&Value> = model["required"].as_array().into_iter().flatten().collect();
        for member in ours {
            let place = format!("{place}.{}", member.name);
            self.equal(&place, "required", member.required, required.iter().any(|name| *name == member.name));
            if let Some(shape) = theirs.get(member.name).and_then(Value::as_str) {
                self.shape(&place, member.shape, shape);
            }
        }
    }

    fn shape(&mut self, place: &str, ours: &Shape, name: &str) {
        let model = &self.shapes[name];
        let kind = model["type"].as_str().unwrap();
        let length = |fact: &str, absent: usize| model[fact].as_u64().map_or(absent, |n| usize::try_from(n).unwrap());
        let (min, max) = (length("min", 0), length("max", usize::MAX));
        let sensitive = model["sensitive"].as_bool().unwrap_or_default();
        match (ours, kind) {
            (Shape::Text(rules), "string") => {
                let TextRules { min: least, max: most, pattern, one_of, sensitive: hidden } = rules;
                self.equal(place, "the bounds", (*least, *most), (min, max));
                self.equal(place, "the pattern", *pattern, model["pattern"].as_str());
                // In any order: the service tells them in one of its own.
                let words: BTreeSet<&str> =
                    model["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                self.equal(place, "the number of words", one_of.len(), words.len());
                self.equal(place, "the enum", one_of.iter().copied().collect(), words);
                self.equal(place, "sensitive", *hidden, sensitive);
            }
            (Shape::Blob { min: least, max: most, sensitive: hidden }, "blob") => {
                self.equal(place, "the bounds", (*least, *most), (min, max));
                self.equal(place, "sensitive", *hidden, sensitive);
            }
            (Shape::Integer { min, max }, "integer") => {
                let theirs = (model["min"].as_i64().unwrap(), model["max"].as_i64().unwrap());
                self.equal(place, "the range", (*min, *max), theirs);
            }
            (Shape::Boolean, "boolean") | (Shape::Timestamp, "timestamp") => {}
            (Shape::List { min: least, max: most, of }, "list") => {
                self.equal(place, "the bounds", (*least, *most), (min, max));
                self.shape(&format!("{place}[]"), of, model["member"].as_str().unwrap());
            }
            (Shape::Map { max: most, key, value }, "map") => {
                self.equal(place, "the bound", *most, max);
                self.shape(&format!("{place} key"), key, model["key"].as_str().unwrap());
                self.shape(&format!("{place} value"), value, model["value"].as_str().unwrap());
            }
            (Shape::Structure(members), "structure") => self.members(place, members, name),
            _ => self.fail(place, format!("is {}, in the model {kind}", ours.type_name())),
        }
    }
}

/// No difference is meant: what the service asks for beyond its model, its operations look at.
#[test]
fn the_tables_are_the_models() {
    let model = model();
    let mut comparison = Comparison { shapes: &model["shapes"], differences: Vec::new() };
    for (operation, table) in dialect_aws::tables() {
        match model["operations"][operation].as_str() {
            Some(request) => comparison.members(operation, table, request),
            None => comparison.fail(operation, "is not in the model"),
        }
    }
    assert!(comparison.differences.is_empty(), "{}", comparison.differences.join("\n"));
}

/// The comparison itself sees what differs.
#[test]
fn differences_are_seen() {
    static NAME: Shape = Shape::pattern(1, 9, "[a-z]+");
    static COUNT: Shape = Shape::Integer { min: 1, max: 9 };
    let model = serde_json::json!({
        "Request": {"type": "structure", "required": ["Name"], "members": {"Name": "Name", "Count": "Count"}},
        "Name": {"type": "string", "min": 1, "max": 9, "pattern": "[a-z]+"},
        "Count": {"type": "integer", "min": 1, "max": 9},
    });
    let differences = |ours: &[Member], change: &dyn Fn(&mut Value)| {
        let mut model = model.clone();
        change(&mut model);
        let mut comparison = Comparison { shapes: &model, differences: Vec::new() };
        comparison.members("Test", ours, "Request");
        comparison.differences.len()
    };
    let table = [Member::required("Name", &NAME), Member::optional("Count", &COUNT)];
    assert_eq!(differences(&table, &|_| {}), 0);
    assert_eq!(differences(&table[..1], &|_| {}), 1);
    assert_eq!(differences(&[Member::optional("Name", &NAME), Member::optional("Count", &COUNT)], &|_| {}), 1);
    assert_eq!(differences(&[Member::required("Name", &COUNT), Member::optional("Count", &COUNT)], &|_| {}), 1);
    assert_eq!(differences(&table, &|model| model["Name"]["max"] = 8.into()), 1);
    assert_eq!(differences(&table, &|model| model["Name"]["pattern"] = "[a-y]+".into()), 1);
    assert_eq!(differences(&table, &|model| model["Name"]["sensitive"] = true.into()), 1);
    assert_eq!(differences(&table, &|model| model["Name"]["enum"] = serde_json::json!(["a"])), 2);
    assert_eq!(differences(&table, &|model| model["Count"]["min"] = 0.into()), 1);
}
