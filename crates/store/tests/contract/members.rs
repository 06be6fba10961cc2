//! Promises of `Keys` about several keys at once.

use import_engine::store::{ChangedKey, Label, Sealed, StoreError};
use import_engine::{Key, KeyId, MultiRegion, Scope, Waiting};

use crate::place::Place;
use crate::samples::{NOON, bytes, enabled_key, key, key_in, material, scope, tenant};

promises! {
    members_are_the_keys_that_somebody_had_first,
    several_keys_are_stored_at_once,
    nothing_is_stored_if_one_is_stale,
    nothing_is_stored_if_the_new_one_is_taken,
    a_key_comes_with_its_label,
    a_key_does_not_come_without_its_label,
    labels_of_a_primary_end_with_it,
}

fn west() -> Scope {
    Scope::new(scope().tenant, "us-west-2")
}

fn changed(key: Key) -> ChangedKey {
    ChangedKey { key, materials: Vec::new() }
}

fn with_bytes(key: Key) -> ChangedKey {
    ChangedKey { key, materials: vec![bytes("m1", b"there")] }
}

fn label(name: &str, key: &str) -> Label {
    Label { scope: scope(), name: name.to_owned(), key: KeyId::from(key), created_at: NOON, updated_at: NOON }
}

async fn members_are_the_keys_that_somebody_had_first(place: &Place) {
    let store = place.store().await;
    let there = |account: &str, region: &str| Scope::new(tenant(account), region);
    let member = |place: Scope, primary: Scope, home: &str| {
        let regions = MultiRegion { home: tenant(home), ..MultiRegion::at_rest(primary) };
        Key { multi_region: Some(regions), ..key_in(place, "k") }
    };
    let own = scope().tenant.account;
    let west = there(&own, "us-west-2");
    // Mine, one of them another account's by now, with the primary there or wherever.
    for (place, primary) in
        [(west.clone(), &west), (there("4", "ap-east-1"), &west), (scope(), &there("4", "ap-east-1"))]
    {
        store.insert_key(&member(place, primary.clone(), &own), &[]).await.unwrap();
    }
    // Others of the same identifier: one of the other account's own, and one without copies.
    let theirs = member(there("4", "eu-west-1"), there("4", "eu-west-1"), "4");
    store.insert_key(&theirs, &[]).await.unwrap();
    let single = key_in(there("7", "us-east-1"), "k");
    store.insert_key(&single, &[]).await.unwrap();
    store.insert_key(&key("l"), &[]).await.unwrap();

    let id = KeyId::from("k");
    let found = async |place: &Scope| {
        let members = store.members(place, &id).await.unwrap();
        members.into_iter().map(|member| (member.scope.tenant.account, member.scope.region)).collect::<Vec<_>>()
    };
    let expected = [("4", "ap-east-1"), (own.as_str(), "us-east-1"), (own.as_str(), "us-west-2")]
        .map(|(account, region)| (account.to_owned(), region.to_owned()));
    for place in [&west, &there("4", "ap-east-1"), &scope()] {
        assert_eq!(found(place).await, expected, "{place:?}");
    }
    assert_eq!(store.members(&theirs.scope, &id).await.unwrap(), [theirs]);
    assert_eq!(store.members(&single.scope, &id).await.unwrap(), [single]);
    for place in [there(&own, "eu-west-1"), there("7", "us-west-2"), there("8", "us-east-1")] {
        assert!(found(&place).await.is_empty(), "{place:?}");
    }
    assert!(store.members(&scope(), &KeyId::from("m")).await.unwrap().is_empty());
}

async fn several_keys_are_stored_at_once(place: &Place) {
    let store = place.store().await;
    let here = enabled_key("k");
    store.insert_key(&here, &[bytes("m1", b"here")]).await.unwrap();
    let other = key("l");
    store.insert_key(&other, &[]).await.unwrap();
    let copy = Key { scope: west(), ..enabled_key("k") };
    let here = Key { description: "changed".to_owned(), ..here };
    let other = Key { description: "changed too".to_owned(), ..other };
    let all = [changed(other.clone()), changed(here.clone())];
    store.commit_members(&all, Some(&with_bytes(copy.clone()))).await.unwrap();
    assert_eq!(store.key(&scope(), &here.id).await.unwrap(), Some(Key { revision: 2, ..here.clone() }));
    assert_eq!(store.key(&scope(), &other.id).await.unwrap(), Some(Key { revision: 2, ..other }));
    assert_eq!(store.key(&west(), &copy.id).await.unwrap(), Some(copy));
    for (scope, expected) in [(scope(), b"here".as_slice()), (west(), b"there")] {
        let sealed = store.sealed_material(&scope, &here.id, &material("m1", 1).id).await.unwrap();
        assert_eq!(sealed, Some(Sealed(expected.to_vec())));
    }
}

async fn nothing_is_stored_if_one_is_stale(place: &Place) {
    let store = place.store().await;
    let (one, other) = (key("a"), key("b"));
    store.insert_key(&one, &[]).await.unwrap();
    store.insert_key(&other, &[]).await.unwrap();
    let stale = Key { revision: 2, ..other.clone() };
    let refused = store.commit_members(&[changed(one.clone()), changed(stale)], Some(&changed(key("c")))).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    assert_eq!(store.all_keys(&scope()).await.unwrap(), [one, other]);
}

async fn nothing_is_stored_if_the_new_one_is_taken(place: &Place) {
    let store = place.store().await;
    let (one, other) = (key("a"), key("b"));
    store.insert_key(&one, &[]).await.unwrap();
    store.insert_key(&other, &[]).await.unwrap();
    let refused = store.commit_members(&[changed(one.clone())], Some(&changed(other.clone()))).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    assert_eq!(store.all_keys(&scope()).await.unwrap(), [one, other]);
}

async fn a_key_comes_with_its_label(place: &Place) {
    let store = place.store().await;
    store.insert_labelled_key(&with_bytes(enabled_key("k")), &label("a", "k")).await.unwrap();
    assert_eq!(store.label(&scope(), "a").await.unwrap(), Some(label("a", "k")));
    assert_eq!(store.key(&scope(), &KeyId::from("k")).await.unwrap(), Some(enabled_key("k")));
}

async fn a_key_does_not_come_without_its_label(place: &Place) {
    let store = place.store().await;
    store.insert_labelled_key(&changed(key("k")), &label("a", "k")).await.unwrap();
    for (id, name) in [("l", "a"), ("k", "b")] {
        let refused = store.insert_labelled_key(&changed(key(id)), &label(name, id)).await;
        assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    }
    assert_eq!(store.all_keys(&scope()).await.unwrap(), [key("k")]);
    assert_eq!(store.label(&scope(), "b").await.unwrap(), None);
}

async fn labels_of_a_primary_end_with_it(place: &Place) {
    let store = place.store().await;
    let waiting = Some(Waiting { window_days: 7, until: Some(NOON) });
    let regions = MultiRegion { waiting, ..MultiRegion::at_rest(scope()) };
    store
        .insert_labelled_key(&changed(Key { multi_region: Some(regions), ..key("k") }), &label("a", "k"))
        .await
        .unwrap();
    let labels =
        async |seconds| store.labels_after(&scope(), None, None, NOON.plus_seconds(seconds), 9).await.unwrap().len();
    assert_eq!((labels(7 * 86_400 - 1).await, labels(7 * 86_400).await), (1, 0));
}
