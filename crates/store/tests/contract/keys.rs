//! Promises of `Keys`.

use import_engine::store::{Sealed, StoreError};
use import_engine::{Deletion, Expiry, Key, KeyId, KeyManager, KeyState, MaterialId, MaterialRecord, Scope, Timestamp};

use crate::place::Place;
use crate::samples::{NOON, bytes, enabled_key, full_key, key, key_in, material, parameters, scope, tenant};

promises! {
    a_key_reads_back_as_it_was_stored,
    a_key_without_material_reads_back,
    an_unknown_key_is_none,
    an_inserted_key_has_revision_one,
    a_taken_identifier_is_refused,
    a_taken_name_is_refused_in_the_scope_only,
    a_freed_name_can_be_taken,
    a_name_leads_to_its_key,
    keys_of_the_owner_are_counted,
    a_commit_stores_everything_and_counts,
    a_commit_from_an_old_revision_is_stale,
    a_stale_commit_with_a_taken_name_is_stale,
    a_commit_to_a_taken_name_changes_nothing,
    a_commit_keeps_bytes_that_are_not_new,
    a_commit_replaces_bytes,
    a_commit_wipes_bytes_that_are_not_present,
    a_commit_removes_materials_not_listed,
    bytes_of_unlisted_materials_are_not_stored,
    presence_without_bytes_is_not_stored,
    removal_takes_all_with_it,
    removal_from_an_old_revision_is_stale,
    pages_go_by_bytes_and_miss_nothing,
    all_keys_come_newest_first,
    scopes_do_not_see_each_other,
    owners_of_an_identifier_are_found,
    due_keys_come_earliest_first,
    due_instants_follow_each_commit,
    a_row_that_cannot_be_read_is_named,
    identifiers_with_nul_are_not_found,
}

fn ids(keys: &[Key]) -> Vec<&str> {
    keys.iter().map(|key| key.id.as_str()).collect()
}

async fn a_key_reads_back_as_it_was_stored(place: &Place) {
    let store = place.store().await;
    let key = full_key("k");
    store.insert_key(&key, &[bytes("m1", b"sealed")]).await.unwrap();
    assert_eq!(store.key(&key.scope, &key.id).await.unwrap(), Some(key.clone()));
    let alone = vec![key.clone()];
    assert_eq!(store.all_keys(&key.scope).await.unwrap(), alone);
    assert_eq!(store.keys_after(&key.scope, None, 5).await.unwrap(), alone);
    assert_eq!(store.keys_due(&key.scope.tenant, Timestamp(i64::MAX), 5).await.unwrap(), alone);
    let sealed = |id: &str| MaterialId(id.to_owned());
    assert_eq!(
        store.sealed_material(&key.scope, &key.id, &sealed("m1")).await.unwrap(),
        Some(Sealed(b"sealed".to_vec()))
    );
    assert_eq!(store.sealed_material(&key.scope, &key.id, &sealed("m0")).await.unwrap(), None);
    assert_eq!(store.sealed_material(&key.scope, &key.id, &sealed("m2")).await.unwrap(), None);
}

async fn a_key_without_material_reads_back(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    assert_eq!(store.key(&scope(), &KeyId::from("k")).await.unwrap(), Some(key("k")));
}

async fn an_unknown_key_is_none(place: &Place) {
    let store = place.store().await;
    assert_eq!(store.key(&scope(), &KeyId::from("k")).await.unwrap(), None);
    assert!(store.all_keys(&scope()).await.unwrap().is_empty());
    assert!(store.keys_after(&scope(), None, 5).await.unwrap().is_empty());
}

async fn an_inserted_key_has_revision_one(place: &Place) {
    let store = place.store().await;
    store.insert_key(&Key { revision: 9, ..key("k") }, &[]).await.unwrap();
    assert_eq!(store.key(&scope(), &KeyId::from("k")).await.unwrap().unwrap().revision, 1);
}

async fn a_taken_identifier_is_refused(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    let again = Key { description: "other".to_owned(), ..enabled_key("k") };
    let refused = store.insert_key(&again, &[bytes("m1", b"x")]).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    assert_eq!(store.key(&scope(), &KeyId::from("k")).await.unwrap(), Some(key("k")));
}

async fn a_taken_name_is_refused_in_the_scope_only(place: &Place) {
    let store = place.store().await;
    let named = |key: Key| Key { name: Some("n".to_owned()), ..key };
    store.insert_key(&named(key("k1")), &[]).await.unwrap();
    let refused = store.insert_key(&named(key("k2")), &[]).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    assert_eq!(store.key(&scope(), &KeyId::from("k2")).await.unwrap(), None);
    let elsewhere = [Scope::new(scope().tenant, "eu-west-1"), Scope::new(tenant("4"), "us-east-1")];
    for scope in elsewhere {
        store.insert_key(&named(key_in(scope, "k2")), &[]).await.unwrap();
    }
    // Keys without a name do not collide.
    store.insert_key(&key("k3"), &[]).await.unwrap();
    store.insert_key(&key("k4"), &[]).await.unwrap();
}

async fn a_freed_name_can_be_taken(place: &Place) {
    let store = place.store().await;
    let first = Key { name: Some("n".to_owned()), ..key("k1") };
    store.insert_key(&first, &[]).await.unwrap();
    store.insert_key(&key("k2"), &[]).await.unwrap();
    store.commit_key(&Key { name: None, ..first }, &[]).await.unwrap();
    store.commit_key(&Key { name: Some("n".to_owned()), ..key("k2") }, &[]).await.unwrap();
}

async fn a_name_leads_to_its_key(place: &Place) {
    let store = place.store().await;
    let elsewhere = Scope::new(tenant("111122223333"), "eu-west-1");
    let named = Key { name: Some("n \0".to_owned()), ..enabled_key("k") };
    store.insert_key(&named, &[bytes("m1", b"sealed")]).await.unwrap();
    store.insert_key(&key("l"), &[]).await.unwrap();
    assert_eq!(store.key_named(&scope(), "n \0").await.unwrap(), Some(named));
    for (scope, name) in [(scope(), "N \0"), (scope(), ""), (elsewhere, "n \0")] {
        assert_eq!(store.key_named(&scope, name).await.unwrap(), None);
    }
}

async fn keys_of_the_owner_are_counted(place: &Place) {
    let store = place.store().await;
    let elsewhere = Scope::new(tenant("111122223333"), "eu-west-1");
    let provided = Key { manager: KeyManager::Provider, ..key("p") };
    for key in [key("k"), key("l"), provided, key_in(elsewhere.clone(), "k")] {
        store.insert_key(&key, &[]).await.unwrap();
    }
    assert_eq!(store.count_keys(&scope()).await.unwrap(), 2);
    assert_eq!(store.count_keys(&elsewhere).await.unwrap(), 1);
}

async fn a_commit_stores_everything_and_counts(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    let changed = full_key("k");
    store.commit_key(&changed, &[bytes("m1", b"x")]).await.unwrap();
    let stored = store.key(&scope(), &changed.id).await.unwrap().unwrap();
    assert_eq!(stored, Key { revision: 2, ..changed });
    store.commit_key(&stored, &[]).await.unwrap();
    assert_eq!(store.key(&scope(), &stored.id).await.unwrap(), Some(Key { revision: 3, ..stored }));
}

async fn a_commit_from_an_old_revision_is_stale(place: &Place) {
    let store = place.store().await;
    let key = enabled_key("k");
    store.insert_key(&key, &[bytes("m1", b"x")]).await.unwrap();
    store.commit_key(&key, &[]).await.unwrap();
    let late = Key { description: "late".to_owned(), ..key.clone() };
    for revision in [0, 1, 3] {
        let refused = store.commit_key(&Key { revision, ..late.clone() }, &[bytes("m1", b"late")]).await;
        assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    }
    let unknown = store.commit_key(&Key { id: KeyId::from("other"), ..key.clone() }, &[]).await;
    assert!(matches!(unknown, Err(StoreError::Stale)), "{unknown:?}");
    assert_eq!(store.key(&scope(), &key.id).await.unwrap(), Some(Key { revision: 2, ..key.clone() }));
    let sealed = store.sealed_material(&scope(), &key.id, &key.materials[0].id).await.unwrap();
    assert_eq!(sealed, Some(Sealed(b"x".to_vec())));
}

async fn a_stale_commit_with_a_taken_name_is_stale(place: &Place) {
    let store = place.store().await;
    store.insert_key(&Key { name: Some("n".to_owned()), ..key("k1") }, &[]).await.unwrap();
    store.insert_key(&key("k2"), &[]).await.unwrap();
    let refused = store.commit_key(&Key { name: Some("n".to_owned()), revision: 5, ..key("k2") }, &[]).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
}

async fn a_commit_to_a_taken_name_changes_nothing(place: &Place) {
    let store = place.store().await;
    store.insert_key(&Key { name: Some("n".to_owned()), ..key("k1") }, &[]).await.unwrap();
    store.insert_key(&key("k2"), &[]).await.unwrap();
    let refused = store.commit_key(&Key { name: Some("n".to_owned()), ..key("k2") }, &[]).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    assert_eq!(store.key(&scope(), &KeyId::from("k2")).await.unwrap(), Some(key("k2")));
    // The connection on which it failed is as good as before.
    store.commit_key(&key("k2"), &[]).await.unwrap();
}

async fn a_commit_keeps_bytes_that_are_not_new(place: &Place) {
    let store = place.store().await;
    let key = enabled_key("k");
    store.insert_key(&key, &[bytes("m1", b"x")]).await.unwrap();
    let longer = MaterialRecord { expiry: Expiry::Never, ..material("m1", 1) };
    store.commit_key(&Key { materials: vec![longer], ..key.clone() }, &[]).await.unwrap();
    let sealed = store.sealed_material(&scope(), &key.id, &key.materials[0].id).await.unwrap();
    assert_eq!(sealed, Some(Sealed(b"x".to_vec())));
}

async fn a_commit_replaces_bytes(place: &Place) {
    let store = place.store().await;
    let key = enabled_key("k");
    store.insert_key(&key, &[bytes("m1", b"x")]).await.unwrap();
    store.commit_key(&key, &[bytes("m1", b"y")]).await.unwrap();
    let sealed = store.sealed_material(&scope(), &key.id, &key.materials[0].id).await.unwrap();
    assert_eq!(sealed, Some(Sealed(b"y".to_vec())));
}

async fn a_commit_wipes_bytes_that_are_not_present(place: &Place) {
    let store = place.store().await;
    let key = enabled_key("k");
    store.insert_key(&key, &[bytes("m1", b"x")]).await.unwrap();
    let lost = MaterialRecord { present: false, expiry: Expiry::Never, ..material("m1", 1) };
    let changed = Key { state: KeyState::PendingImport, materials: vec![lost], ..key };
    // Not even with new bytes beside it.
    store.commit_key(&changed, &[bytes("m1", b"y")]).await.unwrap();
    assert_eq!(store.sealed_material(&scope(), &changed.id, &changed.materials[0].id).await.unwrap(), None);
    assert_eq!(place.number("SELECT COUNT(*) FROM materials WHERE sealed IS NOT NULL").await, 0);
    assert_eq!(store.key(&scope(), &changed.id).await.unwrap(), Some(Key { revision: 2, ..changed.clone() }));
    // And they can come again.
    let again = Key { revision: 2, ..enabled_key("k") };
    store.commit_key(&again, &[bytes("m1", b"z")]).await.unwrap();
    let sealed = store.sealed_material(&scope(), &again.id, &again.materials[0].id).await.unwrap();
    assert_eq!(sealed, Some(Sealed(b"z".to_vec())));
}

async fn a_commit_removes_materials_not_listed(place: &Place) {
    let store = place.store().await;
    let key = Key { materials: vec![material("m1", 1), material("m2", 2)], ..enabled_key("k") };
    store.insert_key(&key, &[bytes("m1", b"x"), bytes("m2", b"y")]).await.unwrap();
    let other = enabled_key("other");
    store.insert_key(&other, &[bytes("m1", b"o")]).await.unwrap();
    let changed = Key { materials: vec![material("m2", 2), material("m3", 3)], ..key };
    store.commit_key(&changed, &[bytes("m3", b"z")]).await.unwrap();
    assert_eq!(store.key(&scope(), &changed.id).await.unwrap(), Some(Key { revision: 2, ..changed }));
    assert_eq!(place.number("SELECT COUNT(*) FROM materials WHERE key_id = 'k' AND id = 'm1'").await, 0);
    assert_eq!(store.key(&scope(), &other.id).await.unwrap(), Some(other));
}

async fn bytes_of_unlisted_materials_are_not_stored(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[bytes("m1", b"x")]).await.unwrap();
    store.commit_key(&key("k"), &[bytes("m1", b"x")]).await.unwrap();
    assert_eq!(place.number("SELECT COUNT(*) FROM materials").await, 0);
}

async fn presence_without_bytes_is_not_stored(place: &Place) {
    let store = place.store().await;
    let inserted = store.insert_key(&enabled_key("k"), &[]).await;
    assert!(matches!(inserted, Err(StoreError::Corrupt { table: "materials", column: "sealed", .. })), "{inserted:?}");
    assert_eq!(store.key(&scope(), &KeyId::from("k")).await.unwrap(), None);
    store.insert_key(&key("k"), &[]).await.unwrap();
    assert!(store.commit_key(&enabled_key("k"), &[]).await.is_err());
    assert_eq!(store.key(&scope(), &KeyId::from("k")).await.unwrap(), Some(key("k")));
}

async fn removal_takes_all_with_it(place: &Place) {
    let store = place.store().await;
    let key = enabled_key("k");
    store.insert_key(&key, &[bytes("m1", b"x")]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, false).await.unwrap();
    store.remove_key(&key).await.unwrap();
    assert_eq!(store.key(&scope(), &key.id).await.unwrap(), None);
    assert_eq!(store.sealed_material(&scope(), &key.id, &key.materials[0].id).await.unwrap(), None);
    assert_eq!(store.parameters(&scope(), "p").await.unwrap(), None);
    assert_eq!(place.number("SELECT COUNT(*) FROM materials").await, 0);
    assert_eq!(place.number("SELECT COUNT(*) FROM import_parameters").await, 0);
    assert_eq!(place.number("SELECT COUNT(*) FROM import_failures").await, 0);
    // The identifier is free again, with nothing left of the old key.
    store.insert_key(&crate::samples::key("k"), &[]).await.unwrap();
    assert_eq!(store.key(&scope(), &key.id).await.unwrap(), Some(crate::samples::key("k")));
}

async fn removal_from_an_old_revision_is_stale(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.commit_key(&key("k"), &[]).await.unwrap();
    let refused = store.remove_key(&key("k")).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    let unknown = store.remove_key(&key("other")).await;
    assert!(matches!(unknown, Err(StoreError::Stale)), "{unknown:?}");
    store.remove_key(&Key { revision: 2, ..key("k") }).await.unwrap();
}

async fn pages_go_by_bytes_and_miss_nothing(place: &Place) {
    let store = place.store().await;
    // An order by locale would put these elsewhere.
    let in_order = ["-a", "A", "B", "_", "a", "a-b", "aa", "b", "é", "密"];
    for id in in_order.iter().rev() {
        let key = Key { materials: vec![material("m1", 1), material("m2", 2)], ..enabled_key(id) };
        store.insert_key(&key, &[bytes("m1", b"x"), bytes("m2", b"y")]).await.unwrap();
    }
    for size in [1, 3, 10, 100] {
        let mut seen = Vec::new();
        loop {
            let page = store.keys_after(&scope(), seen.last(), size).await.unwrap();
            assert!(page.len() <= size as usize);
            assert!(page.iter().all(|key| key.materials.len() == 2));
            if page.is_empty() {
                break;
            }
            seen.extend(page.into_iter().map(|key| key.id));
        }
        let seen: Vec<&str> = seen.iter().map(KeyId::as_str).collect();
        assert_eq!(seen, in_order, "pages of {size}");
    }
    // A marker need not be the identifier of a key.
    assert_eq!(ids(&store.keys_after(&scope(), Some(&KeyId::from("a-a")), 2).await.unwrap()), ["a-b", "aa"]);
    assert!(store.keys_after(&scope(), None, 0).await.unwrap().is_empty());
}

async fn all_keys_come_newest_first(place: &Place) {
    let store = place.store().await;
    for (id, seconds) in [("b", 1), ("a", 1), ("c", 0), ("d", 2)] {
        let key = Key { created_at: NOON.plus_seconds(seconds), ..key(id) };
        store.insert_key(&key, &[]).await.unwrap();
    }
    assert_eq!(ids(&store.all_keys(&scope()).await.unwrap()), ["d", "a", "b", "c"]);
}

async fn scopes_do_not_see_each_other(place: &Place) {
    let store = place.store().await;
    let mine = enabled_key("k");
    store.insert_key(&mine, &[bytes("m1", b"mine")]).await.unwrap();
    let mut vendor = scope();
    vendor.tenant.vendor = "tencent".to_owned();
    for other in [vendor, Scope::new(tenant("4"), "us-east-1"), Scope::new(scope().tenant, "eu-west-1")] {
        assert_eq!(store.key(&other, &mine.id).await.unwrap(), None);
        assert_eq!(store.sealed_material(&other, &mine.id, &mine.materials[0].id).await.unwrap(), None);
        assert!(store.all_keys(&other).await.unwrap().is_empty());
        assert!(store.keys_after(&other, None, 5).await.unwrap().is_empty());
        let refused = store.commit_key(&Key { scope: other.clone(), ..mine.clone() }, &[]).await;
        assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
        let refused = store.remove_key(&Key { scope: other.clone(), ..mine.clone() }).await;
        assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
        // The same identifier, and the same material, live in both.
        let theirs = Key { scope: other.clone(), ..mine.clone() };
        store.insert_key(&theirs, &[bytes("m1", b"theirs")]).await.unwrap();
        store.remove_key(&theirs).await.unwrap();
    }
    assert_eq!(store.key(&scope(), &mine.id).await.unwrap(), Some(mine.clone()));
    let sealed = store.sealed_material(&scope(), &mine.id, &mine.materials[0].id).await.unwrap();
    assert_eq!(sealed, Some(Sealed(b"mine".to_vec())));
}

async fn owners_of_an_identifier_are_found(place: &Place) {
    let store = place.store().await;
    let elsewhere = Scope::new(tenant("111122223333"), "eu-west-1");
    let of = |account: &str| Scope::new(tenant(account), "us-east-1");
    for scope in [of("999988887777"), scope(), elsewhere.clone()] {
        store.insert_key(&key_in(scope, "k"), &[]).await.unwrap();
    }
    assert_eq!(
        store.tenants_with_key("aws", "us-east-1", &KeyId::from("k")).await.unwrap(),
        [tenant("111122223333"), tenant("999988887777")]
    );
    assert_eq!(store.tenants_with_key("aws", "eu-west-1", &KeyId::from("k")).await.unwrap(), [tenant("111122223333")]);
    assert_eq!(store.tenants_with_key("aws", "us-east-1", &KeyId::from("other")).await.unwrap(), []);
    assert_eq!(store.tenants_with_key("huawei", "us-east-1", &KeyId::from("k")).await.unwrap(), []);
}

async fn due_keys_come_earliest_first(place: &Place) {
    let store = place.store().await;
    let due = |key: Key, seconds| Key {
        state: KeyState::PendingDeletion,
        deletion: Some(Deletion { at: NOON.plus_seconds(seconds), window_days: 7 }),
        ..key
    };
    let abroad = Scope::new(scope().tenant, "ap-east-1");
    store.insert_key(&due(key("later"), 30), &[]).await.unwrap();
    store.insert_key(&due(key_in(abroad, "abroad"), 10), &[]).await.unwrap();
    store.insert_key(&due(key("first"), 0), &[]).await.unwrap();
    store.insert_key(&due(key("tie"), 10), &[]).await.unwrap();
    store.insert_key(&key("never"), &[]).await.unwrap();
    store.insert_key(&due(key_in(Scope::new(tenant("4"), "us-east-1"), "theirs"), 0), &[]).await.unwrap();
    let found = async |seconds, limit| {
        let found = store.keys_due(&scope().tenant, NOON.plus_seconds(seconds), limit).await.unwrap();
        ids(&found).join(" ")
    };
    assert_eq!(found(-1, 9).await, "");
    assert_eq!(found(0, 9).await, "first");
    assert_eq!(found(29, 9).await, "first abroad tie");
    assert_eq!(found(30, 2).await, "first abroad");
    assert_eq!(found(30, 9).await, "first abroad tie later");
}

async fn due_instants_follow_each_commit(place: &Place) {
    let store = place.store().await;
    let due = async |seconds| store.keys_due(&scope().tenant, NOON.plus_seconds(seconds), 9).await.unwrap().len();
    let key = enabled_key("k");
    store.insert_key(&key, &[bytes("m1", b"x")]).await.unwrap();
    assert_eq!((due(59).await, due(60).await), (0, 1));
    let lasting = MaterialRecord { expiry: Expiry::Never, ..material("m1", 1) };
    store.commit_key(&Key { materials: vec![lasting], ..key.clone() }, &[]).await.unwrap();
    assert_eq!(due(1_000_000).await, 0);
    let shorter = MaterialRecord { expiry: Expiry::At(NOON.plus_seconds(5)), ..material("m1", 1) };
    store.commit_key(&Key { materials: vec![shorter], revision: 2, ..key }, &[]).await.unwrap();
    assert_eq!((due(4).await, due(5).await), (0, 1));
}

async fn a_row_that_cannot_be_read_is_named(place: &Place) {
    let store = place.store().await;
    store.insert_key(&full_key("k"), &[bytes("m1", b"x")]).await.unwrap();
    let spoiled = [
        ("UPDATE keys SET deletion_window_days = -1", "deletion_window_days"),
        ("UPDATE keys SET deletion_window_days = 7, usage = 'CHAT'", "usage"),
        ("UPDATE keys SET spec = 'ROT_13'", "spec"),
    ];
    for (spoil, expected) in spoiled {
        place.run(spoil).await;
        match store.key(&scope(), &KeyId::from("k")).await {
            Err(StoreError::Corrupt { table: "keys", column, key }) => {
                assert_eq!((column, key.as_str()), (expected, "aws/111122223333/us-east-1/k"));
            }
            other => panic!("{other:?}"),
        }
        assert!(matches!(store.all_keys(&scope()).await, Err(StoreError::Corrupt { .. })));
    }
}

async fn identifiers_with_nul_are_not_found(place: &Place) {
    let store = place.store().await;
    store.insert_key(&enabled_key("k"), &[bytes("m1", b"x")]).await.unwrap();
    for id in ["\0", "k\0", "\0k", "k\u{1a}0"] {
        let id = KeyId::from(id);
        assert_eq!(store.key(&scope(), &id).await.unwrap(), None);
        assert_eq!(store.sealed_material(&scope(), &id, &MaterialId("m1".to_owned())).await.unwrap(), None);
        store.keys_after(&scope(), Some(&id), 5).await.unwrap();
        assert_eq!(store.parameters(&scope(), &id.0).await.unwrap(), None);
    }
}
