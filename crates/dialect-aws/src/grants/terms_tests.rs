use super::*;

fn pairs(text: &str) -> Pairs {
    text.split_whitespace().filter_map(|pair| pair.split_once('=')).map(|(n, v)| (n.into(), v.into())).collect()
}

fn terms(operations: &str, constraints: Option<Constraints>) -> Terms {
    Terms { operations: operations.split(' ').map(str::to_owned).collect(), constraints }
}

fn equals(text: &str) -> Option<Constraints> {
    Some(Constraints { encryption_context_equals: Some(pairs(text)), ..Constraints::default() })
}

fn subset(text: &str) -> Option<Constraints> {
    Some(Constraints { encryption_context_subset: Some(pairs(text)), ..Constraints::default() })
}

fn source() -> Option<Constraints> {
    let source_arn = Some("arn:aws:s3:us-east-1:111122223333:bucket".to_owned());
    Some(Constraints { source_arn, ..Constraints::default() })
}

fn wish(action: &str) -> Wish<'_> {
    Wish { action, context: None, grant: None }
}

#[test]
fn a_grant_allows_what_it_says_and_nothing_else() {
    let all = "Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo Sign Verify \
               GetPublicKey CreateGrant RetireGrant DescribeKey GenerateDataKeyPair \
               GenerateDataKeyPairWithoutPlaintext GenerateMac VerifyMac DeriveSharedSecret Encapsulate Decapsulate";
    for granted in all.split_whitespace() {
        for wanted in all.split_whitespace().chain(["ReEncrypt", "ScheduleKeyDeletion", "encrypt", "*", ""]) {
            assert_eq!(terms(granted, None).allow(wish(wanted)), granted == wanted, "{granted} {wanted}");
        }
    }
}

#[test]
fn constraints_look_at_the_encryption_context() {
    for (constraints, context, expected) in [
        (equals("a=1 b=2"), "b=2 a=1", true),
        (equals("a=1 b=2"), "a=1", false),
        (equals("a=1 b=2"), "a=1 b=2 c=3", false),
        (equals("a=1"), "A=1", false),
        (equals("a=x"), "a=X", false),
        (equals("a=1"), "", false),
        (equals(""), "", true),
        (equals(""), "a=1", false),
        (subset("a=1"), "a=1", true),
        (subset("a=1"), "a=1 b=2", true),
        (subset("a=1"), "a=2", false),
        (subset("a=1"), "b=1", false),
        (subset("a=1"), "A=1", false),
        (subset("a=1 b=2"), "a=1", false),
        (subset("a=1"), "", false),
        (subset(""), "", true),
        (source(), "", false),
    ] {
        let terms = terms("Encrypt", constraints);
        let context = pairs(context);
        let asked = Wish { action: "Encrypt", context: Some(&context), grant: None };
        assert_eq!(terms.allow(asked), expected, "{terms:?} {context:?}");
        if context.is_empty() {
            assert_eq!(terms.allow(wish("Encrypt")), expected, "{terms:?}");
        }
    }
    let both = Constraints { encryption_context_subset: Some(pairs("a=1")), ..equals("a=1 b=2").unwrap() };
    let asked = pairs("a=1 b=2");
    assert!(terms("Decrypt", Some(both)).allow(Wish { context: Some(&asked), ..wish("Decrypt") }));
}

#[test]
fn some_operations_have_no_encryption_context() {
    let all = "DescribeKey RetireGrant Encrypt";
    for (constraints, describes) in [(equals("a=1"), true), (subset("a=1"), true), (source(), false)] {
        assert_eq!(terms(all, constraints.clone()).allow(wish("DescribeKey")), describes, "{constraints:?}");
        assert!(terms(all, constraints.clone()).allow(wish("RetireGrant")), "{constraints:?}");
        assert!(!terms(all, constraints).allow(wish("Encrypt")));
    }
}

#[test]
fn grants_made_by_a_grant_are_no_wider() {
    let may = |mine: &Terms, other: &Terms| mine.allow(Wish { grant: Some(other), ..wish("CreateGrant") });
    let free = terms("CreateGrant Encrypt Decrypt", None);
    for (operations, expected) in [
        ("Encrypt", true),
        ("CreateGrant Encrypt", true),
        ("CreateGrant Encrypt Decrypt", true),
        ("Encrypt GenerateDataKey", false),
        ("DescribeKey", false),
    ] {
        assert_eq!(may(&free, &terms(operations, None)), expected, "{operations}");
        assert_eq!(may(&free, &terms(operations, subset("a=1"))), expected, "{operations}");
    }
    assert!(!may(&terms("Encrypt Decrypt", None), &terms("Encrypt", None)));
    for (mine, other, expected) in [
        (equals("a=1"), equals("a=1"), true),
        (equals("a=1"), equals("a=1 b=2"), false),
        (equals("a=1"), subset("a=1"), false),
        (equals("a=1"), None, false),
        (subset("a=1"), subset("a=1"), true),
        (subset("a=1"), subset("a=1 b=2"), true),
        (subset("a=1"), equals("a=1"), true),
        (subset("a=1"), equals("a=1 b=2"), true),
        (subset("a=1 b=2"), subset("a=1"), false),
        (subset("a=1"), equals("b=2"), false),
        (subset("a=1"), subset("A=1"), false),
        (subset("a=1"), source(), false),
        (subset("a=1"), None, false),
        // Nobody calls on behalf of a resource.
        (source(), source(), false),
    ] {
        let (mine, other) = (terms("CreateGrant Encrypt", mine), terms("Encrypt", other));
        assert_eq!(may(&mine, &other), expected, "{mine:?} {other:?}");
    }
}

#[test]
fn terms_keep_the_rules() {
    let invalid = |text: &str| Err(Refusal::Validation(text.to_owned()));
    assert_eq!(terms("CreateGrant", None).check(), invalid("Grants must not contain only the CreateGrant operation."));
    assert!(Terms { operations: Vec::new(), constraints: None }.check().is_err());
    assert_eq!(terms("CreateGrant Encrypt", None).check(), Ok(()));
    let many = |count: usize| (0..count).map(|n| format!("k{n}=v")).collect::<Vec<_>>().join(" ");
    assert_eq!(terms("Encrypt", equals(&many(8))).check(), Ok(()));
    assert!(terms("Encrypt", equals(&many(9))).check().is_err());
    assert!(terms("Encrypt", subset(&many(9))).check().is_err());
    assert_eq!(terms("Encrypt", subset(&format!("ä={}", "ö".repeat(383)))).check(), Ok(()));
    assert!(terms("Encrypt", equals(&format!("ä={}", "ö".repeat(384)))).check().is_err());
}

#[test]
fn terms_read_back() {
    let both = Constraints { source_arn: source().unwrap().source_arn, ..equals("a=1").unwrap() };
    for terms in [terms("Encrypt Decrypt", Some(both)), terms("Sign", None)] {
        assert_eq!(Terms::of(&terms.to_text().unwrap()).unwrap(), terms);
    }
    assert_eq!(Constraints::default().if_any(), None);
}
