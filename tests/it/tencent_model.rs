//! The Tencent dialect's constraint tables, held against what the vendor's command says of requests
//! (`tests/fixtures/tencent-model.json`, written by `tests/tools/tencent_model.py`).

use std::collections::BTreeSet;
use std::path::Path;

use dialect::constraint::{Member, Shape};
use serde_json::Value;

fn model() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tencent-model.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What differs between a table and the model, as sentences.
struct Comparison<'a> {
    structures: &'a Value,
    differences: Vec<String>,
}

impl Comparison<'_> {
    fn equal<T: PartialEq + std::fmt::Debug>(&mut self, place: &str, what: &str, ours: T, theirs: T) {
        if ours != theirs {
            self.differences.push(format!("{place}: {what} is {ours:?}, in the model {theirs:?}"));
        }
    }

    fn members(&mut self, place: &str, ours: &[Member], model: &Value) {
        let theirs = model["members"].as_object().unwrap();
        let names: BTreeSet<&str> = ours.iter().map(|member| member.name).collect();
        self.equal(place, "the number of members named once", names.len(), ours.len());
        self.equal(place, "the set of members", names, theirs.keys().map(String::as_str).collect());
        let required: Vec<&Value> = model["required"].as_array().into_iter().flatten().collect();
        for member in ours {
            let place = format!("{place}.{}", member.name);
            self.equal(&place, "required", member.required, required.iter().any(|name| *name == member.name));
            if let Some(kind) = theirs.get(member.name).and_then(Value::as_str) {
                self.shape(&place, member.shape, kind);
            }
        }
    }

    fn shape(&mut self, place: &str, ours: &Shape, kind: &str) {
        let word = match ours {
            // What a value may be is the action's own check.
            Shape::Text(rules) if (rules.min, rules.max, rules.pattern) == (0, usize::MAX, None) => "string",
            Shape::Text(_) => "bounded text",
            Shape::Unsigned => "uint64",
            Shape::Integer { .. } => "int64",
            Shape::Boolean => "bool",
            Shape::List { of, .. } => {
                let item = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']'));
                match item {
                    Some(item) => self.shape(&format!("{place}[]"), of, item),
                    None => self.equal(place, "the type", "a list", kind),
                }
                return;
            }
            Shape::Structure(members) => {
                let structures = self.structures;
                match structures.get(kind) {
                    Some(structure) => self.members(place, members, structure),
                    None => self.equal(place, "the type", "a structure", kind),
                }
                return;
            }
            other => other.type_name(),
        };
        self.equal(place, "the type", word, kind);
    }
}

/// No difference is meant.
#[test]
fn the_tables_are_the_models() {
    let model = model();
    let mut comparison = Comparison { structures: &model["structures"], differences: Vec::new() };
    for (action, table) in dialect_tencent::tables() {
        comparison.members(action, table, &model["actions"][action]["request"]);
    }
    assert!(comparison.differences.is_empty(), "{}", comparison.differences.join("\n"));
}

/// The comparison itself sees what differs.
#[test]
fn differences_are_seen() {
    static NAME: Shape = Shape::text(0, usize::MAX);
    static SHORT: Shape = Shape::text(0, 9);
    static NAMES: Shape = Shape::List { min: 0, max: 9, of: &NAME };
    static TAG: Shape = Shape::Structure(&[Member::required("Key", &NAME)]);
    let structures = serde_json::json!({"Tag": {"members": {"Key": "string"}, "required": ["Key"]}});
    let request = serde_json::json!({
        "members": {"Name": "string", "Count": "uint64", "Names": "[string]", "Tag": "Tag"},
        "required": ["Name"],
    });
    let differences = |ours: &[Member]| {
        let mut comparison = Comparison { structures: &structures, differences: Vec::new() };
        comparison.members("Test", ours, &request);
        comparison.differences.len()
    };
    let changed = |at: usize, member: Member| {
        let mut table = vec![
            Member::required("Name", &NAME),
            Member::optional("Count", &Shape::Unsigned),
            Member::optional("Names", &NAMES),
            Member::optional("Tag", &TAG),
        ];
        table[at] = member;
        table
    };
    assert_eq!(differences(&changed(0, Member::required("Name", &NAME))), 0);
    assert_eq!(differences(&changed(0, Member::required("Name", &NAME))[..3]), 1);
    assert_eq!(differences(&changed(0, Member::optional("Name", &NAME))), 1);
    assert_eq!(differences(&changed(0, Member::required("Name", &SHORT))), 1);
    assert_eq!(differences(&changed(1, Member::optional("Count", &Shape::Integer { min: 0, max: 1 }))), 1);
    assert_eq!(differences(&changed(1, Member::optional("Count", &TAG))), 1);
    assert_eq!(differences(&changed(2, Member::optional("Names", &NAME))), 1);
    assert_eq!(differences(&changed(3, Member::optional("Tag", &NAMES))), 1);
}
