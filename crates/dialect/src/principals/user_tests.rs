//! Users with plain rights: what the admin API and the settings may make of them.

use import_engine::Timestamp;
use import_engine::store::Principal;

use super::*;
use crate::principals::Drawn;

const LETTERS: &[u8] = b"abc";
const ID: Drawn = Drawn { start: "i", letters: LETTERS, length: 8 };
static ISSUING: Issuing = Issuing { lasting: ID, temporary: ID, secret: ID, token: ID, token_names_key: false };
static KINDS: [Kind; 2] = [
    Kind { word: "users", prefix: "user/", is_role: false, id: ID },
    Kind { word: "roles", prefix: "role/", is_role: true, id: ID },
];
const RULES: UserRules = UserRules {
    kinds: &KINDS,
    issuing: &ISSUING,
    session_seconds: (10, 20, 15),
    is_resource: None,
    has_trust: true,
    credential: |_| Value::Null,
};

fn edited(name: &str, before: Option<&str>, wanted: &Value) -> Result<User, Unanswered> {
    RULES.edited(name, before, "new", wanted).map(|text| User::of(&text).unwrap())
}

#[test]
fn what_a_body_does_not_say_stays() {
    let made = edited("user/a", None, &json!({"actions": ["kms:a"], "denied_actions": ["kms:b"]})).unwrap();
    assert_eq!(made.id, "new");
    let text = made.to_text().unwrap();
    let changed = edited("user/a", Some(&text), &json!({"actions": []})).unwrap();
    assert_eq!((changed.id.as_str(), changed.rights.actions.len()), ("new", 0));
    assert_eq!(changed.rights.denied_actions, ["kms:b"]);
    assert_eq!(edited("user/a", Some(&text), &Value::Null).unwrap(), made);
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (name, wanted) in [
        ("user/a", json!({"other": 1})),
        ("user/a", json!([])),
        ("user/a", json!({"actions": "kms:a"})),
        ("user/a", json!({"actions": ["a"]})),
        ("user/a", json!({"trusted_accounts": ["b"]})),
        ("user/a", json!({"resources": ["key/*"]})),
        ("group/a", json!({})),
    ] {
        assert!(matches!(edited(name, None, &wanted), Err(Unanswered::Bad(_))), "{name} {wanted}");
    }
    assert!(edited("role/a", None, &json!({"trusted_accounts": ["b"]})).is_ok());
}

#[test]
fn rights_have_resources_and_roles_trust_where_the_vendor_has_such() {
    let rules = UserRules { is_resource: Some(|text| text.starts_with("key/")), has_trust: false, ..RULES };
    let edited = |name: &str, wanted: &Value| rules.edited(name, None, "new", wanted);
    let made = edited("user/a", &json!({"resources": ["key/*", "key/1"]})).unwrap();
    assert_eq!(User::of(&made).unwrap().rights.resources, ["key/*", "key/1"]);
    for (name, wanted) in [
        ("user/a", json!({"resources": ["key/*", "disk/1"]})),
        ("user/a", json!({ "resources": vec!["key/1"; 513] })),
        ("role/a", json!({"trusted_accounts": ["b"]})),
    ] {
        assert!(matches!(edited(name, &wanted), Err(Unanswered::Bad(_))), "{name} {wanted}");
    }
    let principal = Principal {
        tenant: Tenant::new("v", "a"),
        name: "role/x".to_owned(),
        created_at: Timestamp(0),
        attributes: made,
        revision: 1,
    };
    let shown = rules.shown(&principal.tenant, &principal).unwrap();
    assert_eq!((&shown["resources"], shown.get("trusted_accounts")), (&json!(["key/*", "key/1"]), None));
    assert_eq!(RULES.shown(&principal.tenant, &principal).unwrap().get("resources"), None);
}

#[test]
fn sessions_have_their_bounds() {
    assert_eq!(RULES.session("user/a", &Value::Null).unwrap().0, 15);
    for (seconds, fits) in [(9, false), (10, true), (20, true), (21, false)] {
        assert_eq!(RULES.session("user/a", &json!({ "duration_seconds": seconds })).is_ok(), fits, "{seconds}");
    }
    assert!(RULES.session("user/a", &json!({"session_name": "s"})).is_err());
    let (_, session) = RULES.session("role/a", &json!({"session_name": "s"})).unwrap();
    assert_eq!(Session::of(&session).unwrap().name, "s");
}

#[test]
fn principals_are_shown_without_their_kind() {
    let attributes = User { id: "i".to_owned(), ..User::default() }.to_text().unwrap();
    let tenant = Tenant::new("v", "a");
    let shown = |name: &str| {
        let principal = Principal {
            tenant: tenant.clone(),
            name: name.to_owned(),
            created_at: Timestamp(0),
            attributes: attributes.clone(),
            revision: 1,
        };
        RULES.shown(&tenant, &principal).unwrap()
    };
    assert_eq!(shown("user/x")["name"], "x");
    assert_eq!(shown("user/x").get("trusted_accounts"), None);
    assert_eq!(shown("role/x")["trusted_accounts"], json!([]));
}

#[test]
fn settings_are_held_against_the_same_rules() {
    let user = |actions: &[&str]| User {
        id: "i".to_owned(),
        rights: super::Rights {
            actions: actions.iter().map(|action| (*action).to_owned()).collect(),
            ..Rights::default()
        },
        trusted_accounts: Vec::new(),
    };
    assert!(configured_user(&RULES, "user/a", &user(&["kms:*"])).is_ok());
    for (name, user) in
        [("a", user(&[])), ("user/", user(&[])), ("user/a b", user(&[])), ("user/a", user(&["encrypt"]))]
    {
        assert!(configured_user(&RULES, name, &user).is_err(), "{name}");
    }
}
