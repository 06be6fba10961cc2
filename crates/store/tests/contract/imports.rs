//! Promises of `Imports`.

use import_engine::store::{ChangedKey, Sealed, StoreError, StoredParameters};
use import_engine::{Key, KeyId, Scope, Timestamp, WrappingKeySpec};

use crate::place::Place;
use crate::samples::{NOON, bytes, enabled_key, key, key_in, key_pair, material, parameters, scope, tenant};

promises! {
    copies_are_given_material_with_their_primary,
    parameters_read_back_as_they_were_stored,
    parameters_are_seen_in_their_scope_only,
    a_taken_set_is_refused,
    parameters_of_a_key_that_is_gone_are_stale,
    newer_sets_leave_older_ones_alone,
    the_newest_set_makes_the_others_void,
    the_last_failure_wipes_the_private_key,
    a_failure_touches_no_other_row,
    a_failure_of_an_unknown_set_is_nothing,
    an_import_stores_key_and_bytes,
    an_import_needs_the_private_key,
    an_import_needs_a_set_that_is_not_superseded,
    an_import_needs_its_own_set,
    an_import_needs_the_revision,
    a_set_can_be_used_again,
    expired_sets_are_removed,
    pairs_come_out_once,
    pairs_are_kept_apart_by_kind,
    a_taken_pair_identifier_is_refused,
    parameters_that_cannot_be_read_are_named,
}

async fn parameters_read_back_as_they_were_stored(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    let whole = parameters("p", "k");
    store.insert_parameters(&whole, 3, false).await.unwrap();
    assert_eq!(store.parameters(&scope(), "p").await.unwrap(), Some(whole));
    let spent = StoredParameters { private_key: None, superseded: true, ..parameters("q", "k") };
    store.insert_parameters(&spent, 3, false).await.unwrap();
    assert_eq!(store.parameters(&scope(), "q").await.unwrap(), Some(spent));
    assert_eq!(store.parameters(&scope(), "r").await.unwrap(), None);
}

async fn parameters_are_seen_in_their_scope_only(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 1, false).await.unwrap();
    for other in [Scope::new(tenant("4"), "us-east-1"), Scope::new(scope().tenant, "eu-west-1")] {
        assert_eq!(store.parameters(&other, "p").await.unwrap(), None);
        store.charge_failure(&other, "p").await.unwrap();
    }
    assert_eq!(store.parameters(&scope(), "p").await.unwrap(), Some(parameters("p", "k")));
}

async fn a_taken_set_is_refused(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, false).await.unwrap();
    let refused = store.insert_parameters(&parameters("p", "k"), 3, true).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    assert_eq!(store.parameters(&scope(), "p").await.unwrap(), Some(parameters("p", "k")));
}

async fn parameters_of_a_key_that_is_gone_are_stale(place: &Place) {
    let store = place.store().await;
    let refused = store.insert_parameters(&parameters("p", "k"), 3, true).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
}

async fn newer_sets_leave_older_ones_alone(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, false).await.unwrap();
    store.insert_parameters(&parameters("q", "k"), 3, false).await.unwrap();
    assert_eq!(store.parameters(&scope(), "p").await.unwrap(), Some(parameters("p", "k")));
    assert_eq!(store.parameters(&scope(), "q").await.unwrap(), Some(parameters("q", "k")));
}

async fn the_newest_set_makes_the_others_void(place: &Place) {
    let store = place.store().await;
    for id in ["k", "other"] {
        store.insert_key(&key(id), &[]).await.unwrap();
    }
    let abroad = Scope::new(scope().tenant, "eu-west-1");
    store.insert_key(&key_in(abroad.clone(), "k"), &[]).await.unwrap();
    let elsewhere = StoredParameters { scope: abroad.clone(), ..parameters("abroad", "k") };
    store.insert_parameters(&elsewhere, 3, true).await.unwrap();
    store.insert_parameters(&parameters("other", "other"), 3, true).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, true).await.unwrap();
    store.insert_parameters(&parameters("q", "k"), 3, true).await.unwrap();
    store.insert_parameters(&parameters("r", "k"), 3, true).await.unwrap();
    for id in ["p", "q"] {
        let void = StoredParameters { superseded: true, private_key: None, ..parameters(id, "k") };
        assert_eq!(store.parameters(&scope(), id).await.unwrap(), Some(void));
    }
    assert_eq!(store.parameters(&scope(), "r").await.unwrap(), Some(parameters("r", "k")));
    assert_eq!(store.parameters(&scope(), "other").await.unwrap(), Some(parameters("other", "other")));
    assert_eq!(store.parameters(&abroad, "abroad").await.unwrap(), Some(elsewhere));
    let stored = store.key(&scope(), &key("k").id).await.unwrap();
    assert_eq!(stored, Some(key("k")), "handing out parameters is no change of the key");
}

async fn the_last_failure_wipes_the_private_key(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, false).await.unwrap();
    store.insert_parameters(&parameters("q", "k"), 1, false).await.unwrap();
    for _ in 0..2 {
        store.charge_failure(&scope(), "p").await.unwrap();
        assert_eq!(store.parameters(&scope(), "p").await.unwrap(), Some(parameters("p", "k")));
    }
    let spent = StoredParameters { private_key: None, ..parameters("p", "k") };
    for _ in 0..2 {
        store.charge_failure(&scope(), "p").await.unwrap();
        assert_eq!(store.parameters(&scope(), "p").await.unwrap(), Some(spent.clone()));
    }
    assert_eq!(store.parameters(&scope(), "q").await.unwrap(), Some(parameters("q", "k")));
}

async fn a_failure_touches_no_other_row(place: &Place) {
    let store = place.store().await;
    let key = enabled_key("k");
    store.insert_key(&key, &[bytes("m1", b"x")]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, false).await.unwrap();
    store.charge_failure(&scope(), "p").await.unwrap();
    assert_eq!(store.key(&scope(), &key.id).await.unwrap(), Some(key.clone()));
    store.commit_import(&key, &[bytes("m1", b"y")], &[], "p").await.unwrap();
}

async fn a_failure_of_an_unknown_set_is_nothing(place: &Place) {
    let store = place.store().await;
    store.charge_failure(&scope(), "p").await.unwrap();
}

async fn an_import_stores_key_and_bytes(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, false).await.unwrap();
    let filled = enabled_key("k");
    store.commit_import(&filled, &[bytes("m1", b"x")], &[], "p").await.unwrap();
    assert_eq!(store.key(&scope(), &filled.id).await.unwrap(), Some(Key { revision: 2, ..filled.clone() }));
    let sealed = store.sealed_material(&scope(), &filled.id, &filled.materials[0].id).await.unwrap();
    assert_eq!(sealed, Some(Sealed(b"x".to_vec())));
    assert_eq!(store.parameters(&scope(), "p").await.unwrap(), Some(parameters("p", "k")));
}

/// Tries an import that must be refused as stale and must leave the key as it was.
async fn refused_import(place: &Place, filled: Key, set: &str) {
    let store = place.store().await;
    let before = store.key(&filled.scope, &filled.id).await.unwrap();
    let refused = store.commit_import(&filled, &[bytes("m1", b"x")], &[], set).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    assert_eq!(store.key(&filled.scope, &filled.id).await.unwrap(), before);
    assert_eq!(place.number("SELECT COUNT(*) FROM materials").await, 0);
}

async fn an_import_needs_the_private_key(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 1, false).await.unwrap();
    store.charge_failure(&scope(), "p").await.unwrap();
    refused_import(place, enabled_key("k"), "p").await;
}

async fn an_import_needs_a_set_that_is_not_superseded(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, true).await.unwrap();
    store.insert_parameters(&parameters("q", "k"), 3, true).await.unwrap();
    refused_import(place, enabled_key("k"), "p").await;
    // Void even if its private key were still there.
    let void = StoredParameters { superseded: true, ..parameters("r", "k") };
    store.insert_parameters(&void, 3, false).await.unwrap();
    refused_import(place, enabled_key("k"), "r").await;
}

async fn an_import_needs_its_own_set(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_key(&key("other"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "other"), 3, false).await.unwrap();
    refused_import(place, enabled_key("k"), "p").await;
    refused_import(place, enabled_key("k"), "unknown").await;
}

async fn an_import_needs_the_revision(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, false).await.unwrap();
    refused_import(place, Key { revision: 2, ..enabled_key("k") }, "p").await;
}

async fn a_set_can_be_used_again(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, false).await.unwrap();
    store.commit_import(&enabled_key("k"), &[bytes("m1", b"x")], &[], "p").await.unwrap();
    store.commit_import(&Key { revision: 2, ..enabled_key("k") }, &[bytes("m1", b"x")], &[], "p").await.unwrap();
}

async fn expired_sets_are_removed(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    let theirs = Scope::new(tenant("4"), "us-east-1");
    store.insert_key(&key_in(theirs.clone(), "k"), &[]).await.unwrap();
    store
        .insert_parameters(&StoredParameters { scope: theirs.clone(), ..parameters("t", "k") }, 3, false)
        .await
        .unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, false).await.unwrap();
    let later = StoredParameters { valid_to: NOON.plus_seconds(86_401), ..parameters("q", "k") };
    store.insert_parameters(&later, 3, false).await.unwrap();
    let remove =
        async |seconds| store.remove_expired_parameters(&scope().tenant, NOON.plus_seconds(seconds)).await.unwrap();
    assert_eq!(remove(86_399).await, 0);
    assert_eq!(remove(86_400).await, 1);
    assert_eq!(store.parameters(&scope(), "p").await.unwrap(), None);
    assert_eq!(store.parameters(&scope(), "q").await.unwrap(), Some(later));
    assert!(store.parameters(&theirs, "t").await.unwrap().is_some());
    assert_eq!(place.number("SELECT COUNT(*) FROM import_failures").await, 2);
    assert_eq!(store.remove_expired_parameters(&scope().tenant, Timestamp(i64::MAX)).await.unwrap(), 1);
}

async fn pairs_come_out_once(place: &Place) {
    let store = place.store().await;
    let spec = WrappingKeySpec::Rsa2048;
    assert_eq!(store.take_key_pair(spec).await.unwrap(), None);
    store.put_key_pair(&key_pair("a", spec)).await.unwrap();
    store.put_key_pair(&key_pair("b", spec)).await.unwrap();
    assert_eq!(store.count_key_pairs(spec).await.unwrap(), 2);
    let mut taken = vec![store.take_key_pair(spec).await.unwrap(), store.take_key_pair(spec).await.unwrap()];
    taken.sort_by_key(|pair| pair.as_ref().map(|pair| pair.id.clone()));
    assert_eq!(taken, [Some(key_pair("a", spec)), Some(key_pair("b", spec))]);
    assert_eq!(store.take_key_pair(spec).await.unwrap(), None);
    assert_eq!(store.count_key_pairs(spec).await.unwrap(), 0);
}

async fn pairs_are_kept_apart_by_kind(place: &Place) {
    let store = place.store().await;
    for spec in WrappingKeySpec::ALL {
        store.put_key_pair(&key_pair(spec.word(), *spec)).await.unwrap();
    }
    for spec in WrappingKeySpec::ALL {
        assert_eq!(store.count_key_pairs(*spec).await.unwrap(), 1);
        assert_eq!(store.take_key_pair(*spec).await.unwrap(), Some(key_pair(spec.word(), *spec)));
    }
}

async fn a_taken_pair_identifier_is_refused(place: &Place) {
    let store = place.store().await;
    store.put_key_pair(&key_pair("a", WrappingKeySpec::Sm2)).await.unwrap();
    let refused = store.put_key_pair(&key_pair("a", WrappingKeySpec::Rsa4096)).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
}

async fn parameters_that_cannot_be_read_are_named(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 3, false).await.unwrap();
    for (spoil, expected) in [
        ("UPDATE import_parameters SET wrapping_key = 'PAPER'", "wrapping_key"),
        ("UPDATE import_parameters SET algorithm = 'STRING'", "algorithm"),
    ] {
        place.run(spoil).await;
        match store.parameters(&scope(), "p").await {
            Err(StoreError::Corrupt { table: "import_parameters", column, key }) => {
                assert_eq!((column, key.as_str()), (expected, "p"));
            }
            other => panic!("{other:?}"),
        }
    }
}

async fn copies_are_given_material_with_their_primary(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    let west = Scope::new(scope().tenant, "us-west-2");
    store.insert_key(&Key { scope: west.clone(), ..key("k") }, &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), 5, false).await.unwrap();
    let copy = |revision| ChangedKey {
        key: Key { scope: west.clone(), revision, ..enabled_key("k") },
        materials: vec![bytes("m1", b"there")],
    };
    let stale = store.commit_import(&enabled_key("k"), &[bytes("m1", b"here")], &[copy(2)], "p").await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    let unknown = store.commit_import(&enabled_key("k"), &[bytes("m1", b"here")], &[copy(1)], "q").await;
    assert!(matches!(unknown, Err(StoreError::Stale)), "{unknown:?}");
    for scope in [&scope(), &west] {
        assert_eq!(store.key(scope, &KeyId::from("k")).await.unwrap().unwrap().revision, 1);
    }
    store.commit_import(&enabled_key("k"), &[bytes("m1", b"here")], &[copy(1)], "p").await.unwrap();
    for (scope, expected) in [(&scope(), b"here".as_slice()), (&west, b"there")] {
        let sealed = store.sealed_material(scope, &KeyId::from("k"), &material("m1", 1).id).await.unwrap();
        assert_eq!(sealed, Some(Sealed(expected.to_vec())));
    }
}
