//! Conditions: an operator, a context key, and the values it is compared with.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::Value;

use super::facts::Facts;
use super::pattern::{Pattern, Reading};

/// How two values are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Comparison {
    Text,
    TextInAnyCase,
    Like,
    Arn,
    Number(Order),
    Date(Order),
    Bool,
    Binary,
    Address,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How a key of several values is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Set {
    /// All of them must hold, and none at all will do.
    All,
    /// One of them must hold.
    Any,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Operator {
    Compare {
        comparison: Comparison,
        negated: bool,
        if_exists: bool,
        set: Option<Set>,
    },
    /// Whether the key is absent.
    Null,
}

/// One test of a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Condition {
    operator: Operator,
    /// In lower case.
    key: String,
    values: Vec<Wanted>,
}

/// A value that a policy compares with, as it is written and taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Wanted {
    text: String,
    pattern: Pattern,
}

impl Condition {
    /// Reads the value of `Condition`; `None` if it breaks the grammar.
    pub fn read_all(value: &Value, variables: bool) -> Option<Vec<Self>> {
        let mut conditions = Vec::new();
        for (name, tests) in value.as_object()? {
            let operator = Operator::read(name)?;
            for (key, values) in tests.as_object()? {
                // A key begins with the service it is of.
                key.split_once(':').filter(|(service, name)| !service.is_empty() && !name.is_empty())?;
                let values = match values {
                    Value::Array(values) => values.iter().map(scalar).collect::<Option<Vec<String>>>()?,
                    value => vec![scalar(value)?],
                };
                let reading = Reading { wildcards: operator.has_wildcards(), variables };
                let wanted = |text: String| Wanted { pattern: Pattern::read(&text, reading), text };
                conditions.push(Self {
                    operator,
                    key: key.to_ascii_lowercase(),
                    values: values.into_iter().map(wanted).collect(),
                });
            }
        }
        Some(conditions)
    }

    /// The context keys that it looks at.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let variables = self.values.iter().flat_map(|wanted| wanted.pattern.variables());
        std::iter::once(self.key.as_str()).chain(variables)
    }

    /// Whether the condition holds.
    pub fn holds(&self, facts: &Facts) -> bool {
        let found = facts.get(&self.key);
        let Operator::Compare { comparison, negated, if_exists, set } = self.operator else {
            let is_absent = if found.is_none() { "true" } else { "false" };
            return self.values.iter().any(|wanted| wanted.text.eq_ignore_ascii_case(is_absent));
        };
        let Some(found) = found else {
            return if_exists
                || match set {
                    Some(Set::All) => true,
                    Some(Set::Any) => false,
                    None => negated,
                };
        };
        let is_one = |value: &String| self.values.iter().any(|wanted| wanted.equals(comparison, value, facts));
        match set {
            Some(Set::All) => found.iter().all(|value| is_one(value) != negated),
            Some(Set::Any) => found.iter().any(|value| is_one(value) != negated),
            None => found.iter().any(is_one) != negated,
        }
    }
}

impl Operator {
    fn read(name: &str) -> Option<Self> {
        let (set, name) = match name.split_once(':') {
            Some(("ForAllValues", name)) => (Some(Set::All), name),
            Some(("ForAnyValue", name)) => (Some(Set::Any), name),
            Some(_) => return None,
            None => (None, name),
        };
        if name == "Null" {
            return set.is_none().then_some(Self::Null);
        }
        let (name, if_exists) = name.strip_suffix("IfExists").map_or((name, false), |name| (name, true));
        let (comparison, negated) = comparison(name)?;
        Some(Self::Compare { comparison, negated, if_exists, set })
    }

    fn has_wildcards(self) -> bool {
        matches!(self, Self::Compare { comparison: Comparison::Like | Comparison::Arn, .. })
    }
}

fn comparison(name: &str) -> Option<(Comparison, bool)> {
    let order = |word: &str| {
        Some(match word {
            "Equals" => (Order::Equal, false),
            "NotEquals" => (Order::Equal, true),
            "LessThan" => (Order::Less, false),
            "LessThanEquals" => (Order::LessOrEqual, false),
            "GreaterThan" => (Order::Greater, false),
            "GreaterThanEquals" => (Order::GreaterOrEqual, false),
            _ => return None,
        })
    };
    if let Some(word) = name.strip_prefix("Numeric") {
        return order(word).map(|(order, negated)| (Comparison::Number(order), negated));
    }
    if let Some(word) = name.strip_prefix("Date") {
        return order(word).map(|(order, negated)| (Comparison::Date(order), negated));
    }
    Some(match name {
        "StringEquals" => (Comparison::Text, false),
        "StringNotEquals" => (Comparison::Text, true),
        "StringEqualsIgnoreCase" => (Comparison::TextInAnyCase, false),
        "StringNotEqualsIgnoreCase" => (Comparison::TextInAnyCase, true),
        "StringLike" => (Comparison::Like, false),
        "StringNotLike" => (Comparison::Like, true),
        "ArnEquals" | "ArnLike" => (Comparison::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Comparison::Arn, true),
        "Bool" => (Comparison::Bool, false),
        "BinaryEquals" => (Comparison::Binary, false),
        "IpAddress" => (Comparison::Address, false),
        "NotIpAddress" => (Comparison::Address, true),
        _ => return None,
    })
}

impl Wanted {
    fn equals(&self, comparison: Comparison, found: &str, facts: &Facts) -> bool {
        match comparison {
            Comparison::Text | Comparison::Like => self.pattern.fits(found, facts),
            Comparison::TextInAnyCase => self.pattern.fits_in_any_case(found, facts),
            Comparison::Arn => self.pattern.fits_arn(found, facts),
            Comparison::Number(order) => both(number, found, &self.text).is_some_and(|(a, b)| order.holds(a, b)),
            Comparison::Date(order) => both(date, found, &self.text).is_some_and(|(a, b)| order.holds(a, b)),
            Comparison::Bool => both(boolean, found, &self.text).is_some_and(|(a, b)| a == b),
            Comparison::Binary => both(binary, found, &self.text).is_some_and(|(a, b)| a == b),
            Comparison::Address => found.parse().is_ok_and(|address| is_within(address, &self.text)),
        }
    }
}

impl Order {
    fn holds<T: PartialOrd>(self, found: T, wanted: T) -> bool {
        match self {
            Self::Equal => found == wanted,
            Self::Less => found < wanted,
            Self::LessOrEqual => found <= wanted,
            Self::Greater => found > wanted,
            Self::GreaterOrEqual => found >= wanted,
        }
    }
}

fn both<T>(read: impl Fn(&str) -> Option<T>, found: &str, wanted: &str) -> Option<(T, T)> {
    read(found).zip(read(wanted))
}

/// A value as text. Numbers and truth values need no quotes in a policy.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn boolean(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find_map(|(word, value)| word.eq_ignore_ascii_case(text).then_some(value))
}

fn binary(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Milliseconds since 1970 of a time in one of the forms of ISO 8601 that W3C names, or in seconds
/// since 1970. A number by itself is seconds, not a year.
fn date(text: &str) -> Option<i64> {
    if let Some(seconds) = number(text) {
        #[expect(clippy::cast_possible_truncation, reason = "saturates, and no policy goes that far")]
        return Some((seconds * 1000.0).round() as i64);
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_millis());
    }
    let minutes = text.strip_suffix('Z').and_then(|text| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok());
    if let Some(time) = minutes {
        return Some(time.and_utc().timestamp_millis());
    }
    let whole = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
    let midnight = NaiveDate::parse_from_str(&whole, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?;
    Some(midnight.and_utc().timestamp_millis())
}

/// Whether an address is the one given, or in the network given with the length of its prefix.
fn is_within(address: IpAddr, network: &str) -> bool {
    let (start, prefix) = match network.split_once('/') {
        Some((start, prefix)) => (start, prefix.parse::<u32>().ok()),
        None => (network, Some(u32::MAX)),
    };
    let (Ok(start), Some(prefix)) = (start.parse::<IpAddr>(), prefix) else { return false };
    let is_same = |address: u128, start: u128, width: u32| {
        let host_bits = width - prefix.min(width);
        address.checked_shr(host_bits).unwrap_or(0) == start.checked_shr(host_bits).unwrap_or(0)
    };
    match (address.to_canonical(), start) {
        (IpAddr::V4(address), IpAddr::V4(start)) => is_same(address.to_bits().into(), start.to_bits().into(), 32),
        (IpAddr::V6(address), IpAddr::V6(start)) => is_same(address.to_bits(), start.to_bits(), 128),
        _ => false,
    }
}
