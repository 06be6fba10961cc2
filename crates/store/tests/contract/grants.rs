//! Promises of `Grants`.

use import_engine::store::{Grant, StoreError};
use import_engine::{Key, KeyId, Scope};
use tokio::task::JoinSet;

use crate::place::Place;
use crate::samples::{NOON, key, key_in, scope, tenant};

promises! {
    a_grant_reads_back_as_it_was_stored,
    a_grant_counts_as_a_change_of_its_key,
    a_grant_of_no_key_is_stale,
    grants_are_counted_by_key,
    a_taken_identifier_is_refused,
    pages_go_by_bytes_and_by_grantee,
    names_are_looked_up_and_none_is_no_name,
    who_may_retire_sees_every_account_of_a_region,
    grants_vanish_with_their_key,
    a_removed_grant_is_gone_once,
    of_many_grants_made_at_once_each_counts,
}

fn grant(id: &str, key: &str) -> Grant {
    grant_in(scope(), id, key)
}

fn grant_in(scope: Scope, id: &str, key: &str) -> Grant {
    Grant {
        scope,
        key: KeyId::from(key),
        id: id.to_owned(),
        name: String::new(),
        grantee: "one".to_owned(),
        retiring: None,
        issuer: "111122223333".to_owned(),
        terms: "{}".to_owned(),
        created_at: NOON,
    }
}

fn ids(grants: &[Grant]) -> String {
    grants.iter().map(|grant| grant.id.as_str()).collect::<Vec<_>>().join(" ")
}

async fn a_grant_reads_back_as_it_was_stored(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    let full = Grant {
        name: "n\u{e4}me \0 \u{1a}".to_owned(),
        grantee: "wh\u{f6}\0".to_owned(),
        retiring: Some("\u{1a}0".to_owned()),
        terms: r#"{"a":"'\u0000"}"#.to_owned(),
        ..grant("a", "k")
    };
    store.insert_grant(&full, 1).await.unwrap();
    store.insert_grant(&grant("b", "k"), 2).await.unwrap();
    assert_eq!(store.grant(&scope(), &"k".into(), "a").await.unwrap(), Some(full.clone()));
    assert_eq!(store.grant(&scope(), &"k".into(), "b").await.unwrap(), Some(grant("b", "k")));
    for (key, id) in [("k", "A"), ("k", ""), ("l", "a")] {
        assert_eq!(store.grant(&scope(), &key.into(), id).await.unwrap(), None);
    }
    assert_eq!(store.grant_of_any_key(&scope(), "a").await.unwrap(), Some(full.clone()));
    assert_eq!(store.grant_of_any_key(&scope(), "c").await.unwrap(), None);
    assert_eq!(store.grant_of_any_key(&Scope { region: "other".to_owned(), ..scope() }, "a").await.unwrap(), None);
    assert_eq!(store.grants_after(&scope(), &"k".into(), Some(&full.grantee), None, 9).await.unwrap(), [full]);
}

async fn a_grant_counts_as_a_change_of_its_key(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_grant(&grant("a", "k"), 1).await.unwrap();
    for stale in [store.insert_grant(&grant("b", "k"), 1).await, store.commit_key(&key("k"), &[]).await] {
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    }
    store.insert_grant(&grant("b", "k"), 2).await.unwrap();
    assert_eq!(store.key(&scope(), &"k".into()).await.unwrap(), Some(Key { revision: 3, ..key("k") }));
    assert_eq!(store.count_grants(&scope(), &"k".into()).await.unwrap(), 2);
    assert_eq!(store.count_grants(&scope(), &"l".into()).await.unwrap(), 0);
}

async fn grants_are_counted_by_key(place: &Place) {
    let store = place.store().await;
    let elsewhere = Scope::new(tenant("111122223333"), "eu-west-1");
    for key in [key("k"), key("l"), key("m"), key_in(elsewhere.clone(), "k")] {
        store.insert_key(&key, &[]).await.unwrap();
    }
    assert_eq!(store.grant_counts(&scope()).await.unwrap(), []);
    for (revision, id, key) in [(1, "a", "m"), (1, "a", "k"), (2, "b", "k")] {
        store.insert_grant(&grant(id, key), revision).await.unwrap();
    }
    store.insert_grant(&grant_in(elsewhere, "c", "k"), 1).await.unwrap();
    assert_eq!(store.grant_counts(&scope()).await.unwrap(), [("k".into(), 2), ("m".into(), 1)]);
}

async fn a_grant_of_no_key_is_stale(place: &Place) {
    let store = place.store().await;
    let stale = store.insert_grant(&grant("a", "k"), 1).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    assert_eq!(store.grant(&scope(), &"k".into(), "a").await.unwrap(), None);
}

async fn a_taken_identifier_is_refused(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_key(&key("l"), &[]).await.unwrap();
    store.insert_grant(&grant("a", "k"), 1).await.unwrap();
    let taken = store.insert_grant(&Grant { name: "other".to_owned(), ..grant("a", "k") }, 2).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists)), "{taken:?}");
    assert_eq!(store.grant(&scope(), &"k".into(), "a").await.unwrap(), Some(grant("a", "k")));
    assert_eq!(store.key(&scope(), &"k".into()).await.unwrap().unwrap().revision, 2);
    store.insert_grant(&grant("a", "l"), 1).await.unwrap();
}

async fn pages_go_by_bytes_and_by_grantee(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    for (revision, (id, grantee)) in (1..).zip([("b", "one"), ("B", "two"), ("a_", "two"), ("a-", "one")]) {
        let grant = Grant { grantee: grantee.to_owned(), ..grant(id, "k") };
        store.insert_grant(&grant, revision).await.unwrap();
    }
    let k = KeyId::from("k");
    let of = |grants: Vec<Grant>| ids(&grants);
    assert_eq!(of(store.grants_after(&scope(), &k, None, None, 9).await.unwrap()), "B a- a_ b");
    assert_eq!(of(store.grants_after(&scope(), &k, None, Some("a-"), 1).await.unwrap()), "a_");
    assert_eq!(of(store.grants_after(&scope(), &k, Some("one"), None, 9).await.unwrap()), "a- b");
    assert_eq!(of(store.grants_after(&scope(), &k, Some("one"), Some("a-"), 9).await.unwrap()), "b");
    assert_eq!(of(store.grants_after(&scope(), &k, Some("One"), None, 9).await.unwrap()), "");
    assert_eq!(of(store.grants_after(&scope(), &"l".into(), None, None, 9).await.unwrap()), "");
}

async fn names_are_looked_up_and_none_is_no_name(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    for (revision, (id, name)) in (1..).zip([("a", "x"), ("b", ""), ("c", "x"), ("d", "X")]) {
        store.insert_grant(&Grant { name: name.to_owned(), ..grant(id, "k") }, revision).await.unwrap();
    }
    let k = KeyId::from("k");
    assert_eq!(ids(&store.grants_named(&scope(), &k, "x").await.unwrap()), "a c");
    assert_eq!(ids(&store.grants_named(&scope(), &k, "").await.unwrap()), "");
    assert_eq!(ids(&store.grants_named(&scope(), &"l".into(), "x").await.unwrap()), "");
}

async fn who_may_retire_sees_every_account_of_a_region(place: &Place) {
    let store = place.store().await;
    let other = Scope::new(tenant("000000000000"), "us-east-1");
    let elsewhere = Scope::new(tenant("111122223333"), "eu-west-1");
    for key in [key("k"), key("l"), key_in(other.clone(), "m"), key_in(elsewhere.clone(), "k")] {
        store.insert_key(&key, &[]).await.unwrap();
    }
    let retiring = |grant: Grant, who: &str| Grant { retiring: Some(who.to_owned()), ..grant };
    for (grant, revision) in [
        (retiring(grant("2", "k"), "r"), 1),
        (retiring(grant("1", "k"), "r"), 2),
        (retiring(grant("0", "k"), "s"), 3),
        (grant("3", "k"), 4),
        (retiring(grant("0", "l"), "r"), 1),
        (retiring(grant_in(other, "9", "m"), "r"), 1),
        (retiring(grant_in(elsewhere, "4", "k"), "r"), 1),
    ] {
        store.insert_grant(&grant, revision).await.unwrap();
    }
    let all = store.retirable_grants_after("aws", "us-east-1", "r", None, 9).await.unwrap();
    assert_eq!(ids(&all), "9 1 2 0");
    let after = all[1].place();
    assert_eq!(ids(&store.retirable_grants_after("aws", "us-east-1", "r", Some(&after), 1).await.unwrap()), "2");
    assert_eq!(ids(&store.retirable_grants_after("aws", "us-east-1", "r", Some(&after), 9).await.unwrap()), "2 0");
    assert_eq!(ids(&store.retirable_grants_after("huawei", "us-east-1", "r", None, 9).await.unwrap()), "");
}

async fn grants_vanish_with_their_key(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_grant(&Grant { retiring: Some("r".to_owned()), ..grant("a", "k") }, 1).await.unwrap();
    store.remove_key(&Key { revision: 2, ..key("k") }).await.unwrap();
    assert_eq!(store.grant(&scope(), &"k".into(), "a").await.unwrap(), None);
    assert_eq!(store.retirable_grants_after("aws", "us-east-1", "r", None, 9).await.unwrap(), []);
}

async fn a_removed_grant_is_gone_once(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_grant(&grant("a", "k"), 1).await.unwrap();
    assert!(!store.remove_grant(&scope(), &"l".into(), "a").await.unwrap());
    assert!(store.remove_grant(&scope(), &"k".into(), "a").await.unwrap());
    assert!(!store.remove_grant(&scope(), &"k".into(), "a").await.unwrap());
    assert_eq!(store.grant(&scope(), &"k".into(), "a").await.unwrap(), None);
}

async fn of_many_grants_made_at_once_each_counts(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    let tries = (0..8).map(|number| {
        let store = store.clone();
        async move { store.insert_grant(&grant(&number.to_string(), "k"), 1).await }
    });
    let results = tries.collect::<JoinSet<_>>().join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(store.count_grants(&scope(), &"k".into()).await.unwrap(), 1);
}
