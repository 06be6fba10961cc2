//! Promises of `Records`.

use import_engine::store::{Record, Sealed, SealedSecret, StoreError};
use import_engine::{Deletion, Key, KeyId, KeyState, Scope, Tenant};
use tokio::task::JoinSet;

use crate::place::Place;
use crate::samples::{NOON, key, scope, tenant};

promises! {
    a_record_reads_back_as_it_was_stored,
    an_identifier_and_a_name_are_unique_in_scope_and_kind,
    a_record_of_no_key_is_stale,
    lists_are_newest_first_and_by_key,
    a_record_that_is_due_is_not_there,
    a_record_whose_key_is_due_is_not_there,
    records_vanish_with_their_key,
    changes_are_stored_all_or_none,
    a_removed_record_is_gone_with_its_secrets,
    due_records_are_removed,
    there_are_never_more_than_there_may_be,
    a_tenant_with_a_record_is_listed,
    of_two_changes_one_is_stale,
}

fn record(id: &str) -> Record {
    Record {
        scope: scope(),
        kind: "thing".to_owned(),
        id: id.to_owned(),
        name: None,
        key: None,
        attributes: "{}".to_owned(),
        created_at: NOON,
        due_at: None,
        revision: 1,
    }
}

fn named(id: &str, name: &str) -> Record {
    Record { name: Some(name.to_owned()), ..record(id) }
}

fn of_key(id: &str, key: &str) -> Record {
    Record { key: Some(KeyId::from(key)), ..record(id) }
}

fn secret(name: &str, bytes: &[u8]) -> SealedSecret {
    SealedSecret { name: name.to_owned(), sealed: Sealed(bytes.to_vec()) }
}

fn ids(records: &[Record]) -> String {
    records.iter().map(|record| record.id.as_str()).collect::<Vec<_>>().join(" ")
}

async fn a_record_reads_back_as_it_was_stored(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    let full = Record {
        kind: "th\u{ef}ng".to_owned(),
        name: Some("n\u{e4}me \0 \u{1a}".to_owned()),
        key: Some(KeyId::from("k")),
        attributes: r#"{"a":"'\u0000"}"#.to_owned(),
        due_at: Some(NOON.plus_seconds(1)),
        ..record("\u{1a}0")
    };
    let secrets = [secret("one", &[1, 0, 2]), secret("tw\u{f6} \0", &[3])];
    store.insert_record(&full, &secrets, None).await.unwrap();
    store.insert_record(&record("b"), &[], None).await.unwrap();
    assert_eq!(store.record(&scope(), &full.kind, &full.id, NOON).await.unwrap(), Some(full.clone()));
    let found = store.record_named(&scope(), &full.kind, "n\u{e4}me \0 \u{1a}", NOON).await.unwrap();
    assert_eq!(found, Some(full.clone()));
    assert_eq!(store.record(&scope(), "thing", "b", NOON).await.unwrap(), Some(record("b")));
    for secret in secrets {
        let found = store.record_secret(&scope(), &full.kind, &full.id, &secret.name).await.unwrap();
        assert_eq!(found, Some(secret.sealed));
    }
    let elsewhere = Scope::new(tenant("111122223333"), "eu-west-1");
    for (scope, kind, id) in [(scope(), "thing", "B"), (scope(), "other", "b"), (elsewhere, "thing", "b")] {
        assert_eq!(store.record(&scope, kind, id, NOON).await.unwrap(), None);
        assert_eq!(store.record_secret(&scope, kind, id, "one").await.unwrap(), None);
    }
    assert_eq!(store.record_named(&scope(), "thing", "", NOON).await.unwrap(), None);
}

async fn an_identifier_and_a_name_are_unique_in_scope_and_kind(place: &Place) {
    let store = place.store().await;
    store.insert_record(&named("a", "x"), &[], None).await.unwrap();
    for taken in [record("a"), named("b", "x")] {
        let result = store.insert_record(&taken, &[secret("one", b"s")], None).await;
        assert!(matches!(result, Err(StoreError::AlreadyExists)), "{result:?}");
    }
    assert_eq!(store.record(&scope(), "thing", "a", NOON).await.unwrap(), Some(named("a", "x")));
    assert_eq!(store.record_secret(&scope(), "thing", "a", "one").await.unwrap(), None);
    let elsewhere = Scope::new(tenant("111122223333"), "eu-west-1");
    store.insert_record(&Record { kind: "other".to_owned(), ..named("a", "x") }, &[], None).await.unwrap();
    store.insert_record(&Record { scope: elsewhere, ..named("a", "x") }, &[], None).await.unwrap();
    // Any number of them may have no name.
    store.insert_record(&record("c"), &[], None).await.unwrap();
    store.insert_record(&record("d"), &[], None).await.unwrap();
}

async fn a_record_of_no_key_is_stale(place: &Place) {
    let store = place.store().await;
    let stale = store.insert_record(&of_key("a", "k"), &[], None).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    assert_eq!(store.record(&scope(), "thing", "a", NOON).await.unwrap(), None);
}

async fn lists_are_newest_first_and_by_key(place: &Place) {
    let store = place.store().await;
    for id in ["k", "l"] {
        store.insert_key(&key(id), &[]).await.unwrap();
    }
    let later = NOON.plus_seconds(1);
    for record in [
        of_key("b", "k"),
        of_key("B", "l"),
        Record { created_at: later, ..of_key("c", "k") },
        record("a"),
        Record { kind: "other".to_owned(), ..of_key("d", "k") },
    ] {
        store.insert_record(&record, &[], None).await.unwrap();
    }
    assert_eq!(ids(&store.records(&scope(), "thing", None, NOON).await.unwrap()), "c B a b");
    assert_eq!(ids(&store.records(&scope(), "thing", Some(&"k".into()), NOON).await.unwrap()), "c b");
    assert_eq!(ids(&store.records(&scope(), "thing", Some(&"m".into()), NOON).await.unwrap()), "");
    assert_eq!(ids(&store.records(&scope(), "other", None, NOON).await.unwrap()), "d");
    let other = Scope::new(Tenant::new("huawei", "111122223333"), "us-east-1");
    assert_eq!(ids(&store.records(&other, "thing", None, NOON).await.unwrap()), "");
}

async fn a_record_that_is_due_is_not_there(place: &Place) {
    let store = place.store().await;
    let due = NOON.plus_seconds(5);
    store.insert_record(&Record { due_at: Some(due), ..named("a", "x") }, &[], None).await.unwrap();
    for (now, is_there) in [(due.plus_seconds(-1), true), (due, false)] {
        assert_eq!(store.record(&scope(), "thing", "a", now).await.unwrap().is_some(), is_there);
        assert_eq!(store.record_named(&scope(), "thing", "x", now).await.unwrap().is_some(), is_there);
        assert_eq!(store.records(&scope(), "thing", None, now).await.unwrap().is_empty(), !is_there);
    }
}

async fn a_record_whose_key_is_due_is_not_there(place: &Place) {
    let store = place.store().await;
    let due = NOON.plus_seconds(7 * 86_400);
    let deletion = Some(Deletion { at: due, window_days: 7 });
    store.insert_key(&Key { state: KeyState::PendingDeletion, deletion, ..key("k") }, &[]).await.unwrap();
    store.insert_record(&Record { name: Some("x".to_owned()), ..of_key("a", "k") }, &[], None).await.unwrap();
    for (now, is_there) in [(due.plus_seconds(-1), true), (due, false)] {
        assert_eq!(store.record(&scope(), "thing", "a", now).await.unwrap().is_some(), is_there);
        assert_eq!(store.record_named(&scope(), "thing", "x", now).await.unwrap().is_some(), is_there);
        assert_eq!(store.records(&scope(), "thing", Some(&"k".into()), now).await.unwrap().is_empty(), !is_there);
    }
}

async fn records_vanish_with_their_key(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_record(&of_key("a", "k"), &[secret("one", b"s")], None).await.unwrap();
    store.remove_key(&key("k")).await.unwrap();
    assert_eq!(store.record(&scope(), "thing", "a", NOON).await.unwrap(), None);
    assert_eq!(place.number("SELECT COUNT(*) FROM record_secrets").await, 0);
}

async fn changes_are_stored_all_or_none(place: &Place) {
    let store = place.store().await;
    store.insert_record(&named("a", "x"), &[], None).await.unwrap();
    store.insert_record(&named("b", "y"), &[], None).await.unwrap();
    let changed = |id: &str, name: &str| Record {
        attributes: "changed".to_owned(),
        due_at: Some(NOON.plus_seconds(9)),
        ..named(id, name)
    };
    let stale = [changed("a", "z"), Record { revision: 2, ..changed("b", "y") }];
    let missing = [changed("a", "z"), changed("c", "c")];
    for refused in [stale, missing] {
        let result = store.commit_records(&refused).await;
        assert!(matches!(result, Err(StoreError::Stale)), "{result:?}");
    }
    let taken = store.commit_records(&[changed("b", "z"), changed("a", "z")]).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists)), "{taken:?}");
    for unchanged in [named("a", "x"), named("b", "y")] {
        assert_eq!(store.record(&scope(), "thing", &unchanged.id, NOON).await.unwrap(), Some(unchanged));
    }
    let nameless = Record { name: None, ..changed("b", "y") };
    store.commit_records(&[changed("a", "z"), nameless.clone()]).await.unwrap();
    store.commit_records(&[]).await.unwrap();
    for stored in [changed("a", "z"), nameless] {
        let found = store.record(&scope(), "thing", &stored.id, NOON).await.unwrap();
        assert_eq!(found, Some(Record { revision: 2, ..stored }));
    }
}

async fn a_removed_record_is_gone_with_its_secrets(place: &Place) {
    let store = place.store().await;
    store.insert_record(&named("a", "x"), &[secret("one", b"s")], None).await.unwrap();
    store.insert_record(&record("b"), &[secret("one", b"t")], None).await.unwrap();
    let stale = store.remove_record(&Record { revision: 2, ..record("a") }).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    store.remove_record(&record("a")).await.unwrap();
    let stale = store.remove_record(&record("a")).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    assert_eq!(store.record_secret(&scope(), "thing", "a", "one").await.unwrap(), None);
    let left = store.record_secret(&scope(), "thing", "b", "one").await.unwrap();
    assert_eq!(left, Some(Sealed(b"t".to_vec())));
    store.insert_record(&named("c", "x"), &[], None).await.unwrap();
}

async fn due_records_are_removed(place: &Place) {
    let store = place.store().await;
    for (id, due_at) in [("a", None), ("b", Some(NOON)), ("c", Some(NOON.plus_seconds(1)))] {
        store.insert_record(&Record { due_at, ..record(id) }, &[secret("one", b"s")], None).await.unwrap();
    }
    assert_eq!(store.remove_due_records(&tenant("2"), NOON).await.unwrap(), 0);
    assert_eq!(store.remove_due_records(&tenant("111122223333"), NOON).await.unwrap(), 1);
    assert_eq!(ids(&store.records(&scope(), "thing", None, NOON.plus_seconds(-1)).await.unwrap()), "a c");
    assert_eq!(place.number("SELECT COUNT(*) FROM record_secrets").await, 2);
}

async fn there_are_never_more_than_there_may_be(place: &Place) {
    let store = place.store().await;
    let due_at = Some(NOON);
    store.insert_record(&Record { due_at, ..record("gone") }, &[], None).await.unwrap();
    let leaves = Record { due_at: Some(NOON.plus_seconds(9)), ..record("leaves") };
    store.insert_record(&leaves, &[], None).await.unwrap();
    for other in [Record { kind: "other".to_owned(), ..record("a") }, record("a")] {
        store.insert_record(&other, &[], Some(1)).await.unwrap();
    }
    let tries = (0..12).map(|caller: i32| {
        let store = store.clone();
        async move { store.insert_record(&record(&caller.to_string()), &[secret("one", b"s")], Some(4)).await }
    });
    let results = tries.collect::<JoinSet<_>>().join_all().await;
    let full = results.iter().filter(|result| matches!(result, Err(StoreError::Full))).count();
    assert_eq!((results.iter().filter(|result| result.is_ok()).count(), full), (3, 9), "{results:?}");
    assert_eq!(store.records(&scope(), "thing", None, NOON).await.unwrap().len(), 5);
    assert_eq!(place.number("SELECT COUNT(*) FROM record_secrets").await, 3);
    store.insert_record(&record("any"), &[], None).await.unwrap();
}

async fn a_tenant_with_a_record_is_listed(place: &Place) {
    let store = place.store().await;
    assert!(store.tenants().await.unwrap().is_empty());
    store.insert_record(&record("a"), &[], None).await.unwrap();
    assert_eq!(store.tenants().await.unwrap(), [tenant("111122223333")]);
}

async fn of_two_changes_one_is_stale(place: &Place) {
    let store = place.store().await;
    for id in ["a", "b"] {
        store.insert_record(&record(id), &[], None).await.unwrap();
    }
    for revision in 1..=10 {
        let tries = (0..2).map(|caller: i32| {
            let store = store.clone();
            let changed = |id: &str| Record { revision, attributes: caller.to_string(), ..record(id) };
            let changed = [changed("a"), changed("b")];
            async move { store.commit_records(&changed).await }
        });
        let results = tries.collect::<JoinSet<_>>().join_all().await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert!(results.iter().any(|result| matches!(result, Err(StoreError::Stale))), "{results:?}");
        let stored = store.records(&scope(), "thing", None, NOON).await.unwrap();
        assert_eq!(stored[0].attributes, stored[1].attributes);
    }
}
