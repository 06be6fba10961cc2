//! Promises of `KeyStores`, and of keys that live in key stores.

use import_engine::store::{Sealed, StoreError};
use import_engine::{Connection, ConnectionState, Key, KeyState, KeyStore, KeyStoreKind, Origin, Residence, Scope};
use tokio::task::JoinSet;

use crate::place::Place;
use crate::samples::{NOON, bytes, enabled_key, key_in, scope, tenant};

promises! {
    a_key_store_reads_back_as_it_was_stored,
    taken_identifiers_names_and_claims_are_refused_in_the_scope_only,
    a_change_is_stored_on_its_revision,
    a_change_to_a_taken_name_or_claim_is_refused,
    a_secret_stays_until_there_is_another,
    key_stores_are_listed_by_identifier,
    a_key_knows_its_store_as_it_is_now,
    an_unavailable_key_is_stored_as_what_it_will_be,
    an_outside_key_is_taken_once_in_a_store,
    a_key_cannot_move_into_a_store_that_is_gone,
    a_store_with_keys_stays,
    of_many_stores_of_one_name_one_is_made,
}

const SECRET: &[u8] = &[1, 0, 2];

fn secret() -> Sealed {
    Sealed(SECRET.to_vec())
}

fn store(id: &str) -> KeyStore {
    KeyStore {
        scope: scope(),
        id: id.to_owned(),
        name: format!("name of {id} \0"),
        kind: KeyStoreKind::Outside,
        claim: format!("claim of {id}"),
        attributes: r#"{"a":"\u{1a}"}"#.to_owned(),
        connection: Connection { state: ConnectionState::Connected, settles_at: NOON, fault: None },
        created_at: NOON,
        revision: 1,
    }
}

fn resident(id: &str, store: &KeyStore, outside_key: Option<&str>) -> Key {
    let residence = Residence {
        store: store.id.clone(),
        outside_key: outside_key.map(str::to_owned),
        store_attributes: store.attributes.clone(),
        connection: store.connection.clone(),
        resumes: KeyState::Enabled,
    };
    Key { origin: Origin::Outside, residence: Some(residence), ..enabled_key(id) }
}

async fn a_key_store_reads_back_as_it_was_stored(place: &Place) {
    let place = place.store().await;
    let connection =
        Connection { state: ConnectionState::Connecting, settles_at: NOON.plus_seconds(2), fault: Some("X".into()) };
    let store = KeyStore { connection, ..store("s") };
    place.insert_key_store(&store, &secret()).await.unwrap();
    assert_eq!(place.key_store(&scope(), "s").await.unwrap(), Some(store));
    assert_eq!(place.key_store(&scope(), "t").await.unwrap(), None);
    assert_eq!(place.key_store_secret(&scope(), "s").await.unwrap(), Some(secret()));
    assert_eq!(place.key_store_secret(&scope(), "t").await.unwrap(), None);
}

async fn taken_identifiers_names_and_claims_are_refused_in_the_scope_only(place: &Place) {
    let place = place.store().await;
    place.insert_key_store(&store("s"), &secret()).await.unwrap();
    for taken in [
        KeyStore { id: "s".into(), ..store("t") },
        KeyStore { name: store("s").name, ..store("t") },
        KeyStore { claim: store("s").claim, ..store("t") },
    ] {
        let refused = place.insert_key_store(&taken, &secret()).await;
        assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    }
    let elsewhere = Scope::new(tenant("111122223333"), "eu-west-1");
    place.insert_key_store(&KeyStore { scope: elsewhere.clone(), ..store("s") }, &secret()).await.unwrap();
    assert_eq!(place.key_stores(&elsewhere).await.unwrap().len(), 1);
    assert_eq!(place.key_stores(&scope()).await.unwrap(), [store("s")]);
}

async fn a_change_is_stored_on_its_revision(place: &Place) {
    let place = place.store().await;
    place.insert_key_store(&store("s"), &secret()).await.unwrap();
    let connection = Connection { state: ConnectionState::Disconnecting, settles_at: NOON, fault: Some("F".into()) };
    let changed = KeyStore { name: "n".into(), claim: "c".into(), attributes: "[]".into(), connection, ..store("s") };
    place.commit_key_store(&changed, None).await.unwrap();
    assert_eq!(place.key_store(&scope(), "s").await.unwrap(), Some(KeyStore { revision: 2, ..changed.clone() }));
    let stale = place.commit_key_store(&changed, None).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    let absent = place.commit_key_store(&store("t"), None).await;
    assert!(matches!(absent, Err(StoreError::Stale)), "{absent:?}");
}

async fn a_change_to_a_taken_name_or_claim_is_refused(place: &Place) {
    let place = place.store().await;
    for id in ["s", "t"] {
        place.insert_key_store(&store(id), &secret()).await.unwrap();
    }
    for taken in [KeyStore { name: store("s").name, ..store("t") }, KeyStore { claim: store("s").claim, ..store("t") }]
    {
        let refused = place.commit_key_store(&taken, None).await;
        assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    }
    assert_eq!(place.key_store(&scope(), "t").await.unwrap(), Some(store("t")));
}

async fn a_secret_stays_until_there_is_another(place: &Place) {
    let place = place.store().await;
    place.insert_key_store(&store("s"), &secret()).await.unwrap();
    place.commit_key_store(&store("s"), None).await.unwrap();
    assert_eq!(place.key_store_secret(&scope(), "s").await.unwrap(), Some(secret()));
    let other = Sealed(vec![9]);
    place.commit_key_store(&KeyStore { revision: 2, ..store("s") }, Some(&other)).await.unwrap();
    assert_eq!(place.key_store_secret(&scope(), "s").await.unwrap(), Some(other));
}

async fn key_stores_are_listed_by_identifier(place: &Place) {
    let place = place.store().await;
    for id in ["b", "B", "a"] {
        place.insert_key_store(&store(id), &secret()).await.unwrap();
    }
    let listed: Vec<String> = place.key_stores(&scope()).await.unwrap().into_iter().map(|store| store.id).collect();
    assert_eq!(listed, ["B", "a", "b"]);
}

async fn a_key_knows_its_store_as_it_is_now(place: &Place) {
    let place = place.store().await;
    place.insert_key_store(&store("s"), &secret()).await.unwrap();
    let key = resident("k", &store("s"), Some("outside \0"));
    place.insert_key(&key, &[bytes("m1", b"x")]).await.unwrap();
    assert_eq!(place.key(&scope(), &"k".into()).await.unwrap(), Some(key.clone()));
    assert_eq!(place.keys_after(&scope(), None, 9).await.unwrap(), [key]);

    let connection = Connection { state: ConnectionState::Disconnected, settles_at: NOON, fault: None };
    let changed = KeyStore { connection, attributes: "[]".into(), ..store("s") };
    place.commit_key_store(&changed, None).await.unwrap();
    let found = place.key(&scope(), &"k".into()).await.unwrap().unwrap();
    let residence = found.residence.clone().unwrap();
    assert_eq!(residence.connection, changed.connection);
    assert_eq!(residence.store_attributes, "[]");
    assert_eq!(found.revision, 1);
    place.commit_key(&Key { description: "d".into(), ..found }, &[]).await.unwrap();
    assert_eq!(place.key(&scope(), &"k".into()).await.unwrap().unwrap().residence, Some(residence));
}

async fn an_unavailable_key_is_stored_as_what_it_will_be(place: &Place) {
    let place = place.store().await;
    place.insert_key_store(&store("s"), &secret()).await.unwrap();
    let key = resident("k", &store("s"), None);
    place.insert_key(&key, &[bytes("m1", b"x")]).await.unwrap();
    let mut unavailable = Key { state: KeyState::Unavailable, ..key };
    unavailable.residence.as_mut().unwrap().resumes = KeyState::Disabled;
    place.commit_key(&unavailable, &[]).await.unwrap();
    let found = place.key(&scope(), &"k".into()).await.unwrap().unwrap();
    assert_eq!((found.state, found.residence.unwrap().resumes), (KeyState::Disabled, KeyState::Disabled));
}

async fn an_outside_key_is_taken_once_in_a_store(place: &Place) {
    let place = place.store().await;
    for id in ["s", "t"] {
        place.insert_key_store(&store(id), &secret()).await.unwrap();
    }
    place.insert_key(&resident("k", &store("s"), Some("o")), &[bytes("m1", b"x")]).await.unwrap();
    let taken = place.insert_key(&resident("l", &store("s"), Some("o")), &[bytes("m1", b"x")]).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists)), "{taken:?}");
    assert_eq!(place.key(&scope(), &"l".into()).await.unwrap(), None);
    place.insert_key(&resident("l", &store("t"), Some("o")), &[bytes("m1", b"x")]).await.unwrap();
    for id in ["m", "n"] {
        place.insert_key(&resident(id, &store("s"), None), &[bytes("m1", b"x")]).await.unwrap();
    }
    assert_eq!(place.count_residents(&scope(), "s").await.unwrap(), 3);
    assert_eq!(place.count_residents(&scope(), "t").await.unwrap(), 1);
}

async fn a_key_cannot_move_into_a_store_that_is_gone(place: &Place) {
    let place = place.store().await;
    let refused = place.insert_key(&resident("k", &store("s"), None), &[bytes("m1", b"x")]).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    assert_eq!(place.key(&scope(), &"k".into()).await.unwrap(), None);
}

async fn a_store_with_keys_stays(place: &Place) {
    let place = place.store().await;
    place.insert_key_store(&store("s"), &secret()).await.unwrap();
    place.insert_key(&resident("k", &store("s"), Some("o")), &[bytes("m1", b"x")]).await.unwrap();
    let refused = place.remove_key_store(&store("s")).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    place.remove_key(&resident("k", &store("s"), Some("o"))).await.unwrap();
    let stale = place.remove_key_store(&KeyStore { revision: 2, ..store("s") }).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    place.remove_key_store(&store("s")).await.unwrap();
    assert_eq!(place.key_store(&scope(), "s").await.unwrap(), None);
    place.insert_key(&key_in(scope(), "l"), &[]).await.unwrap();
    assert_eq!(place.key(&scope(), &"l".into()).await.unwrap().unwrap().residence, None);
}

async fn of_many_stores_of_one_name_one_is_made(place: &Place) {
    let place = place.store().await;
    let tries = (0..8).map(|number| {
        let place = place.clone();
        async move {
            let store = KeyStore { name: "n".into(), ..store(&number.to_string()) };
            place.insert_key_store(&store, &secret()).await
        }
    });
    let results = tries.collect::<JoinSet<_>>().join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(place.key_stores(&scope()).await.unwrap().len(), 1);
}
