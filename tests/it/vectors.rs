//! Wire vectors: what goes over the wire and what comes back, as plain files.
//!
//! `tests/vectors/DIALECT/FOLDER/CASE.http` has three parts between lines of `---`: a title and
//! `given` lines (the words are in `vectors/given.rs`), a request, and the answer that is due. What
//! is due was written from the vendors' documentation. In all three `${name}` is a hole:
//!
//! - In a request it stands for what a `given` line or the runner has bound to the name. The line
//!   `Authorization: ${signed}` signs the fields above it, and only those; `${signed by ID}`,
//!   `${signed with SECRET}`, `${signed at OFFSET}` and `${signed for REGION}` do so in another way.
//!   `Signature=${signed}` at the end of a query or form signs the parameters before it.
//! - In an answer a bound name stands for its value, and any other is bound to what is there:
//!   alone in a JSON string, to any value. A name that ends in `*` is bound anew each time.
//!
//! JSON bodies are compared as values, member by member; other bodies as text. Fields of the head
//! that a vector does not list are not looked at. Every vector has a tenant of its own, whose clock
//! stands at 1800000000 (2027-01-15T08:00:00Z).

mod coverage;
mod file;
mod given;
mod holes;
mod mutations;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::TestServer;
use testkit::http::Answer;
use testkit::sign::{self, Unsigned};

use crate::clients::{Caller, Vendor};
use crate::stories::driver::driver_of;
use file::{Message, Vector};
use holes::Holes;

/// Where every vector's clock stands.
const NOON: i64 = 1_800_000_000;

#[test]
fn aws() {
    run_all(Vendor::Aws);
}

#[test]
fn huawei() {
    run_all(Vendor::Huawei);
}

#[test]
fn tencent() {
    run_all(Vendor::Tencent);
}

/// All vectors of a vendor, in order of their paths.
fn paths(vendor: Vendor) -> Vec<PathBuf> {
    let root = root().join(vendor.word());
    let entries = |folder: &Path| {
        let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.sort();
        found
    };
    entries(&root).iter().flat_map(|folder| entries(folder)).collect()
}

/// Where the vectors are.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

fn run_all(vendor: Vendor) {
    let server = TestServer::launch();
    let only = std::env::var("POLYKMS_TEST_VECTOR").unwrap_or_default();
    let mut failures = Vec::new();
    let mut count = 0;
    for (at, path) in paths(vendor).iter().enumerate() {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        if !name.contains(&only) {
            continue;
        }
        count += 1;
        let text = std::fs::read_to_string(path).unwrap();
        let run = || Vector::parse(&text).and_then(|vector| run(&server, vendor, at, &vector));
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
            Ok(Ok(())) => {}
            Ok(Err(difference)) => failures.push(format!("{name}: {difference}")),
            Err(_) => failures.push(format!("{name}: what is given did not come about")),
        }
    }
    let failed = failures.len();
    assert!(failures.is_empty(), "{failed} of {count} vectors differ:\n\n{}", failures.join("\n\n"));
}

/// Runs a vector; answers how the server's answer differs from what is due.
fn run(server: &TestServer, vendor: Vendor, number: usize, vector: &Vector) -> Result<(), String> {
    let driver = driver_of(Caller::new(server, vendor, &format!("vector-{number}")));
    let caller = driver.caller();
    caller.clock(&json!({ "mode": "frozen", "at": NOON }));
    let real_now = caller.unsigned().at;
    let mut holes = Holes::default();
    holes.bind("access_id", &caller.access_id);
    holes.bind("project", &caller.project);
    holes.bind("host", caller.host());
    holes.bind("region", &caller.region);
    holes.bind("now", &real_now.to_string());
    if let (Vendor::Aws, Some(account)) = (vendor, dialect_aws::public_account(&caller.access_id)) {
        holes.bind("account", &account);
    }
    for words in &vector.given {
        given::bring_about(&*driver, words, &mut holes)?;
    }
    let answer = send(caller, &vector.request, &mut holes)?;
    compare(&vector.answer, &answer, &mut holes)
        .map_err(|difference| format!("{}\n{difference}\n{}", vector.title, shown(&answer)))
}

/// Sends a request whose holes are filled and whose place for a signature is signed.
fn send(caller: &Caller, request: &Message, holes: &mut Holes) -> Result<Answer, String> {
    let [method, target, _] = words(&request.first)?;
    let mut body = holes.filled(&request.body)?;
    let mut target = holes.filled(target)?;
    if let Some(form) = body.strip_suffix("&Signature=${signed}").map(str::to_owned) {
        body = format!("{form}&Signature={}", signed_parameters(caller, method, &form));
    }
    if let Some(query) = target.strip_suffix("&Signature=${signed}").map(str::to_owned) {
        let parameters = query.split_once('?').map_or("", |(_, parameters)| parameters);
        target = format!("{query}&Signature={}", signed_parameters(caller, method, parameters));
    }
    let mut fields: Vec<(String, String)> = Vec::new();
    for (name, value) in &request.fields {
        let value = holes.filled(value)?;
        match value.strip_prefix("${signed").and_then(|rest| rest.strip_suffix('}')) {
            None => fields.push((name.clone(), value)),
            Some(how) => fields = signed(caller, how.trim(), (method, &target), &fields, body.as_bytes())?,
        }
    }
    Ok(caller.send(method, &target, &sign::borrowed(&fields), body.as_bytes()))
}

/// The fields, with a signature over them.
fn signed(
    caller: &Caller,
    how: &str,
    (method, target): (&str, &str),
    fields: &sign::Fields,
    body: &[u8],
) -> Result<sign::Fields, String> {
    let mut unsigned: Unsigned<'_> = caller.unsigned();
    match how.split_once(' ') {
        None if how.is_empty() => {}
        Some(("by", id)) => unsigned.access_id = id,
        Some(("with", secret)) => unsigned.secret = secret,
        Some(("for", region)) => unsigned.region = region,
        Some(("at", offset)) => unsigned.at += offset.parse::<i64>().map_err(|error| error.to_string())?,
        _ => return Err(format!("{how} is no way to sign")),
    }
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let given = sign::borrowed(fields);
    Ok(match caller.vendor {
        Vendor::Aws => sign::aws_fields(unsigned, &given, body),
        Vendor::Huawei => sign::huawei_fields(unsigned, method, target, &given, body),
        Vendor::Tencent => sign::tencent_fields(unsigned, method, query, &given, body),
    })
}

fn signed_parameters(caller: &Caller, method: &str, parameters: &str) -> String {
    let pairs: Vec<(&str, &str)> = parameters.split('&').filter_map(|item| item.split_once('=')).collect();
    sign::tencent_parameters(caller.host(), "test", method, &pairs)
}

/// What differs, if anything.
fn compare(due: &Message, answer: &Answer, holes: &mut Holes) -> Result<(), String> {
    let status = due.first.split(' ').nth(1).unwrap_or_default();
    if status != answer.status.to_string() {
        return Err(format!("status {status} is due"));
    }
    for (name, value) in &due.fields {
        let Some(found) = answer.header(&name.to_lowercase()) else { return Err(format!("{name} is missing")) };
        holes.matched(value, found).map_err(|difference| format!("{name}: {difference}"))?;
    }
    match serde_json::from_str::<Value>(&due.body) {
        Ok(value) => {
            let found = serde_json::from_slice(&answer.body).map_err(|_| "JSON is due".to_owned())?;
            compare_values("", &value, &found, holes)
        }
        Err(_) => holes.matched(&due.body, answer.text().trim_end_matches('\n')),
    }
}

/// What differs between two values, if anything, with the way to it.
fn compare_values(way: &str, due: &Value, found: &Value, holes: &mut Holes) -> Result<(), String> {
    let differs = || format!("{way}: {due} is due, not {found}");
    match (due, found) {
        (Value::Object(due), Value::Object(found)) => {
            if let Some(name) = due.keys().find(|name| !found.contains_key(*name)) {
                return Err(format!("{way}.{name} is missing"));
            }
            if let Some(name) = found.keys().find(|name| !due.contains_key(*name)) {
                return Err(format!("{way}.{name} is not due"));
            }
            due.iter().try_for_each(|(name, due)| compare_values(&format!("{way}.{name}"), due, &found[name], holes))
        }
        (Value::Array(due), Value::Array(found)) if due.len() == found.len() => {
            let mut pairs = due.iter().zip(found).enumerate();
            pairs.try_for_each(|(at, (due, found))| compare_values(&format!("{way}.{at}"), due, found, holes))
        }
        (Value::String(due), Value::String(found)) => {
            holes.matched(due, found).map_err(|difference| format!("{way}: {difference}"))
        }
        (Value::String(due), found) if Holes::is_hole(due) => holes.matched(due, &found.to_string()),
        // Times are sent as numbers with or without a fraction.
        (Value::Number(due), Value::Number(found)) if due.as_f64() == found.as_f64() => Ok(()),
        (due, found) if due == found => Ok(()),
        _ => Err(differs()),
    }
}

/// A line in three words.
fn words(line: &str) -> Result<[&str; 3], String> {
    let mut words = line.splitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (Some(first), Some(second), Some(third)) => Ok([first, second, third]),
        _ => Err(format!("{line:?} is no first line")),
    }
}

/// An answer for people.
fn shown(answer: &Answer) -> String {
    format!("the answer was {} {}", answer.status, answer.text())
}
