//! Labels: unique in their scope, some to a key, gone with it. Three to a key here.

use std::sync::Arc;

use import_engine::{Error, Key, KeyId};
use tokio::task::JoinSet;

use crate::world::{World, scope};

fn anything(_: &Key, _: &Key) -> Result<(), Error> {
    Ok(())
}

async fn names(world: &World, key: Option<&KeyId>) -> Vec<String> {
    let page = world.engine.list_labels(&scope("1"), key, None, 100).await.unwrap();
    assert!(!page.truncated);
    page.labels.into_iter().map(|label| label.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_lead_to_keys_and_move() {
    let world = World::new().await;
    let mine = scope("1");
    let (first, second) = (world.aes_key(&mine).await, world.aes_key(&mine).await);
    let made = world.engine.create_label(&mine, "a", &first).await.unwrap();
    assert_eq!(world.engine.label(&mine, "a").await.unwrap(), made);
    let taken = world.engine.create_label(&mine, "a", &second).await;
    assert_eq!(taken, Err(Error::NameTaken("a".into())));
    world.engine.move_label(&mine, "a", &second, anything).await.unwrap();
    assert_eq!(world.engine.label(&mine, "a").await.unwrap().key, second);
    assert_eq!(names(&world, Some(&first)).await, Vec::<String>::new());
    world.engine.delete_label(&mine, "a").await.unwrap();
    let gone = Err(Error::LabelNotFound("a".into()));
    assert_eq!(world.engine.label(&mine, "a").await, gone);
    assert_eq!(world.engine.move_label(&mine, "a", &second, anything).await, gone);
    assert_eq!(world.engine.delete_label(&mine, "a").await, Err(Error::LabelNotFound("a".into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_room_for_so_many() {
    let world = World::new().await;
    let mine = scope("1");
    let (full, other) = (world.aes_key(&mine).await, world.aes_key(&mine).await);
    let engine = Arc::clone(&world.engine);
    let tries = (0..8).map(|number| {
        let (engine, full) = (engine.clone(), full.clone());
        async move { engine.create_label(&scope("1"), &number.to_string(), &full).await }
    });
    let results = tries.collect::<JoinSet<_>>().join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3, "{results:?}");
    let too_many = Err(Error::TooManyLabels(full.clone()));
    for result in results.into_iter().filter(Result::is_err) {
        assert_eq!(result, too_many);
    }
    world.engine.create_label(&mine, "x", &other).await.unwrap();
    assert_eq!(world.engine.move_label(&mine, "x", &full, anything).await, too_many);
    let kept = names(&world, Some(&full)).await.pop().unwrap();
    world.engine.move_label(&mine, &kept, &full, anything).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_of_a_key_that_is_due_are_gone_before_any_sweep() {
    let world = World::new().await;
    let mine = scope("1");
    let (dying, other) = (world.aes_key(&mine).await, world.aes_key(&mine).await);
    world.engine.create_label(&mine, "a", &dying).await.unwrap();
    world.engine.schedule_deletion(&mine, &dying, 7).await.unwrap();
    assert!(matches!(world.engine.create_label(&mine, "b", &dying).await, Err(Error::WrongState { .. })));
    world.clock.advance_seconds(7 * 86_400);
    assert_eq!(world.engine.label(&mine, "a").await, Err(Error::LabelNotFound("a".into())));
    assert_eq!(names(&world, None).await, Vec::<String>::new());
    world.engine.create_label(&mine, "a", &other).await.unwrap();
    assert_eq!(names(&world, None).await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_labels_go_together() {
    let world = World::new().await;
    let mine = scope("1");
    let (first, second) = (world.aes_key(&mine).await, world.aes_key(&mine).await);
    for (name, key) in [("a", &first), ("b", &first), ("c", &second)] {
        world.engine.create_label(&mine, name, key).await.unwrap();
    }
    let remove = |names: &[&str]| {
        let (engine, first) = (Arc::clone(&world.engine), first.clone());
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        async move { engine.delete_labels(&scope("1"), &first, &names).await }
    };
    assert_eq!(remove(&["a", "x"]).await, Err(Error::LabelNotFound("x".into())));
    assert_eq!(remove(&["a", "c"]).await, Err(Error::LabelNotFound("c".into())));
    assert_eq!(names(&world, None).await, ["a", "b", "c"]);
    remove(&["b", "a"]).await.unwrap();
    assert_eq!(names(&world, None).await, ["c"]);
    world.engine.schedule_deletion(&mine, &first, 7).await.unwrap();
    let refused = world.engine.delete_labels(&mine, &first, &["x".to_owned()]).await;
    assert!(matches!(refused, Err(Error::WrongState { .. })), "{refused:?}");
}
