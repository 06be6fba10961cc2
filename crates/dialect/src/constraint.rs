//! Constraint tables: what a wire operation's members may look like.
//!
//! One table per operation, written as the vendor's page reads, checked against the JSON value
//! before it is decoded. [`check`] walks the whole table and reports everything it finds; whether
//! all of it is told (AWS), or the first (Huawei, Tencent), and in which words, is the dialect's
//! business.

use std::collections::HashMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde_json::Value;

/// One member of a request or of a structure inside it.
#[derive(PartialEq, Eq, Debug)]
pub struct Member {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it may look like.
    pub shape: &'static Shape,
    /// Whether it must be there.
    pub required: bool,
}

impl Member {
    /// A member that must be there.
    pub const fn required(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, shape, required: true }
    }

    /// A member that may be left out.
    pub const fn optional(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, shape, required: false }
    }
}

/// What a value may look like.
#[derive(PartialEq, Eq, Debug)]
pub enum Shape {
    /// Text, with bounds on its number of characters, a pattern for the whole of it, a closed list.
    Text(TextRules),
    /// Bytes as base64 text, with bounds on the number of decoded bytes.
    Blob {
        /// Fewest bytes.
        min: usize,
        /// Most bytes.
        max: usize,
        /// Whether the value is kept out of messages. (Blobs never show their value; some vendors
        /// word it differently for sensitive members.)
        sensitive: bool,
    },
    /// A whole JSON number.
    Integer {
        /// Least value.
        min: i64,
        /// Greatest value.
        max: i64,
    },
    /// A whole JSON number from 0 to 2^64 - 1, without further bounds. A negative one is of the
    /// wrong type.
    Unsigned,
    /// A whole number, as JSON number or as decimal text.
    Numeric {
        /// Least value.
        min: i64,
        /// Greatest value.
        max: i64,
    },
    /// Any JSON number: seconds since 1970 with fractions.
    Timestamp,
    /// `true` or `false`.
    Boolean,
    /// A list.
    List {
        /// Fewest items.
        min: usize,
        /// Most items.
        max: usize,
        /// What each item looks like.
        of: &'static Shape,
    },
    /// An object with arbitrary names.
    Map {
        /// Most entries.
        max: usize,
        /// What each name looks like.
        key: &'static Shape,
        /// What each value looks like.
        value: &'static Shape,
    },
    /// An object with known members.
    Structure(&'static [Member]),
    /// Anything at all; the operation looks for itself.
    Any,
}

/// Rules for [`Shape::Text`]. Start from [`TEXT`] and change what differs.
#[derive(PartialEq, Eq, Debug)]
pub struct TextRules {
    /// Fewest characters.
    pub min: usize,
    /// Most characters.
    pub max: usize,
    /// A pattern that the whole text must match; anchors are added, and `\d`, `\s` and `\w` mean
    /// ASCII alone, as they do in the vendors' services. Shown as written.
    pub pattern: Option<&'static str>,
    /// The legal values; empty means any.
    pub one_of: &'static [&'static str],
    /// Whether the value is kept out of messages.
    pub sensitive: bool,
}

/// Text without rules.
pub const TEXT: TextRules = TextRules { min: 0, max: usize::MAX, pattern: None, one_of: &[], sensitive: false };

impl Shape {
    /// Text of so many characters.
    pub const fn text(min: usize, max: usize) -> Self {
        Self::Text(TextRules { min, max, ..TEXT })
    }

    /// Text of so many characters that matches a pattern as a whole.
    pub const fn pattern(min: usize, max: usize, pattern: &'static str) -> Self {
        Self::Text(TextRules { min, max, pattern: Some(pattern), ..TEXT })
    }

    /// One word of a closed list.
    pub const fn one_of(words: &'static [&'static str]) -> Self {
        Self::Text(TextRules { one_of: words, ..TEXT })
    }

    /// The name of the JSON type that is expected, as a schema would say it.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Blob { .. } => "string",
            Self::Integer { .. } | Self::Numeric { .. } => "integer",
            Self::Unsigned => "unsigned integer",
            Self::Timestamp => "number",
            Self::Boolean => "boolean",
            Self::List { .. } => "list",
            Self::Map { .. } | Self::Structure(_) => "object",
            Self::Any => "any",
        }
    }
}

/// One step on the way to a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// A member of an object.
    Name(String),
    /// An item of a list, counted from 0.
    Index(usize),
    /// The name side of a map entry.
    MapKey,
    /// The value side of a map entry, by its name.
    MapValue(String),
}

/// The way to a value from the top of the request.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The name of the top-level member.
    pub fn root(&self) -> &str {
        match self.0.first() {
            Some(Step::Name(name)) => name,
            _ => "",
        }
    }
}

/// Names and indexes from 0 with dots between, such as `Tags.0.TagKey`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(".")?;
            }
            match step {
                Step::Name(name) | Step::MapValue(name) => f.write_str(name)?,
                Step::Index(index) => write!(f, "{index}")?,
                Step::MapKey => f.write_str("key")?,
            }
        }
        Ok(())
    }
}

/// A rule that a value breaks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rule {
    /// It must be there.
    Required,
    /// Its length (characters, decoded bytes, items) must be at least this.
    LengthAtLeast(usize),
    /// Its length must be at most this.
    LengthAtMost(usize),
    /// Its value must be at least this.
    ValueAtLeast(i64),
    /// Its value must be at most this.
    ValueAtMost(i64),
    /// It must match this pattern as a whole.
    Pattern(&'static str),
    /// It must be one of these words.
    OneOf(&'static [&'static str]),
}

/// A value of the right type that breaks a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Where.
    pub path: Path,
    /// The value as text, unless it is missing, sensitive, or no scalar.
    pub value: Option<String>,
    /// Whether the member is sensitive.
    pub sensitive: bool,
    /// Which rule.
    pub rule: Rule,
    /// What the value should look like, with all its rules.
    pub shape: &'static Shape,
}

/// A value of the wrong JSON type, or text that is not base64.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mismatch {
    /// Where.
    pub path: Path,
    /// The JSON type that was expected; see [`Shape::type_name`].
    pub expected: &'static str,
}

/// How many unknown members are told: enough for any message, few enough that a body full of them
/// does not become a report full of them.
const UNKNOWN_MAX: usize = 16;

/// After how many violations the items of a list are not looked at any more: more than any honest
/// request has, few enough that a body full of faults does not become an answer many times its size.
const VIOLATIONS_MAX: usize = 1000;

/// Everything that [`check`] found, in the order of the table.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Report {
    /// Wrong types.
    pub mismatches: Vec<Mismatch>,
    /// Broken rules.
    pub violations: Vec<Violation>,
    /// Members that the table does not know, the first few of them.
    pub unknown: Vec<Path>,
}

impl Report {
    /// Whether types and rules are kept. Unknown members do not count: most vendors ignore them.
    pub fn is_clean(&self) -> bool {
        self.mismatches.is_empty() && self.violations.is_empty()
    }
}

/// Holds a value against a table. A `null` member counts as absent.
pub fn check(members: &'static [Member], value: &Value) -> Report {
    let mut report = Report::default();
    structure(members, value, &mut Path::default(), &mut report);
    report
}

fn structure(members: &'static [Member], value: &Value, path: &mut Path, report: &mut Report) {
    let Value::Object(object) = value else {
        report.mismatches.push(Mismatch { path: path.clone(), expected: "object" });
        return;
    };
    for member in members {
        path.0.push(Step::Name(member.name.to_owned()));
        match object.get(member.name) {
            None | Some(Value::Null) if member.required => {
                report.violations.push(Violation {
                    path: path.clone(),
                    value: None,
                    sensitive: is_sensitive(member.shape),
                    rule: Rule::Required,
                    shape: member.shape,
                });
            }
            None | Some(Value::Null) => {}
            Some(value) => walk(member.shape, value, path, report),
        }
        path.0.pop();
    }
    for name in object.keys() {
        if report.unknown.len() < UNKNOWN_MAX && !members.iter().any(|member| member.name == name) {
            path.0.push(Step::Name(name.clone()));
            report.unknown.push(path.clone());
            path.0.pop();
        }
    }
}

fn walk(shape: &'static Shape, value: &Value, path: &mut Path, report: &mut Report) {
    match (shape, value) {
        (Shape::Any, _) | (Shape::Boolean, Value::Bool(_)) | (Shape::Timestamp, Value::Number(_)) => {}
        (Shape::Text(rules), Value::String(text)) => text_rules(shape, rules, text, path, report),
        (Shape::Blob { min, max, sensitive }, Value::String(text)) => match decoded_length(text) {
            Some(length) => bounds(shape, length, *min..=*max, None, *sensitive, path, report),
            None => mismatch(shape, path, report),
        },
        (Shape::Integer { min, max }, Value::Number(number)) => match whole(number) {
            Some(number) => range(shape, number, *min, *max, path, report),
            None => mismatch(shape, path, report),
        },
        (Shape::Unsigned, Value::Number(number)) if number.is_u64() => {}
        (Shape::Numeric { min, max }, Value::Number(number)) => match whole(number) {
            Some(number) => range(shape, number, *min, *max, path, report),
            None => mismatch(shape, path, report),
        },
        (Shape::Numeric { min, max }, Value::String(text)) => match text.parse::<i64>() {
            Ok(number) => range(shape, i128::from(number), *min, *max, path, report),
            Err(_) => mismatch(shape, path, report),
        },
        (Shape::List { min, max, of }, Value::Array(items)) => {
            bounds(shape, items.len(), *min..=*max, None, false, path, report);
            // Beyond the bound nothing is looked at: the report stays as small as the table.
            for (index, item) in items.iter().take(*max).enumerate() {
                if report.violations.len() >= VIOLATIONS_MAX {
                    break;
                }
                path.0.push(Step::Index(index));
                walk(of, item, path, report);
                path.0.pop();
            }
        }
        (Shape::Map { max, key, value: of }, Value::Object(entries)) => {
            bounds(shape, entries.len(), 0..=*max, None, false, path, report);
            for (name, entry) in entries.iter().take(*max) {
                path.0.push(Step::MapKey);
                walk(key, &Value::String(name.clone()), path, report);
                path.0.pop();
                path.0.push(Step::MapValue(name.clone()));
                walk(of, entry, path, report);
                path.0.pop();
            }
        }
        (Shape::Structure(members), Value::Object(_)) => structure(members, value, path, report),
        _ => mismatch(shape, path, report),
    }
}

fn text_rules(shape: &'static Shape, rules: &'static TextRules, text: &str, path: &Path, report: &mut Report) {
    let shown = (!rules.sensitive).then(|| text.to_owned());
    let length = text.chars().count();
    bounds(shape, length, rules.min..=rules.max, shown.as_deref(), rules.sensitive, path, report);
    let mut violate = |rule| {
        report.violations.push(Violation {
            path: path.clone(),
            value: shown.clone(),
            sensitive: rules.sensitive,
            rule,
            shape,
        });
    };
    if let Some(pattern) = rules.pattern
        && !matches_whole(pattern, text)
    {
        violate(Rule::Pattern(pattern));
    }
    if !rules.one_of.is_empty() && !rules.one_of.contains(&text) {
        violate(Rule::OneOf(rules.one_of));
    }
}

fn bounds(
    shape: &'static Shape,
    length: usize,
    within: RangeInclusive<usize>,
    value: Option<&str>,
    sensitive: bool,
    path: &Path,
    report: &mut Report,
) {
    let mut violate = |rule| {
        let value = value.map(str::to_owned);
        report.violations.push(Violation { path: path.clone(), value, sensitive, rule, shape });
    };
    if length < *within.start() {
        violate(Rule::LengthAtLeast(*within.start()));
    }
    if length > *within.end() {
        violate(Rule::LengthAtMost(*within.end()));
    }
}

fn range(shape: &'static Shape, number: i128, min: i64, max: i64, path: &Path, report: &mut Report) {
    let mut violate = |rule| {
        report.violations.push(Violation {
            path: path.clone(),
            value: Some(number.to_string()),
            sensitive: false,
            rule,
            shape,
        });
    };
    if number < i128::from(min) {
        violate(Rule::ValueAtLeast(min));
    }
    if number > i128::from(max) {
        violate(Rule::ValueAtMost(max));
    }
}

fn mismatch(shape: &Shape, path: &Path, report: &mut Report) {
    report.mismatches.push(Mismatch { path: path.clone(), expected: shape.type_name() });
}

/// A JSON number without fraction. `i128` holds every `i64` and `u64`.
fn whole(number: &serde_json::Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

fn decoded_length(text: &str) -> Option<usize> {
    // Decoding is the only sure check of the alphabet and of the padding bits.
    STANDARD.decode(text).ok().map(|bytes| zeroize::Zeroizing::new(bytes).len())
}

fn is_sensitive(shape: &Shape) -> bool {
    match shape {
        Shape::Text(rules) => rules.sensitive,
        Shape::Blob { sensitive, .. } => *sensitive,
        _ => false,
    }
}

/// Whether a pattern of a table matches the whole text. Patterns are compiled once.
pub fn matches_whole(pattern: &'static str, text: &str) -> bool {
    static COMPILED: RwLock<Option<HashMap<&'static str, Regex>>> = RwLock::new(None);
    {
        let compiled = COMPILED.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = compiled.as_ref().and_then(|compiled| compiled.get(pattern)) {
            return regex.is_match(text);
        }
    }
    // A pattern that does not compile is a slip in a table, which a test over all tables finds;
    // on a request path it must not panic, so it matches nothing.
    let Ok(regex) = compiled(pattern) else { return false };
    let found = regex.is_match(text);
    let mut compiled = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    compiled.get_or_insert_with(HashMap::new).insert(pattern, regex);
    found
}

/// A pattern for whole texts. The vendors' services run on engines whose `\d`, `\s` and `\w` are
/// ASCII classes; those of this one are not.
fn compiled(pattern: &str) -> Result<Regex, regex::Error> {
    let ascii = pattern.replace(r"\d", "[0-9]").replace(r"\s", r"[ \t\n\x0B\f\r]").replace(r"\w", "[0-9A-Za-z_]");
    Regex::new(&format!("^(?:{ascii})$"))
}

/// The patterns of a table that do not compile; for the test over all tables.
pub fn broken_patterns(members: &'static [Member]) -> Vec<&'static str> {
    fn look(shape: &'static Shape, broken: &mut Vec<&'static str>) {
        match shape {
            Shape::Text(TextRules { pattern: Some(pattern), .. }) if compiled(pattern).is_err() => {
                broken.push(pattern);
            }
            Shape::List { of, .. } => look(of, broken),
            Shape::Map { key, value, .. } => {
                look(key, broken);
                look(value, broken);
            }
            Shape::Structure(members) => members.iter().for_each(|member| look(member.shape, broken)),
            _ => {}
        }
    }
    let mut broken = Vec::new();
    members.iter().for_each(|member| look(member.shape, &mut broken));
    broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static NAME: Shape = Shape::pattern(1, 3, "[a-z]+");
    static BYTES: Shape = Shape::Blob { min: 1, max: 2, sensitive: true };
    static COUNT: Shape = Shape::Integer { min: 1, max: 9 };
    static TAG: Shape = Shape::Structure(&[Member::required("Key", &NAME)]);
    static TAGS: Shape = Shape::List { min: 0, max: 2, of: &TAG };
    static TABLE: &[Member] = &[
        Member::required("Name", &NAME),
        Member::optional("Bytes", &BYTES),
        Member::optional("Count", &COUNT),
        Member::optional("Tags", &TAGS),
    ];

    fn rules(value: &Value) -> Vec<(String, Rule)> {
        check(TABLE, value).violations.into_iter().map(|found| (found.path.to_string(), found.rule)).collect()
    }

    #[test]
    fn a_clean_value_is_clean() {
        let report = check(TABLE, &json!({"Name":"ab","Bytes":"AA==","Count":9,"Tags":[{"Key":"x"}],"Count2":null}));
        assert!(report.is_clean(), "{report:?}");
        assert_eq!(report.unknown.len(), 1);
    }

    #[test]
    fn every_violation_is_told() {
        assert_eq!(
            rules(&json!({"Name":"AAAA","Bytes":"AAAA","Count":10,"Tags":[{}, {"Key":""}]})),
            [
                ("Name".into(), Rule::LengthAtMost(3)),
                ("Name".into(), Rule::Pattern("[a-z]+")),
                ("Bytes".into(), Rule::LengthAtMost(2)),
                ("Count".into(), Rule::ValueAtMost(9)),
                ("Tags.0.Key".into(), Rule::Required),
                ("Tags.1.Key".into(), Rule::LengthAtLeast(1)),
                ("Tags.1.Key".into(), Rule::Pattern("[a-z]+")),
            ]
        );
    }

    #[test]
    fn null_counts_as_absent() {
        assert_eq!(rules(&json!({"Name":null})), [("Name".into(), Rule::Required)]);
    }

    #[test]
    fn wrong_types_are_mismatches() {
        let report = check(TABLE, &json!({"Name":1,"Bytes":"not base64!","Count":"1","Tags":{}}));
        let paths: Vec<_> = report.mismatches.iter().map(|found| (found.path.to_string(), found.expected)).collect();
        assert_eq!(
            paths,
            [
                ("Name".into(), "string"),
                ("Bytes".into(), "string"),
                ("Count".into(), "integer"),
                ("Tags".into(), "list")
            ]
        );
    }

    #[test]
    fn a_negative_number_is_no_unsigned_one() {
        static TABLE: &[Member] = &[Member::optional("Count", &Shape::Unsigned)];
        for fit in [json!(0), json!(u64::MAX)] {
            assert!(check(TABLE, &json!({"Count": fit})).is_clean(), "{fit}");
        }
        for unfit in [json!(-1), json!(1.0), json!("1"), json!(true)] {
            assert_eq!(check(TABLE, &json!({"Count": unfit})).mismatches.len(), 1, "{unfit}");
        }
    }

    #[test]
    fn classes_are_ascii() {
        for (pattern, inside, outside) in
            [(r"[\w]+", "a_9", "\u{e9}"), (r"\d{1,2}", "12", "\u{663}"), (r"[.\s]", "\t", "\u{a0}")]
        {
            assert!(matches_whole(pattern, inside), "{pattern}");
            assert!(!matches_whole(pattern, outside), "{pattern}");
        }
    }

    #[test]
    fn a_sensitive_value_is_not_shown() {
        let report = check(TABLE, &json!({"Name":"a","Bytes":"AAAA"}));
        assert_eq!(report.violations[0].value, None);
        assert!(report.violations[0].sensitive);
    }
}
