//! Records: unique by name, changed from what is stored, gone when they are due or their key is.

use std::sync::Arc;

use import_engine::store::Record;
use import_engine::{Error, KeyId, KeyIdForm, Material, NewRecord, RecordId, Scope, Timestamp};
use sqlx::{Connection, SqliteConnection};
use tokio::task::JoinSet;

use crate::world::{START, World, scope};

const KIND: &str = "thing";

fn new(id: &str) -> NewRecord {
    NewRecord {
        kind: KIND,
        id: RecordId::Known(id.to_owned()),
        name: None,
        key: None,
        attributes: "0".to_owned(),
        due_at: None,
        secrets: Vec::new(),
        most: None,
    }
}

fn named(id: &str, name: &str) -> NewRecord {
    NewRecord { name: Some(name.to_owned()), ..new(id) }
}

fn not_found(id: &str) -> Error {
    Error::RecordNotFound { kind: KIND.to_owned(), id: id.to_owned() }
}

fn taken(name: &str) -> Error {
    Error::RecordTaken { kind: KIND.to_owned(), name: name.to_owned() }
}

fn counted(record: Record, _: Timestamp) -> Result<Record, Error> {
    let number: u32 = record.attributes.parse().map_err(Error::internal)?;
    Ok(Record { attributes: (number + 1).to_string(), ..record })
}

async fn ids(world: &World, key: Option<&KeyId>) -> String {
    let records = world.engine.records(&scope("1"), KIND, key).await.unwrap();
    records.iter().map(|record| record.id.as_str()).collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_made_changed_and_removed() {
    let world = World::new().await;
    let mine = scope("1");
    let fresh = NewRecord { id: RecordId::Fresh(KeyIdForm::RandomUuid), ..named("", "x") };
    let made = world.engine.create_record(&mine, fresh).await.unwrap();
    assert_eq!((made.id.len(), made.created_at, made.revision), (36, START, 1));
    assert_eq!(world.engine.record(&mine, KIND, &made.id).await, Ok(made.clone()));
    assert_eq!(world.engine.record_named(&mine, KIND, "x").await, Ok(Some(made.clone())));
    assert_eq!(world.engine.record(&scope("2"), KIND, &made.id).await, Err(not_found(&made.id)));
    let changed = world.engine.edit_record(&mine, KIND, &made.id, counted).await.unwrap();
    assert_eq!((changed.attributes.as_str(), changed.revision), ("1", 2));
    assert_eq!(world.engine.record(&mine, KIND, &made.id).await, Ok(changed.clone()));
    // What never changes stays, whatever is answered; a change of nothing is none.
    let same = |record: Record, _| Ok::<_, Error>(Record { id: String::new(), created_at: Timestamp(0), ..record });
    assert_eq!(world.engine.edit_record(&mine, KIND, &made.id, same).await, Ok(changed.clone()));
    let refused = world.engine.remove_record(&mine, KIND, &made.id, |_, _| Err(Error::DeletionWindow)).await;
    assert_eq!(refused, Err(Error::DeletionWindow));
    let removed = world.engine.remove_record(&mine, KIND, &made.id, |_, _| Ok::<_, Error>(())).await;
    assert_eq!(removed, Ok(changed));
    assert_eq!(world.engine.record(&mine, KIND, &made.id).await, Err(not_found(&made.id)));
    assert_eq!(world.engine.edit_record(&mine, KIND, &made.id, counted).await, Err(not_found(&made.id)));
    let again = world.engine.remove_record(&mine, KIND, &made.id, |_, _| Ok(())).await;
    assert_eq!(again, Err(not_found(&made.id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_identifiers_and_numbers_are_held() {
    let world = World::new().await;
    let mine = scope("1");
    world.engine.create_record(&mine, named("a", "x")).await.unwrap();
    assert_eq!(world.engine.create_record(&mine, new("a")).await, Err(taken("a")));
    assert_eq!(world.engine.create_record(&mine, named("b", "x")).await, Err(taken("x")));
    let full = NewRecord { most: Some(1), ..new("b") };
    assert_eq!(world.engine.create_record(&mine, full).await, Err(Error::TooManyRecords(KIND.to_owned())));
    world.engine.create_record(&mine, NewRecord { most: Some(2), ..named("b", "y") }).await.unwrap();
    let renamed = |record: Record, _| Ok::<_, Error>(Record { name: Some("x".to_owned()), ..record });
    assert_eq!(world.engine.edit_record(&mine, KIND, "b", renamed).await, Err(taken("x")));
    assert_eq!(world.engine.record(&mine, KIND, "b").await.unwrap().name.as_deref(), Some("y"));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_are_changed_all_or_none() {
    let world = World::new().await;
    let mine = scope("1");
    for id in ["a", "b"] {
        world.engine.create_record(&mine, new(id)).await.unwrap();
    }
    let refusing =
        |record: Record, now| if record.id == "a" { Err(Error::DeletionWindow) } else { counted(record, now) };
    let refused = world.engine.edit_records(&mine, KIND, &["b", "a"], refusing).await;
    assert_eq!(refused, Err(Error::DeletionWindow));
    assert_eq!(world.engine.edit_records(&mine, KIND, &["b", "c"], counted).await, Err(not_found("c")));
    for id in ["a", "b"] {
        assert_eq!(world.engine.record(&mine, KIND, id).await.unwrap().attributes, "0");
    }
    let changed = world.engine.edit_records(&mine, KIND, &["b", "a"], counted).await.unwrap();
    assert_eq!(changed.iter().map(|record| record.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    for record in changed {
        assert_eq!((record.attributes.as_str(), record.revision), ("1", 2));
        assert_eq!(world.engine.record(&mine, KIND, &record.id).await, Ok(record));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_is_lost() {
    let world = World::new().await;
    for id in ["a", "b"] {
        world.engine.create_record(&scope("1"), new(id)).await.unwrap();
    }
    let tries = (0..8).map(|number| {
        let engine = Arc::clone(&world.engine);
        let ids = if number % 2 == 0 { ["a", "b"] } else { ["b", "a"] };
        async move { engine.edit_records(&scope("1"), KIND, &ids, counted).await }
    });
    for result in tries.collect::<JoinSet<_>>().join_all().await {
        result.unwrap();
    }
    for id in ["a", "b"] {
        assert_eq!(world.engine.record(&scope("1"), KIND, id).await.unwrap().attributes, "8");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_due_is_gone_before_any_sweep_and_makes_room() {
    let world = World::new().await;
    let mine = scope("1");
    let due_at = Some(START.plus_seconds(60));
    world.engine.create_record(&mine, NewRecord { due_at, ..named("a", "x") }).await.unwrap();
    world.clock.advance_seconds(59);
    assert_eq!(ids(&world, None).await, "a");
    world.clock.advance_seconds(1);
    assert_eq!(ids(&world, None).await, "");
    assert_eq!(world.engine.record(&mine, KIND, "a").await, Err(not_found("a")));
    assert_eq!(world.engine.record_named(&mine, KIND, "x").await, Ok(None));
    assert_eq!(world.engine.edit_record(&mine, KIND, "a", counted).await, Err(not_found("a")));
    world.engine.create_record(&mine, named("b", "x")).await.unwrap();
    world.engine.create_record(&mine, NewRecord { most: Some(2), ..new("a") }).await.unwrap();
    assert_eq!(ids(&world, None).await, "a b");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_goes_with_its_key() {
    let world = World::new().await;
    let mine = scope("1");
    let (dying, other) = (world.aes_key(&mine).await, world.aes_key(&mine).await);
    let of = |id: &str, key: &KeyId| NewRecord { key: Some(key.clone()), ..new(id) };
    let missing = world.engine.create_record(&mine, of("z", &"no such key".into())).await;
    assert_eq!(missing, Err(Error::KeyNotFound("no such key".into())));
    world.engine.create_record(&mine, of("a", &dying)).await.unwrap();
    world.engine.create_record(&mine, of("b", &other)).await.unwrap();
    assert_eq!(ids(&world, Some(&dying)).await, "a");
    world.engine.schedule_deletion(&mine, &dying, 7).await.unwrap();
    assert_eq!(ids(&world, Some(&dying)).await, "a");
    world.clock.advance_seconds(7 * 86_400);
    assert_eq!(ids(&world, None).await, "b");
    assert_eq!(world.engine.create_record(&mine, of("c", &dying)).await, Err(Error::KeyNotFound(dying.clone())));
    world.engine.sweep().await.unwrap();
    assert_eq!(ids(&world, None).await, "b");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_sealed_to_their_place() {
    let world = World::new().await;
    let mine = scope("1");
    let secret = |text: &str| Material::copy_of(text.as_bytes());
    let secrets = vec![("one", secret("first secret")), ("two", secret("second secret"))];
    let due_at = Some(START.plus_seconds(60));
    world.engine.create_record(&mine, NewRecord { secrets, due_at, ..new("a") }).await.unwrap();
    world.engine.create_record(&mine, NewRecord { secrets: vec![("one", secret("x"))], ..new("b") }).await.unwrap();
    let open = async |scope: &Scope, id: &str, name: &str| world.engine.record_secret(scope, KIND, id, name).await;
    assert_eq!(open(&mine, "a", "two").await.unwrap().expose(), b"second secret");
    assert_eq!(open(&mine, "a", "three").await.err(), Some(not_found("a")));
    assert_eq!(open(&scope("2"), "a", "one").await.err(), Some(not_found("a")));
    let mut rows = SqliteConnection::connect(&format!("sqlite:{}", world.file.display())).await.unwrap();
    let plain = "SELECT COUNT(*) FROM record_secrets WHERE instr(sealed, 'secret') > 0";
    assert_eq!(sqlx::query_scalar::<_, i64>(plain).fetch_one(&mut rows).await.unwrap(), 0);
    // Moved to another row, a secret does not open.
    let swap = "UPDATE record_secrets SET sealed = (SELECT sealed FROM record_secrets WHERE record = 'a' AND name = 'one') \
         WHERE record = 'b'";
    sqlx::query(swap).execute(&mut rows).await.unwrap();
    assert!(matches!(open(&mine, "b", "one").await, Err(Error::Internal(_))));
    world.clock.advance_seconds(60);
    assert_eq!(open(&mine, "a", "one").await.err(), Some(not_found("a")));
    world.engine.sweep().await.unwrap();
    let left = "SELECT COUNT(*) FROM record_secrets";
    assert_eq!(sqlx::query_scalar::<_, i64>(left).fetch_one(&mut rows).await.unwrap(), 1);
}
