//! The sentences of broken constraints, as the service's own runtime prints them.

use dialect::constraint::{Path, Report, Rule, Shape, Step, Violation};
use serde_json::Value;

/// All violations, counted and joined.
pub(crate) fn violations(report: &Report, body: Option<&Value>) -> String {
    let mut details: Vec<String> = Vec::new();
    let mut lists: Vec<&[Step]> = Vec::new();
    for violation in &report.violations {
        // What is wrong with the items of a list is told once, of the list.
        if let Some((Step::Index(_), list)) = violation.path.0.split_last() {
            if !lists.contains(&list) {
                lists.push(list);
                details.push(list_detail(list, violation.shape, body));
            }
        } else {
            details.push(detail(violation, body));
        }
    }
    counted(&details)
}

/// So many sentences, counted and joined.
pub(crate) fn counted(details: &[String]) -> String {
    let noun = if details.len() == 1 { "error" } else { "errors" };
    format!("{} validation {noun} detected: {}", details.len(), details.join("; "))
}

/// The sentence of a member that is missing.
pub(crate) fn missing(member: &str) -> String {
    format!("Value null at '{}' failed to satisfy constraint: Member must not be null", lower_first(member))
}

fn detail(violation: &Violation, body: Option<&Value>) -> String {
    let value = if violation.sensitive {
        String::new()
    } else if violation.rule == Rule::Required {
        " null".to_owned()
    } else {
        format!(" '{}'", shown(violation, body))
    };
    format!(
        "Value{value} at '{}' failed to satisfy constraint: Member must {}",
        path(&violation.path),
        constraint(&violation.rule)
    )
}

/// The sentence of a list whose items break a rule: it shows the whole list and every rule of its
/// items. Unverified for this service: so do others of the same runtime, in this order.
fn list_detail(list: &[Step], items: &'static Shape, body: Option<&Value>) -> String {
    let path = Path(list.to_vec());
    let shown = body.and_then(|body| value_at(&path, body)).map(listed).unwrap_or_default();
    let rules: Vec<String> = rules(items).iter().map(|rule| format!("Member must {}", constraint(rule))).collect();
    format!(
        "Value '{shown}' at '{}' failed to satisfy constraint: Member must satisfy constraint: [{}]",
        self::path(&path),
        rules.join(", ")
    )
}

/// All rules of a text.
fn rules(shape: &'static Shape) -> Vec<Rule> {
    let Shape::Text(text) = shape else { return Vec::new() };
    let mut rules = Vec::new();
    if text.max != usize::MAX {
        rules.extend([Rule::LengthAtMost(text.max), Rule::LengthAtLeast(text.min)]);
    }
    rules.extend(text.pattern.map(Rule::Pattern));
    if !text.one_of.is_empty() {
        rules.push(Rule::OneOf(text.one_of));
    }
    rules
}

fn listed(list: &Value) -> String {
    let items: Vec<String> = list.as_array().into_iter().flatten().map(plain).collect();
    format!("[{}]", items.join(", "))
}

/// The value as the service's own runtime prints it: a list with its items, a blob by its length.
fn shown(violation: &Violation, body: Option<&Value>) -> String {
    if let Some(value) = &violation.value {
        return value.clone();
    }
    match body.and_then(|body| value_at(&violation.path, body)) {
        Some(list @ Value::Array(_)) => listed(list),
        Some(Value::String(text)) => {
            let length = dialect::wire::decode(text).map_or(0, |bytes| bytes.len());
            format!("java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]")
        }
        _ => String::new(),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn value_at<'a>(path: &Path, body: &'a Value) -> Option<&'a Value> {
    path.0.iter().try_fold(body, |value, step| match step {
        Step::Name(name) | Step::MapValue(name) => value.get(name),
        Step::Index(index) => value.get(index),
        Step::MapKey => None,
    })
}

fn constraint(rule: &Rule) -> String {
    match rule {
        Rule::Required => "not be null".to_owned(),
        Rule::LengthAtLeast(length) => format!("have length greater than or equal to {length}"),
        Rule::LengthAtMost(length) => format!("have length less than or equal to {length}"),
        Rule::ValueAtLeast(value) => format!("have value greater than or equal to {value}"),
        Rule::ValueAtMost(value) => format!("have value less than or equal to {value}"),
        Rule::Pattern(pattern) => format!("satisfy regular expression pattern: {pattern}"),
        Rule::OneOf(words) => format!("satisfy enum value set: [{}]", words.join(", ")),
    }
}

/// A path as the service prints it: names with a small first letter, items counted from 1 after
/// `member`'s list, such as `tags.1.member.tagKey`.
fn path(path: &Path) -> String {
    let mut text = String::new();
    for (position, step) in path.0.iter().enumerate() {
        if position > 0 {
            text.push('.');
        }
        match step {
            Step::Name(name) => text.push_str(&lower_first(name)),
            Step::Index(index) => text.push_str(&format!("{}.member", index + 1)),
            Step::MapKey => text.push_str("key"),
            Step::MapValue(name) => text.push_str(&format!("{name}.member")),
        }
    }
    text
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
