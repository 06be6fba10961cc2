//! Every request of a vector that succeeds, with each of its members made into something else:
//! whatever comes of it, it is the dialect's own answer and never a fault.

use serde_json::{Map, Value, json};
use testkit::TestServer;
use testkit::http::Answer;

use super::file::{Message, Vector};
use super::holes::Holes;
use super::{NOON, Vendor, given, paths, send};
use crate::clients::Caller;
use crate::stories::driver::driver_of;

#[test]
fn aws() {
    mutate_all(Vendor::Aws);
}

#[test]
fn huawei() {
    mutate_all(Vendor::Huawei);
}

#[test]
fn tencent() {
    mutate_all(Vendor::Tencent);
}

fn mutate_all(vendor: Vendor) {
    let server = TestServer::launch();
    let mut count = 0;
    for (at, path) in paths(vendor).iter().enumerate() {
        let vector = Vector::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
        if !vector.answer.first.starts_with("HTTP/1.1 2") || vector.answer.body.contains("\"Error\":") {
            continue;
        }
        let driver = driver_of(Caller::new(&server, vendor, &format!("mutation-{at}")));
        driver.caller().clock(&json!({ "mode": "frozen", "at": NOON }));
        let mut holes = Holes::default();
        holes.bind("access_id", &driver.caller().access_id);
        holes.bind("project", &driver.caller().project);
        if let Some(account) = dialect_aws::public_account(&driver.caller().access_id) {
            holes.bind("account", &account);
        }
        for words in &vector.given {
            given::bring_about(&*driver, words, &mut holes).unwrap();
        }
        let Ok(Value::Object(members)) =
            holes.filled(&vector.request.body).map(|body| serde_json::from_str(&body).unwrap_or_default())
        else {
            continue;
        };
        for body in bodies(&members) {
            let request = Message { first: vector.request.first.clone(), fields: vector.request.fields.clone(), body };
            let answer = send(driver.caller(), &request, &mut holes).unwrap();
            count += 1;
            assert!(is_an_answer(driver.caller(), &answer), "{}: {}: {}", path.display(), request.body, answer.text());
        }
    }
    assert!(count > 500, "only {count} requests were made");
}

/// Whether an answer is a success or one of the dialect's refusals.
fn is_an_answer(caller: &Caller, answer: &Answer) -> bool {
    answer.status < 500
        && match caller.outcome(answer) {
            Ok(_) => true,
            Err(refused) => !["", "KMSInternalException", "KMS.0101", "InternalError"].contains(&refused.code.as_str()),
        }
}

/// The object with one member changed, in all ways; and broken off.
fn bodies(members: &Map<String, Value>) -> Vec<String> {
    let mut bodies = Vec::new();
    for name in members.keys() {
        let mut without = members.clone();
        without.remove(name);
        bodies.push(Value::Object(without).to_string());
        for value in others() {
            let mut changed = members.clone();
            changed.insert(name.clone(), value);
            bodies.push(Value::Object(changed).to_string());
        }
    }
    let whole = Value::Object(members.clone()).to_string();
    let ends = (0..whole.len()).step_by(whole.len() / 4 + 1).filter(|end| whole.is_char_boundary(*end));
    bodies.extend(ends.map(|end| whole[..end].to_owned()));
    bodies
}

fn others() -> Vec<Value> {
    let deep = (0..60).fold(json!(1), |inner, _| json!([inner]));
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("*"),
        json!("\u{0}"),
        json!("é🙂"),
        json!("a".repeat(20_000)),
        json!("AAAA"),
        json!([]),
        json!([null]),
        json!([{}]),
        json!({}),
        json!({ "a": { "b": [] } }),
        deep,
    ]
}
