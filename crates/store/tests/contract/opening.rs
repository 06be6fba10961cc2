//! Opening, closing, migrating.

use std::os::unix::fs::PermissionsExt;

use import_engine::Key;
use store::{OpenError, OpenOptions, SchemaState, migrate, open, schema_state};

use crate::place::Place;
use crate::samples::{bytes, enabled_key, scope};

promises! {
    reopening_keeps_everything,
    an_empty_database_is_refused_unless_migrated,
    a_newer_schema_is_refused,
    a_foreign_schema_is_refused,
    migrating_twice_is_migrating_once,
    many_may_migrate_at_once,
    a_closed_store_is_unavailable,
    a_file_is_made_for_its_owner_only,
}

async fn reopening_keeps_everything(place: &Place) {
    let first = place.database().await;
    let store = first.store();
    store.insert_key(&enabled_key("k"), &[bytes("m1", b"x")]).await.unwrap();
    store.commit_key(&enabled_key("k"), &[]).await.unwrap();
    first.close().await;
    let second = open(&OpenOptions { migrate: false, ..place.options() }).await.unwrap();
    let stored = second.store().key(&scope(), &enabled_key("k").id).await.unwrap();
    assert_eq!(stored, Some(Key { revision: 2, ..enabled_key("k") }));
    assert_eq!(second.schema_state().await.unwrap(), SchemaState::Current);
}

async fn an_empty_database_is_refused_unless_migrated(place: &Place) {
    let refused = open(&OpenOptions { migrate: false, ..place.options() }).await;
    let Err(OpenError::Schema(SchemaState::Behind { found: 0, known })) = refused else { panic!("{refused:?}") };
    assert!(known >= 1);
    assert_eq!(schema_state(&place.url).await.unwrap(), SchemaState::Behind { found: 0, known });
    migrate(&place.url).await.unwrap();
    assert_eq!(schema_state(&place.url).await.unwrap(), SchemaState::Current);
    open(&OpenOptions { migrate: false, ..place.options() }).await.unwrap();
}

async fn a_newer_schema_is_refused(place: &Place) {
    let database = place.database().await;
    place
        .run(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT 9000, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
        )
        .await;
    assert!(matches!(database.schema_state().await.unwrap(), SchemaState::Ahead { found: 9000, .. }));
    for migrate in [false, true] {
        let refused = open(&OpenOptions { migrate, ..place.options() }).await;
        let Err(OpenError::Schema(SchemaState::Ahead { found: 9000, .. })) = refused else { panic!("{refused:?}") };
    }
}

async fn a_foreign_schema_is_refused(place: &Place) {
    place.database().await;
    place.run("UPDATE _sqlx_migrations SET checksum = SUBSTR(checksum, 2) WHERE version = 1").await;
    for migrate in [false, true] {
        let refused = open(&OpenOptions { migrate, ..place.options() }).await;
        let Err(OpenError::Schema(SchemaState::Foreign { version: 1 })) = refused else { panic!("{refused:?}") };
    }
}

async fn migrating_twice_is_migrating_once(place: &Place) {
    migrate(&place.url).await.unwrap();
    migrate(&place.url).await.unwrap();
    assert_eq!(schema_state(&place.url).await.unwrap(), SchemaState::Current);
}

async fn many_may_migrate_at_once(place: &Place) {
    let results = futures_util::future::join_all((0..12).map(|_| migrate(&place.url))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(schema_state(&place.url).await.unwrap(), SchemaState::Current);
}

async fn a_closed_store_is_unavailable(place: &Place) {
    let database = place.database().await;
    let store = database.store();
    database.close().await;
    assert!(store.ping().await.is_err());
}

async fn a_file_is_made_for_its_owner_only(place: &Place) {
    if !place.is_sqlite() {
        return;
    }
    let database = place.database().await;
    database.store().note("n", b"x").await.unwrap();
    for file in std::fs::read_dir(place.folder()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}
