use serde_json::{Value, json};

use super::*;

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const ROLE: &str = "arn:aws:iam::111122223333:role/team/admin";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/admin/s1";
const ROOT: &str = "arn:aws:iam::111122223333:root";

fn subject(arn: &str) -> Subject {
    let role = (arn == SESSION).then(|| ROLE.to_owned());
    Subject { account: "111122223333".into(), partition: "aws", arn: arn.into(), role }
}

fn facts(pairs: &[(&str, &str)]) -> Facts {
    let mut facts = Facts::default();
    for (name, value) in pairs {
        facts.add(name, *value);
    }
    facts
}

fn read(kind: Kind, statements: &Value) -> Result<Document, Malformed> {
    Document::read(&json!({"Version": "2012-10-17", "Statement": statements}).to_string(), kind)
}

/// A statement that is whole, with some members changed and some gone.
fn statement(kind: Kind, changes: &Value) -> Value {
    let mut line = json!({"Effect": "Allow", "Action": "kms:*", "Resource": "*"});
    if kind == Kind::Resource {
        line["Principal"] = json!("*");
    }
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            line.as_object_mut().unwrap().remove(name);
        } else {
            line[name] = value.clone();
        }
    }
    line
}

fn judged(changes: &Value, facts: &Facts) -> Judged {
    let document = read(Kind::Identity, &statement(Kind::Identity, changes)).unwrap();
    document.judge(&Asked { action: "kms:Encrypt", resource: KEY, facts })
}

fn holds(condition: &Value, pairs: &[(&str, &str)]) -> bool {
    judged(&json!({"Condition": condition}), &facts(pairs)) == Judged::Allowed
}

fn said(changes: &Value, arn: &str) -> Said {
    let document = read(Kind::Resource, &statement(Kind::Resource, changes)).unwrap();
    document.say(&Asked { action: "kms:Encrypt", resource: KEY, facts: &Facts::default() }, &subject(arn))
}

#[test]
fn documents_have_a_grammar() {
    for text in ["", "x", "[]", "{}", "1", r#"{"Statement":[]}"#, r#"{"Statement":[1]}"#, r#"{"Statement":"x"}"#] {
        assert!(Document::read(text, Kind::Resource).is_err(), "{text}");
    }
    let whole = statement(Kind::Resource, &json!({}));
    for bad in [
        json!({"Version": "2012-10-18", "Statement": whole}),
        json!({"Version": 2012, "Statement": whole}),
        json!({"Id": 1, "Statement": whole}),
        json!({"Statements": whole}),
    ] {
        assert!(Document::read(&bad.to_string(), Kind::Resource).is_err(), "{bad}");
    }
    let twice = r#"{"Statement":{"Effect":"Allow","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}"#;
    assert!(Document::read(twice, Kind::Resource).is_err());
    for kind in [Kind::Resource, Kind::Identity] {
        assert!(read(kind, &statement(kind, &json!({"Sid": "s"}))).is_ok());
        for bad in [
            json!({"Sid": 1}),
            json!({"Effect": "allow"}),
            json!({"Effect": null}),
            json!({"Action": 1}),
            json!({"Action": ["kms:*", 1]}),
            json!({"Action": "Encrypt"}),
            json!({"Action": "kms:"}),
            json!({"NotAction": "kms:*"}),
            json!({"NotResource": "*"}),
            json!({"Resource": [1]}),
            json!({"Other": 1}),
            json!({"action": "kms:*"}),
            json!({"Condition": "x"}),
            json!({"Condition": {"StringEquals": "x"}}),
            json!({"Condition": {"StringEquals": {"kms:KeySpec": {"a": 1}}}}),
            json!({"Condition": {"StringEquals": {"KeySpec": "x"}}}),
            json!({"Condition": {"StringIs": {"kms:KeySpec": "x"}}}),
            json!({"Condition": {"ForSome:StringEquals": {"kms:KeySpec": "x"}}}),
            json!({"Condition": {"NullIfExists": {"kms:KeySpec": "true"}}}),
        ] {
            let outcome = read(kind, &statement(kind, &bad));
            assert!(matches!(outcome, Err(Malformed::Grammar(_))), "{kind:?} {bad}");
        }
    }
}

#[test]
fn the_two_kinds_differ_in_what_they_must_say() {
    for gone in ["Action", "Resource"] {
        assert!(read(Kind::Resource, &statement(Kind::Resource, &json!({gone: null}))).is_ok());
        assert!(read(Kind::Identity, &statement(Kind::Identity, &json!({gone: null}))).is_err());
    }
    assert!(read(Kind::Resource, &statement(Kind::Resource, &json!({"Principal": null}))).is_err());
    assert!(read(Kind::Resource, &statement(Kind::Resource, &json!({"NotPrincipal": "*"}))).is_err());
    assert!(read(Kind::Identity, &statement(Kind::Identity, &json!({"Principal": "*"}))).is_err());
    assert!(read(Kind::Identity, &statement(Kind::Identity, &json!({"Resource": "x"}))).is_err());
    assert!(read(Kind::Resource, &statement(Kind::Resource, &json!({"Resource": "x"}))).is_ok());
}

#[test]
fn principals_could_be_somebody() {
    let read = |principal: Value| read(Kind::Resource, &statement(Kind::Resource, &json!({"Principal": principal})));
    for good in [
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": ["111122223333", ROOT, ALICE, ROLE, SESSION]}),
        json!({"AWS": "arn:aws:sts::111122223333:federated-user/bob"}),
        json!({"Service": "logs.amazonaws.com", "Federated": "x", "CanonicalUser": "y"}),
    ] {
        assert!(read(good.clone()).is_ok(), "{good}");
    }
    for bad in [
        json!("somebody"),
        json!({"AWS": ""}),
        json!({"AWS": "alice"}),
        json!({"AWS": "1111"}),
        json!({"AWS": "arn:aws:iam::1:root"}),
        json!({"AWS": "arn:aws:iam::111122223333:user/"}),
        json!({"AWS": "arn:aws:iam::111122223333:user/*"}),
        json!({"AWS": "arn:aws:iam::111122223333:group/a"}),
        json!({"AWS": "arn:aws:iam:us-east-1:111122223333:user/a"}),
        json!({"AWS": "arn:aws:sts::111122223333:assumed-role/a"}),
        json!({"AWS": ["*", "arn:aws:s3:::bucket"]}),
        json!({"AWS": "arn:awsome:iam::111122223333:root"}),
    ] {
        assert_eq!(read(bad.clone()), Err(Malformed::Principal), "{bad}");
    }
    for broken in [json!({}), json!({"Aws": "*"}), json!(["*"]), json!({"AWS": 1})] {
        assert!(matches!(read(broken.clone()), Err(Malformed::Grammar(_))), "{broken}");
    }
}

#[test]
fn actions_and_resources_are_patterns() {
    let nothing = Facts::default();
    for (changes, expected) in [
        (json!({}), Judged::Allowed),
        (json!({"Action": "*"}), Judged::Allowed),
        (json!({"Action": "KMS:encrypt"}), Judged::Allowed),
        (json!({"Action": "kms:En*"}), Judged::Allowed),
        (json!({"Action": "kms:?ncrypt"}), Judged::Allowed),
        (json!({"Action": "kms:*crypt*"}), Judged::Allowed),
        (json!({"Action": ["kms:Decrypt", "kms:Encrypt"]}), Judged::Allowed),
        (json!({"Action": []}), Judged::Silent),
        (json!({"Action": "kms:Encryp"}), Judged::Silent),
        (json!({"Action": "kms:Encrypt?"}), Judged::Silent),
        (json!({"Action": "s3:*"}), Judged::Silent),
        (json!({"Action": null, "NotAction": "kms:Decrypt"}), Judged::Allowed),
        (json!({"Action": null, "NotAction": ["kms:Decrypt", "kms:E*"]}), Judged::Silent),
        (json!({"Resource": KEY}), Judged::Allowed),
        (json!({"Resource": "arn:aws:kms:*:111122223333:key/*"}), Judged::Allowed),
        (json!({"Resource": "arn:aws:kms:us-east-1:111122223333:key/????????-*"}), Judged::Allowed),
        (json!({"Resource": "arn:aws:kms"}), Judged::Allowed),
        (json!({"Resource": "arn:aws:s3"}), Judged::Silent),
        (json!({"Resource": KEY.to_uppercase().replacen("ARN", "arn", 1)}), Judged::Silent),
        (json!({"Resource": "arn:aws:kms:us-east-1:111122223333:alias/*"}), Judged::Silent),
        (json!({"Resource": null, "NotResource": "arn:aws:kms:*:*:alias/*"}), Judged::Allowed),
        (json!({"Resource": null, "NotResource": KEY}), Judged::Silent),
        (json!({"Effect": "Deny"}), Judged::Denied),
        (json!({"Effect": "Deny", "Action": "kms:Decrypt"}), Judged::Silent),
    ] {
        assert_eq!(judged(&changes, &nothing), expected, "{changes}");
    }
    let both = read(
        Kind::Identity,
        &json!([
            statement(Kind::Identity, &json!({})),
            statement(Kind::Identity, &json!({"Effect": "Deny", "Action": "kms:Enc*"})),
        ]),
    );
    assert_eq!(both.unwrap().judge(&Asked { action: "kms:Encrypt", resource: KEY, facts: &nothing }), Judged::Denied);
}

#[test]
fn resources_say_to_whom_they_speak() {
    use Reach::{Account, Caller, Session};
    for (principal, root, alice, session) in [
        (json!("*"), Some(Caller), Some(Caller), Some(Caller)),
        (json!({"AWS": "*"}), Some(Caller), Some(Caller), Some(Caller)),
        (json!({"AWS": "111122223333"}), Some(Caller), Some(Account), Some(Account)),
        (json!({"AWS": ROOT}), Some(Caller), Some(Account), Some(Account)),
        (json!({"AWS": ALICE}), None, Some(Session), None),
        (json!({"AWS": ROLE}), None, None, Some(Caller)),
        (json!({"AWS": SESSION}), None, None, Some(Session)),
        (json!({"AWS": [ROOT, ROLE]}), Some(Caller), Some(Account), Some(Caller)),
        (json!({"AWS": "444455556666"}), None, None, None),
        (json!({"AWS": "arn:aws-cn:iam::111122223333:root"}), None, None, None),
        (json!({"Service": "ec2.amazonaws.com"}), None, None, None),
    ] {
        for (arn, reach) in [(ROOT, root), (ALICE, alice), (SESSION, session)] {
            let expected = reach.map_or(Said::Silent, Said::Allowed);
            // A named account's root is the one who is named.
            let expected = if arn == ROOT && reach == Some(Session) { Said::Allowed(Caller) } else { expected };
            assert_eq!(said(&json!({"Principal": principal}), arn), expected, "{principal} {arn}");
            let expected = if reach.is_some() { Said::Denied } else { Said::Silent };
            assert_eq!(said(&json!({"Principal": principal, "Effect": "Deny"}), arn), expected, "{principal} {arn}");
            let not = json!({"Principal": null, "NotPrincipal": principal, "Effect": "Deny"});
            let expected = if reach.is_some() { Said::Silent } else { Said::Denied };
            assert_eq!(said(&not, arn), expected, "not {principal} {arn}");
        }
    }
    assert_eq!(said(&json!({"Action": null}), ALICE), Said::Silent);
    assert_eq!(said(&json!({"Resource": null}), ALICE), Said::Silent);
}

#[test]
fn texts_compare() {
    let spec = |operator: &str, wanted: Value, found: &str| {
        holds(&json!({operator: {"kms:KeySpec": wanted}}), &[("kms:keyspec", found)])
    };
    for (operator, wanted, found, expected) in [
        ("StringEquals", json!("RSA_2048"), "RSA_2048", true),
        ("StringEquals", json!("RSA_2048"), "rsa_2048", false),
        ("StringEquals", json!("RSA_*"), "RSA_2048", false),
        ("StringEquals", json!("RSA_*"), "RSA_*", true),
        ("StringEquals", json!(["a", "RSA_2048"]), "RSA_2048", true),
        ("StringEquals", json!([]), "RSA_2048", false),
        ("StringNotEquals", json!("RSA_2048"), "RSA_2048", false),
        ("StringNotEquals", json!(["a", "b"]), "RSA_2048", true),
        ("StringNotEquals", json!(["a", "RSA_2048"]), "RSA_2048", false),
        ("StringEqualsIgnoreCase", json!("rsa_2048"), "RSA_2048", true),
        ("StringNotEqualsIgnoreCase", json!("rsa_2048"), "RSA_2048", false),
        ("StringLike", json!("RSA_*"), "RSA_2048", true),
        ("StringLike", json!("RSA_????"), "RSA_2048", true),
        ("StringLike", json!("rsa_*"), "RSA_2048", false),
        ("StringNotLike", json!("RSA_*"), "RSA_2048", false),
        ("StringNotLike", json!("ECC_*"), "RSA_2048", true),
        ("StringEquals", json!(true), "true", true),
        ("StringEquals", json!(12), "12", true),
        ("ArnEquals", json!("arn:aws:iam::*:user/*"), ALICE, true),
        ("ArnLike", json!("arn:aws:iam::111122223333:*"), ALICE, true),
        ("ArnLike", json!("arn:*:user/alice"), ALICE, false),
        ("ArnLike", json!("*"), ALICE, true),
        ("ArnNotLike", json!("arn:aws:iam::*:role/*"), ALICE, true),
        ("ArnNotEquals", json!("arn:aws:iam::*:user/*"), ALICE, false),
        ("BinaryEquals", json!("AAEC"), "AAEC", true),
        ("BinaryEquals", json!("AAEC"), "AAED", false),
    ] {
        assert_eq!(spec(operator, wanted.clone(), found), expected, "{operator} {wanted} {found}");
    }
}

#[test]
fn numbers_times_and_addresses_compare() {
    for (operator, wanted, found, expected) in [
        ("NumericEquals", "7", "7.0", true),
        ("NumericEquals", "x", "7", false),
        ("NumericNotEquals", "7", "8", true),
        ("NumericLessThan", "7", "7", false),
        ("NumericLessThanEquals", "7", "7", true),
        ("NumericGreaterThan", "7", "30", true),
        ("NumericGreaterThanEquals", "31", "30", false),
        ("DateLessThan", "2030-01-01T00:00:00Z", "2029-12-31T23:59:59Z", true),
        ("DateLessThan", "2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z", false),
        ("DateLessThanEquals", "2030-01-01", "2030-01-01T00:00:00Z", true),
        ("DateGreaterThan", "2030-01", "2030-01-02T00:00:00Z", true),
        ("DateGreaterThan", "1900000000", "2030-03-17T17:46:41Z", true),
        ("DateGreaterThanEquals", "2030-03-17T17:46:40Z", "1900000000", true),
        ("DateEquals", "2030-01-01T01:00:00+01:00", "2030-01-01T00:00Z", true),
        ("DateNotEquals", "2030-01-01", "2030-01-01T00:00:01Z", true),
        ("DateEquals", "soon", "2030-01-01T00:00:01Z", false),
        ("Bool", "true", "true", true),
        ("Bool", "True", "true", true),
        ("Bool", "false", "true", false),
        ("IpAddress", "192.0.2.0/24", "192.0.2.77", true),
        ("IpAddress", "192.0.2.0/24", "192.0.3.1", false),
        ("IpAddress", "192.0.2.1", "192.0.2.1", true),
        ("IpAddress", "0.0.0.0/0", "192.0.2.1", true),
        ("IpAddress", "2001:db8::/32", "2001:db8:1::1", true),
        ("IpAddress", "2001:db8::/32", "2001:db9::1", false),
        ("IpAddress", "::/0", "192.0.2.1", false),
        ("IpAddress", "nowhere", "192.0.2.1", false),
        ("NotIpAddress", "192.0.2.0/24", "192.0.3.1", true),
        ("NotIpAddress", "192.0.2.0/24", "192.0.2.1", false),
        ("IpAddress", "192.0.2.0/24", "::ffff:192.0.2.1", true),
    ] {
        let outcome = holds(&json!({operator: {"aws:x": wanted}}), &[("aws:X", found)]);
        assert_eq!(outcome, expected, "{operator} {wanted} {found}");
    }
}

#[test]
fn keys_may_be_absent_or_of_several_values() {
    let none: &[(&str, &str)] = &[];
    let two = &[("aws:TagKeys", "a"), ("aws:TagKeys", "b")][..];
    for (condition, pairs, expected) in [
        (json!({"StringEquals": {"aws:TagKeys": "a"}}), none, false),
        (json!({"StringNotEquals": {"aws:TagKeys": "a"}}), none, true),
        (json!({"StringEqualsIfExists": {"aws:TagKeys": "a"}}), none, true),
        (json!({"StringEqualsIfExists": {"aws:TagKeys": "c"}}), two, false),
        (json!({"NumericLessThan": {"aws:TagKeys": "1"}}), none, false),
        (json!({"Bool": {"aws:TagKeys": "false"}}), none, false),
        (json!({"BoolIfExists": {"aws:TagKeys": "false"}}), none, true),
        (json!({"Null": {"aws:TagKeys": "true"}}), none, true),
        (json!({"Null": {"aws:TagKeys": true}}), two, false),
        (json!({"Null": {"aws:TagKeys": "false"}}), two, true),
        (json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}), two, true),
        (json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}), two, false),
        (json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}), none, true),
        (json!({"ForAnyValue:StringEquals": {"aws:TagKeys": ["b"]}}), two, true),
        (json!({"ForAnyValue:StringEquals": {"aws:TagKeys": ["c"]}}), two, false),
        (json!({"ForAnyValue:StringEquals": {"aws:TagKeys": ["c"]}}), none, false),
        (json!({"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": ["c"]}}), none, true),
        (json!({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}}), two, true),
        (json!({"ForAllValues:StringNotEquals": {"aws:TagKeys": ["a"]}}), two, false),
        (json!({"ForAllValues:StringNotLike": {"aws:TagKeys": ["x*"]}}), two, true),
        // All operators and all keys must hold.
        (json!({"StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:x": "false"}}), two, false),
        (json!({"StringEquals": {"aws:TagKeys": "a", "aws:x": "1"}}), two, false),
        (json!({}), none, true),
    ] {
        assert_eq!(holds(&condition, pairs), expected, "{condition} {pairs:?}");
    }
}

#[test]
fn variables_stand_for_values_of_the_request() {
    let alice = &[("aws:username", "alice"), ("aws:PrincipalTag/Team", "red*"), ("kms:x", "alice")][..];
    for (condition, expected) in [
        (json!({"StringEquals": {"kms:x": "${aws:username}"}}), true),
        (json!({"StringEquals": {"kms:x": "${AWS:UserName}"}}), true),
        (json!({"StringLike": {"kms:x": "${aws:username}*"}}), true),
        (json!({"StringEquals": {"kms:x": "${aws:userid}"}}), false),
        (json!({"StringNotEquals": {"kms:x": "${aws:userid}"}}), true),
        (json!({"StringEquals": {"kms:x": "${aws:userid, 'alice'}"}}), true),
        (json!({"StringEquals": {"kms:x": "${aws:username, 'bob'}"}}), true),
        (json!({"StringLike": {"aws:PrincipalTag/team": "red${*}"}}), true),
        (json!({"StringLike": {"kms:x": "${*}"}}), false),
        (json!({"StringLike": {"kms:x": "${aws:principaltag/team}"}}), false),
        (json!({"StringEquals": {"kms:x": "${"}}), false),
    ] {
        assert_eq!(holds(&condition, alice), expected, "{condition}");
    }
    let resource = json!({"Resource": "arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*"});
    assert_eq!(judged(&resource, &facts(&[("aws:PrincipalAccount", "111122223333")])), Judged::Allowed);
    assert_eq!(judged(&resource, &facts(&[("aws:PrincipalAccount", "*")])), Judged::Silent);
    assert_eq!(judged(&resource, &Facts::default()), Judged::Silent);
    // The first version of the language has none.
    let old = json!({"Version": "2008-10-17", "Statement": statement(Kind::Identity, &resource)}).to_string();
    let old = Document::read(&old, Kind::Identity).unwrap();
    let whose = facts(&[("aws:PrincipalAccount", "111122223333")]);
    assert_eq!(old.judge(&Asked { action: "kms:Encrypt", resource: KEY, facts: &whose }), Judged::Silent);
    assert!(!old.looks_at("aws:principalaccount"));
    let new = read(Kind::Identity, &statement(Kind::Identity, &resource)).unwrap();
    assert!(new.looks_at("aws:principalaccount") && new.looks_at("aws:") && !new.looks_at("kms:"));
}
