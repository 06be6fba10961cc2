//! Promises of `Principals`.

use import_engine::Tenant;
use import_engine::store::{Principal, Sealed, StoreError, StoredAccessKey};

use crate::place::Place;
use crate::samples::{NOON, tenant};

promises! {
    a_principal_reads_back_as_it_was_stored,
    a_taken_name_is_refused_in_the_tenant_only,
    a_changed_principal_counts_revisions,
    an_access_key_reads_back_with_its_principal,
    an_access_key_of_nobody_is_stale,
    a_taken_id_is_refused_at_the_vendor_only,
    access_keys_go_with_their_principal_or_alone,
    an_access_key_is_replaced_by_its_principal_only,
    expired_access_keys_are_removed,
    a_tenant_with_an_access_key_is_listed,
}

fn principal(name: &str) -> Principal {
    let attributes = "{\"a\":\"\u{e4} \0\"}".to_owned();
    Principal { tenant: tenant("1"), name: name.to_owned(), created_at: NOON, attributes, revision: 1 }
}

fn access_key(id: &str, principal: &str) -> StoredAccessKey {
    StoredAccessKey {
        id: id.to_owned(),
        tenant: tenant("1"),
        principal: principal.to_owned(),
        secret: Sealed(vec![1, 0, 2]),
        token: None,
        created_at: NOON,
        expires_at: None,
        attributes: "{}".to_owned(),
    }
}

async fn a_principal_reads_back_as_it_was_stored(place: &Place) {
    let store = place.store().await;
    for name in ["user/b", "user/a", "user/\u{e4}", "role/z"] {
        store.insert_principal(&principal(name)).await.unwrap();
    }
    assert_eq!(store.principal(&tenant("1"), "user/a").await.unwrap(), Some(principal("user/a")));
    assert_eq!(store.principal(&tenant("2"), "user/a").await.unwrap(), None);
    let all = store.principals(&tenant("1")).await.unwrap();
    let names: Vec<&str> = all.iter().map(|principal| principal.name.as_str()).collect();
    assert_eq!(names, ["role/z", "user/a", "user/b", "user/\u{e4}"]);
    assert!(store.remove_principal(&tenant("1"), "user/a").await.unwrap());
    assert!(!store.remove_principal(&tenant("1"), "user/a").await.unwrap());
    assert_eq!(store.principal(&tenant("1"), "user/a").await.unwrap(), None);
}

async fn a_taken_name_is_refused_in_the_tenant_only(place: &Place) {
    let store = place.store().await;
    store.insert_principal(&principal("user/a")).await.unwrap();
    let taken = store.insert_principal(&principal("user/a")).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists)), "{taken:?}");
    store.insert_principal(&Principal { tenant: tenant("2"), ..principal("user/a") }).await.unwrap();
}

async fn a_changed_principal_counts_revisions(place: &Place) {
    let store = place.store().await;
    let stale = store.commit_principal(&principal("user/a")).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    store.insert_principal(&principal("user/a")).await.unwrap();
    let changed = Principal { attributes: "{}".to_owned(), ..principal("user/a") };
    store.commit_principal(&changed).await.unwrap();
    let stored = store.principal(&tenant("1"), "user/a").await.unwrap();
    assert_eq!(stored, Some(Principal { revision: 2, ..changed.clone() }));
    let stale = store.commit_principal(&changed).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
}

async fn an_access_key_reads_back_with_its_principal(place: &Place) {
    let store = place.store().await;
    store.insert_principal(&principal("user/a")).await.unwrap();
    let lasting = access_key("AKIA1", "user/a");
    let passing = StoredAccessKey {
        token: Some(Sealed(vec![0, 9])),
        expires_at: Some(NOON.plus_seconds(60)),
        attributes: "\0".to_owned(),
        ..access_key("ASIA1", "user/a")
    };
    for key in [&passing, &lasting] {
        store.insert_access_key(key).await.unwrap();
        let found = store.access_key("aws", &key.id).await.unwrap();
        assert_eq!(found, Some((key.clone(), principal("user/a"))));
    }
    assert_eq!(store.access_key("huawei", "AKIA1").await.unwrap(), None);
    assert_eq!(store.access_keys(&tenant("1"), "user/a").await.unwrap(), [lasting, passing]);
    assert!(store.access_keys(&tenant("2"), "user/a").await.unwrap().is_empty());
}

async fn an_access_key_of_nobody_is_stale(place: &Place) {
    let store = place.store().await;
    let stale = store.insert_access_key(&access_key("AKIA1", "user/a")).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    assert_eq!(store.access_key("aws", "AKIA1").await.unwrap(), None);
}

async fn a_taken_id_is_refused_at_the_vendor_only(place: &Place) {
    let store = place.store().await;
    let elsewhere = Tenant::new("huawei", "1");
    store.insert_principal(&principal("user/a")).await.unwrap();
    store.insert_principal(&Principal { tenant: elsewhere.clone(), ..principal("user/a") }).await.unwrap();
    store.insert_access_key(&access_key("AKIA1", "user/a")).await.unwrap();
    let taken = store.insert_access_key(&access_key("AKIA1", "user/a")).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists)), "{taken:?}");
    store.insert_access_key(&StoredAccessKey { tenant: elsewhere, ..access_key("AKIA1", "user/a") }).await.unwrap();
}

async fn access_keys_go_with_their_principal_or_alone(place: &Place) {
    let store = place.store().await;
    store.insert_principal(&principal("user/a")).await.unwrap();
    for id in ["AKIA1", "AKIA2"] {
        store.insert_access_key(&access_key(id, "user/a")).await.unwrap();
    }
    assert!(!store.remove_access_key(&tenant("1"), "user/b", "AKIA1").await.unwrap());
    assert!(!store.remove_access_key(&tenant("2"), "user/a", "AKIA1").await.unwrap());
    assert!(store.remove_access_key(&tenant("1"), "user/a", "AKIA1").await.unwrap());
    assert_eq!(store.access_key("aws", "AKIA1").await.unwrap(), None);
    assert!(store.access_key("aws", "AKIA2").await.unwrap().is_some());
    store.remove_principal(&tenant("1"), "user/a").await.unwrap();
    assert_eq!(store.access_key("aws", "AKIA2").await.unwrap(), None);
}

async fn an_access_key_is_replaced_by_its_principal_only(place: &Place) {
    let store = place.store().await;
    for name in ["user/a", "user/b"] {
        store.insert_principal(&principal(name)).await.unwrap();
    }
    let before = access_key("AKIA1", "user/a");
    store.replace_access_key(&before).await.unwrap();
    let after = StoredAccessKey { secret: Sealed(vec![7]), ..before };
    store.replace_access_key(&after).await.unwrap();
    assert_eq!(store.access_keys(&tenant("1"), "user/a").await.unwrap(), std::slice::from_ref(&after));
    let taken = store.replace_access_key(&access_key("AKIA1", "user/b")).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists)), "{taken:?}");
    let stale = store.replace_access_key(&access_key("AKIA1", "user/c")).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    assert_eq!(store.access_key("aws", "AKIA1").await.unwrap().unwrap().0, after);
    let count = async |name| store.count_access_keys(&tenant("1"), name).await.unwrap();
    assert_eq!((count("user/a").await, count("user/b").await), (1, 0));
}

async fn expired_access_keys_are_removed(place: &Place) {
    let store = place.store().await;
    store.insert_principal(&principal("user/a")).await.unwrap();
    for (id, end) in [("AKIA1", None), ("ASIA1", Some(NOON)), ("ASIA2", Some(NOON.plus_seconds(1)))] {
        let key = StoredAccessKey { expires_at: end, ..access_key(id, "user/a") };
        store.insert_access_key(&key).await.unwrap();
    }
    assert_eq!(store.remove_expired_access_keys(&tenant("2"), NOON).await.unwrap(), 0);
    assert_eq!(store.remove_expired_access_keys(&tenant("1"), NOON).await.unwrap(), 1);
    let left = store.access_keys(&tenant("1"), "user/a").await.unwrap();
    let left: Vec<&str> = left.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(left, ["AKIA1", "ASIA2"]);
}

async fn a_tenant_with_an_access_key_is_listed(place: &Place) {
    let store = place.store().await;
    store.insert_principal(&principal("user/a")).await.unwrap();
    assert!(store.tenants().await.unwrap().is_empty());
    store.insert_access_key(&access_key("AKIA1", "user/a")).await.unwrap();
    assert_eq!(store.tenants().await.unwrap(), [tenant("1")]);
}
