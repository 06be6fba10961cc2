//! Grants and last uses: kept with their key, gone with it. Three grants to a key here.

use std::sync::Arc;

use import_engine::{Error, Key, KeyId, KeySpec, KeyUsage, NewGrant, Scope};
use tokio::task::JoinSet;

use crate::world::{World, new_key, scope};

fn grant(name: &str, grantee: &str) -> NewGrant {
    NewGrant {
        name: name.to_owned(),
        grantee: grantee.to_owned(),
        retiring: Some("retirer".to_owned()),
        issuer: "issuer".to_owned(),
        terms: "{}".to_owned(),
    }
}

fn anything(_: &Key) -> Result<(), Error> {
    Ok(())
}

/// A key that can be used.
async fn key(world: &World, scope: &Scope) -> KeyId {
    let new = new_key(KeySpec::Aes256, KeyUsage::EncryptDecrypt, import_engine::Origin::Generated);
    world.engine.create_key(scope, new).await.unwrap().id
}

async fn grantees(world: &World, key: &KeyId) -> Vec<String> {
    let page = world.engine.list_grants(&scope("1"), key, None, None, 100).await.unwrap();
    assert!(!page.truncated);
    let mut grantees: Vec<String> = page.grants.into_iter().map(|grant| grant.grantee).collect();
    grantees.sort();
    grantees
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_are_given_and_taken_back() {
    let world = World::new().await;
    let (mine, engine) = (scope("1"), &world.engine);
    let id = key(&world, &mine).await;
    let made = engine.create_grant(&mine, &id, &grant("", "a"), anything).await.unwrap();
    assert!(made.id.len() == 64 && made.id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(engine.grant(&mine, &id, &made.id).await, Ok(made.clone()));
    engine.create_grant(&mine, &id, &grant("", "b"), anything).await.unwrap();
    assert_eq!(grantees(&world, &id).await, ["a", "b"]);
    let found = engine.find_grant(&mine, &id, "a", |grant| grant.terms == "{}").await.unwrap();
    assert_eq!(found, Some(made.clone()));
    assert_eq!(engine.find_grant(&mine, &id, "a", |_| false).await, Ok(None));
    assert_eq!(engine.find_grant(&mine, &id, "c", |_| true).await, Ok(None));
    engine.remove_grant(&mine, &id, &made.id).await.unwrap();
    let gone = Error::GrantNotFound(made.id.clone());
    assert_eq!(engine.remove_grant(&mine, &id, &made.id).await, Err(gone));
    assert_eq!(grantees(&world, &id).await, ["b"]);
    let nobody = KeyId::from("nobody");
    assert_eq!(engine.remove_grant(&mine, &nobody, &made.id).await, Err(Error::KeyNotFound(nobody)));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_leave_nothing() {
    let world = World::new().await;
    let (mine, engine) = (scope("1"), &world.engine);
    let id = key(&world, &mine).await;
    let refuse = |_: &Key| Err(Error::DigestLength);
    assert_eq!(engine.create_grant(&mine, &id, &grant("", "a"), refuse).await, Err(Error::DigestLength));
    assert_eq!(engine.try_grant(&mine, &id, &grant("", "a"), refuse).await, Err(Error::DigestLength));
    assert_eq!(engine.try_grant(&mine, &id, &grant("", "a"), anything).await, Ok(()));
    engine.disable_key(&mine, &id).await.unwrap();
    let refused = engine.create_grant(&mine, &id, &grant("", "a"), anything).await;
    assert!(matches!(refused, Err(Error::WrongState { .. })), "{refused:?}");
    assert_eq!(grantees(&world, &id).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_makes_equal_grants_one() {
    let world = World::new().await;
    let (mine, id) = (scope("1"), key(&world, &scope("1")).await);
    let tries = (0..8).map(|_| {
        let (engine, id) = (Arc::clone(&world.engine), id.clone());
        async move { engine.create_grant(&scope("1"), &id, &grant("n", "a"), anything).await.unwrap().id }
    });
    let mut ids = tries.collect::<JoinSet<_>>().join_all().await;
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    for other in [NewGrant { terms: "[]".to_owned(), ..grant("n", "a") }, grant("m", "a")] {
        let made = world.engine.create_grant(&mine, &id, &other, anything).await.unwrap();
        assert_ne!(made.id, ids[0]);
    }
    // The key is full; what is there already needs no room.
    let full = world.engine.create_grant(&mine, &id, &grant("", "a"), anything).await;
    assert_eq!(full, Err(Error::TooManyGrants(id.clone())));
    assert_eq!(world.engine.create_grant(&mine, &id, &grant("n", "a"), anything).await.unwrap().id, ids[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_retire_sees_the_grants_of_living_keys() {
    let world = World::new().await;
    let (mine, engine) = (scope("1"), &world.engine);
    let (lives, dies) = (key(&world, &mine).await, key(&world, &mine).await);
    for id in [&lives, &dies, &lives] {
        engine.create_grant(&mine, id, &grant("", "a"), anything).await.unwrap();
    }
    let vendor = mine.tenant.vendor.as_str();
    let list = |after, limit| engine.list_retirable_grants(vendor, &mine.region, "retirer", after, limit);
    let page = list(None, 2).await.unwrap();
    assert!(page.truncated && page.grants.len() == 2);
    let place = page.grants[1].place();
    let rest = list(Some(&place), 2).await.unwrap();
    assert!(!rest.truncated && rest.grants.len() == 1);
    engine.schedule_deletion(&mine, &dies, 7).await.unwrap();
    assert_eq!(list(None, 9).await.unwrap().grants.len(), 3);
    world.clock.advance_seconds(7 * 86_400);
    let left = list(None, 9).await.unwrap().grants;
    assert!(left.len() == 2 && left.iter().all(|grant| grant.key == lives), "{left:?}");
    assert!(engine.list_retirable_grants(vendor, &mine.region, "a", None, 9).await.unwrap().grants.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_has_room_for_so_many_keys() {
    let world = World::new().await;
    let mine = scope("1");
    let mut last = None;
    for _ in 0..40 {
        last = Some(key(&world, &mine).await);
    }
    let new = || new_key(KeySpec::Aes256, KeyUsage::EncryptDecrypt, import_engine::Origin::Generated);
    assert_eq!(world.engine.create_key(&mine, new()).await.map(|_| ()), Err(Error::TooManyKeys));
    // The provider's own keys are not counted, and there is room for them.
    world.engine.provider_key(&mine, "of/provider", new()).await.unwrap();
    key(&world, &scope("2")).await;
    world.engine.schedule_deletion(&mine, &last.unwrap(), 7).await.unwrap();
    assert_eq!(world.engine.create_key(&mine, new()).await.map(|_| ()), Err(Error::TooManyKeys));
    world.clock.advance_seconds(7 * 86_400);
    world.engine.create_key(&mine, new()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_is_told_here_at_once_and_elsewhere_once_stored() {
    let world = World::new().await;
    let (mine, engine) = (scope("1"), &world.engine);
    engine.track_uses().await.unwrap();
    let (id, other) = (key(&world, &mine).await, world.another().await);
    assert!(engine.last_use(&mine, &id).await.unwrap().last.is_none());
    engine.note_use(&mine, &id, "sign", "r1").await;
    world.clock.advance_seconds(60);
    engine.note_use(&mine, &id, "verify", "r2").await;
    let last = engine.last_use(&mine, &id).await.unwrap().last.unwrap();
    assert_eq!((last.operation.as_str(), last.request.as_str()), ("verify", "r2"));
    assert_eq!(last.used_at, import_engine::Clock::now(world.clock.as_ref()));
    assert!(other.last_use(&mine, &id).await.unwrap().last.is_none());
    assert_eq!(engine.store_uses().await, Ok(1));
    assert_eq!(engine.store_uses().await, Ok(0));
    assert_eq!(other.last_use(&mine, &id).await.unwrap().last, Some(last.clone()));
    // The later one is the last, wherever it happened.
    world.clock.advance_seconds(60);
    other.note_use(&mine, &id, "sign", "r3").await;
    assert_eq!(engine.last_use(&mine, &id).await.unwrap().last, Some(last));
    other.store_uses().await.unwrap();
    assert_eq!(engine.last_use(&mine, &id).await.unwrap().last.unwrap().request, "r3");
}

#[tokio::test(flavor = "multi_thread")]
async fn tracking_begins_with_the_first_server_or_the_key() {
    let world = World::new().await;
    let mine = scope("1");
    let old = key(&world, &mine).await;
    world.clock.advance_seconds(60);
    world.engine.track_uses().await.unwrap();
    let start = import_engine::Clock::now(world.clock.as_ref());
    world.clock.advance_seconds(60);
    let new = key(&world, &mine).await;
    let another = world.another().await;
    another.track_uses().await.unwrap();
    for engine in [&world.engine, &another] {
        assert_eq!(engine.last_use(&mine, &old).await.unwrap().since, start);
        let told = engine.last_use(&mine, &new).await.unwrap();
        assert_eq!(told.since, told.key.created_at);
    }
}
