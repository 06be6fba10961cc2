//! What is made of a proxy's answers.

use super::*;

fn fault(status: u16, body: &str) -> OutsideFault {
    refused(&Answer { status, body: body.as_bytes().to_vec() })
}

#[test]
fn refusals_are_understood() {
    assert_eq!(fault(404, r#"{"errorName":"KeyNotFoundException"}"#), OutsideFault::KeyNotFound);
    assert_eq!(
        fault(400, r#"{"errorName":"InvalidCiphertextException","errorMessage":"x"}"#),
        OutsideFault::CiphertextRefused
    );
    assert_eq!(fault(400, r#"{"errorName":"ValidationException"}"#), OutsideFault::Malformed);
    for body in ["", "{}", "[]", "<html>", r#"{"errorName":5}"#, r#"{"errorName":"NoSuchException"}"#] {
        assert_eq!(fault(500, body), OutsideFault::Malformed, "{body}");
    }
}

fn health(statuses: &[&str]) -> Result<(), OutsideFault> {
    let managers: Vec<Value> =
        statuses.iter().map(|status| json!({ "id": "i", "model": "m", "healthStatus": status })).collect();
    let health: Health = serde_json::from_value(json!({
        "xksProxyFleetSize": 1, "xksProxyVendor": "v", "xksProxyModel": "m", "ekmVendor": "e",
        "ekmFleetDetails": managers,
    }))
    .unwrap();
    health.judge()
}

#[test]
fn health_is_what_the_key_managers_say() {
    assert_eq!(health(&["ACTIVE"]), Ok(()));
    assert_eq!(health(&["UNAVAILABLE", "DEGRADED"]), Ok(()));
    assert_eq!(health(&["UNAVAILABLE", "UNAVAILABLE"]), Err(OutsideFault::OutOfOrder));
    assert_eq!(health(&[]), Err(OutsideFault::Malformed));
    assert_eq!(health(&["ACTIVE"; 11]), Err(OutsideFault::Malformed));
    assert_eq!(health(&["FINE"]), Err(OutsideFault::Malformed));
}

/// The example of the specification.
fn example() -> Value {
    json!({
        "authenticationTag": "vBxN2ncH1oEkR8WVXpmyYQ==",
        "ciphertext": "ghxkK1txeDNn3q8Y",
        "ciphertextDataIntegrityValue": "qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=",
        "ciphertextMetadata": "a2V5X3ZlcnNpb249MQ==",
        "initializationVector": "HMrlRw85cAJUd5Ax"
    })
}

fn judged(value: Value) -> Option<OutsideCiphertext> {
    serde_json::from_value::<Encrypted>(value).ok()?.judge(12, b"project=nile,department=marketing")
}

#[test]
fn the_published_integrity_value_is_right() {
    let parts = judged(example()).unwrap();
    assert_eq!((parts.nonce.len(), parts.body.len(), parts.metadata.as_slice()), (12, 12, &b"key_version=1"[..]));
}

#[test]
fn other_answers_are_refused() {
    for (member, value) in [
        ("authenticationTag", json!("vBxN2ncH1oEkR8WVXpmyYg==")),
        ("authenticationTag", json!("vBxN")),
        ("ciphertext", json!("ghxkK1txeDNn3q8Z")),
        ("ciphertext", json!("ghxkK1txeDNn")),
        ("ciphertext", json!("?")),
        ("ciphertextDataIntegrityValue", json!("AAAA")),
        ("ciphertextDataIntegrityValue", Value::Null),
        ("ciphertextMetadata", json!("a2V5X3ZlcnNpb249MQ=")),
        ("ciphertextMetadata", Value::Null),
        ("ciphertextMetadata", json!(encode(&[0; 21]))),
        ("initializationVector", json!("HMrlRw85cAJUd5Ay")),
        ("initializationVector", json!("HMrl")),
    ] {
        let mut answer = example();
        answer[member] = value;
        assert_eq!(judged(answer.clone()), None, "{answer}");
    }
}
