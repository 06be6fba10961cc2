//! What happens when several callers want the same at once.

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use import_engine::store::StoreError;
use import_engine::{Key, WrappingKeySpec};
use sqlx::{Connection, SqliteConnection};
use tokio::task::JoinSet;

use crate::place::Place;
use crate::samples::{bytes, enabled_key, key, key_pair, parameters, scope};

promises! {
    of_two_commits_one_is_stale,
    no_pair_is_taken_twice,
    only_one_of_many_names_is_stored,
    one_set_is_left_good,
    failures_are_all_counted,
    an_import_and_newer_parameters_do_not_both_win,
    the_first_of_many_notes_stays,
    removal_during_everything_ends_well,
    what_the_database_gives_up_is_tried_again,
    two_programs_share_a_database,
}

/// How many callers there are at once.
const CALLERS: usize = 16;

/// Starts all of them, each in a task of its own, and waits for the last.
async fn together<T: Send + 'static>(
    futures: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    futures.into_iter().collect::<JoinSet<T>>().join_all().await
}

async fn of_two_commits_one_is_stale(place: &Place) {
    let store = place.store().await;
    store.insert_key(&enabled_key("k"), &[bytes("m1", b"x")]).await.unwrap();
    for revision in 1..=20 {
        let results = together((0..2).map(|caller| {
            let store = store.clone();
            async move {
                let changed = Key { revision, description: caller.to_string(), ..enabled_key("k") };
                store.commit_key(&changed, &[bytes("m1", &[caller])]).await
            }
        }))
        .await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert!(results.iter().any(|result| matches!(result, Err(StoreError::Stale))), "{results:?}");
        // Record and bytes are of the same winner.
        let stored = store.key(&scope(), &key("k").id).await.unwrap().unwrap();
        let sealed = store.sealed_material(&scope(), &stored.id, &stored.materials[0].id).await.unwrap().unwrap();
        assert_eq!(stored.revision, revision + 1);
        assert_eq!(stored.description, sealed.0[0].to_string());
    }
}

async fn no_pair_is_taken_twice(place: &Place) {
    let store = place.store().await;
    let spec = WrappingKeySpec::Rsa2048;
    for round in 0..4 {
        for number in 0..CALLERS {
            store.put_key_pair(&key_pair(&format!("{round}-{number:02}"), spec)).await.unwrap();
        }
        let taken = together((0..CALLERS).map(|_| {
            let store = store.clone();
            async move { store.take_key_pair(spec).await.unwrap() }
        }))
        .await;
        let ids: HashSet<String> = taken.into_iter().map(|pair| pair.expect("there is one for each").id).collect();
        assert_eq!(ids.len(), CALLERS);
        assert_eq!(store.count_key_pairs(spec).await.unwrap(), 0);
    }
}

async fn only_one_of_many_names_is_stored(place: &Place) {
    let store = place.store().await;
    for number in 0..CALLERS {
        store.insert_key(&key(&format!("old-{number}")), &[]).await.unwrap();
    }
    let results = together((0..CALLERS).map(|number| {
        let store = store.clone();
        async move {
            let name = Some("n".to_owned());
            if number % 2 == 0 {
                store.insert_key(&Key { name, ..key(&format!("new-{number}")) }, &[]).await
            } else {
                store.commit_key(&Key { name, ..key(&format!("old-{number}")) }, &[]).await
            }
        }
    }))
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    let refused = |result: &Result<(), StoreError>| matches!(result, Ok(()) | Err(StoreError::AlreadyExists));
    assert!(results.iter().all(refused), "{results:?}");
}

async fn one_set_is_left_good(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    let results = together((0..CALLERS).map(|number| {
        let store = store.clone();
        async move { store.insert_parameters(&parameters(&number.to_string(), "k"), 3, true).await }
    }))
    .await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(place.number("SELECT COUNT(*) FROM import_parameters WHERE NOT superseded").await, 1);
    assert_eq!(place.number("SELECT COUNT(*) FROM import_parameters WHERE private_key IS NOT NULL").await, 1);
}

async fn failures_are_all_counted(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("p", "k"), u32::try_from(CALLERS).unwrap() + 1, false).await.unwrap();
    let results = together((0..CALLERS).map(|_| {
        let store = store.clone();
        async move { store.charge_failure(&scope(), "p").await }
    }))
    .await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(place.number("SELECT failures_left FROM import_failures").await, 1);
    assert!(store.parameters(&scope(), "p").await.unwrap().unwrap().private_key.is_some());
    store.charge_failure(&scope(), "p").await.unwrap();
    assert!(store.parameters(&scope(), "p").await.unwrap().unwrap().private_key.is_none());
}

async fn an_import_and_newer_parameters_do_not_both_win(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_parameters(&parameters("0", "k"), 3, true).await.unwrap();
    for round in 1..=20 {
        let before = store.key(&scope(), &key("k").id).await.unwrap().unwrap();
        let import = {
            let (store, key) = (store.clone(), Key { revision: before.revision, ..enabled_key("k") });
            async move { store.commit_import(&key, &[bytes("m1", b"x")], &[], &(round - 1).to_string()).await }
        };
        let newer = {
            let store = store.clone();
            async move { store.insert_parameters(&parameters(&round.to_string(), "k"), 3, true).await }
        };
        let (import, newer) = tokio::join!(tokio::spawn(import), tokio::spawn(newer));
        newer.unwrap().unwrap();
        let after = store.key(&scope(), &key("k").id).await.unwrap().unwrap();
        match import.unwrap() {
            Ok(()) => assert_eq!(after.revision, before.revision + 1),
            Err(StoreError::Stale) => assert_eq!(after, before),
            Err(other) => panic!("{other:?}"),
        }
        assert_eq!(place.number("SELECT COUNT(*) FROM import_parameters WHERE NOT superseded").await, 1);
    }
}

async fn the_first_of_many_notes_stays(place: &Place) {
    let store = place.store().await;
    let seen = together((0..CALLERS).map(|number| {
        let store = store.clone();
        async move { store.note("n", number.to_string().as_bytes()).await.unwrap() }
    }))
    .await;
    assert!(seen.iter().all(|value| *value == seen[0]), "{seen:?}");
}

/// Locks are taken in the same order everywhere, or the transaction is begun again: whatever meets
/// a removal is answered, and never with `Unavailable`.
async fn removal_during_everything_ends_well(place: &Place) {
    let store = place.store().await;
    for round in 0..10 {
        let id = format!("k{round}");
        let set = format!("p{round}");
        store.insert_key(&key(&id), &[]).await.unwrap();
        store.insert_parameters(&parameters(&set, &id), 1, true).await.unwrap();
        let results = together((0..6).map(|caller| {
            let (store, id, set) = (store.clone(), id.clone(), set.clone());
            async move {
                match caller {
                    0 => store.remove_key(&key(&id)).await,
                    1 => store.charge_failure(&scope(), &set).await,
                    2 => store.insert_parameters(&parameters(&format!("{set}-newer"), &id), 1, true).await,
                    3 => store.commit_import(&enabled_key(&id), &[bytes("m1", b"x")], &[], &set).await,
                    4 => {
                        let end = parameters(&set, &id).valid_to;
                        store.remove_expired_parameters(&scope().tenant, end).await.map(|_| ())
                    }
                    _ => store.key(&scope(), &key(&id).id).await.map(|_| ()),
                }
            }
        }))
        .await;
        let answered = |result: &Result<(), StoreError>| matches!(result, Ok(()) | Err(StoreError::Stale));
        assert!(results.iter().all(answered), "{results:?}");
    }
}

/// On Postgres a trigger makes the first two attempts fail as unserializable (a sequence counts
/// them: it is not rolled back). On SQLite another program holds the file for longer than one
/// attempt waits.
async fn what_the_database_gives_up_is_tried_again(place: &Place) {
    let store = place.store().await;
    if place.is_sqlite() {
        let mut other = SqliteConnection::connect(&place.url).await.unwrap();
        let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let write = tokio::spawn(async move { store.note("n", b"x").await });
        tokio::time::sleep(Duration::from_millis(2500)).await;
        lock.rollback().await.unwrap();
        assert_eq!(write.await.unwrap().unwrap(), b"x");
        return;
    }
    place.run("CREATE SEQUENCE attempts").await;
    place
        .run(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 IF nextval('attempts') <= 2 THEN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END IF; \
                 RETURN NEW; \
             END $$",
        )
        .await;
    place.run("CREATE TRIGGER refuse BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION refuse()").await;
    assert_eq!(store.note("n", b"x").await.unwrap(), b"x");
    assert_eq!(place.number("SELECT nextval('attempts')").await, 4);
}

async fn two_programs_share_a_database(place: &Place) {
    let stores = [place.store().await, place.store().await];
    stores[0].insert_key(&enabled_key("k"), &[bytes("m1", b"x")]).await.unwrap();
    for revision in 1..=10 {
        let results = together(stores.iter().cloned().map(|store| async move {
            store.commit_key(&Key { revision, ..enabled_key("k") }, &[bytes("m1", b"y")]).await
        }))
        .await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert!(results.iter().any(|result| matches!(result, Err(StoreError::Stale))), "{results:?}");
        for store in &stores {
            let stored = store.key(&scope(), &key("k").id).await.unwrap().unwrap();
            assert_eq!(stored.revision, revision + 1, "what was answered is seen by everyone");
        }
    }
}
