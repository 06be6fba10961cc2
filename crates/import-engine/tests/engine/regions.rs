//! Keys in several regions, and keys of the provider.

use std::sync::Arc;

use import_engine::{
    EncryptionContext, Error, Expected, Expiry, ImportMaterial, Key, KeyId, KeyManager, KeySpec, KeyState, KeyUsage,
    MaterialRole, NewKey, NewReplica, Origin, Scope, Tenant, WrappingAlgorithm, WrappingKeySpec,
};
use tokio::task::JoinSet;

use crate::world::{World, import, new_key, scope};

const DAY: i64 = 86_400;
const MATERIAL: [u8; 32] = [9; 32];

fn there(region: &str) -> Scope {
    Scope { region: region.to_owned(), ..scope("1") }
}

fn replica(region: &str, settling_seconds: u32) -> NewReplica {
    let (scope, description, attributes) = (there(region), String::new(), "{}".into());
    NewReplica { scope, name: None, description, attributes, settling_seconds }
}

async fn primary(world: &World, origin: Origin) -> Key {
    let new = NewKey { multi_region: true, ..new_key(KeySpec::Aes256, KeyUsage::EncryptDecrypt, origin) };
    world.engine.create_key(&scope("1"), new).await.unwrap()
}

async fn copy(world: &World, id: &KeyId, region: &str) -> Scope {
    let made = world.engine.replicate_key(&scope("1"), id, replica(region, 0)).await.unwrap();
    assert_eq!(made.state, KeyState::Creating);
    there(region)
}

#[tokio::test(flavor = "multi_thread")]
async fn ciphertexts_open_wherever_the_key_lives() {
    let world = World::new().await;
    let key = primary(&world, Origin::Generated).await;
    assert!(key.id.as_str().starts_with("multi-") && key.is_primary());
    let context = EncryptionContext::default();
    let sealed = world.engine.generate_data_key(&scope("1"), &key.id, 32, &context).await.unwrap();
    let west = copy(&world, &key.id, "west").await;
    let opened = world.engine.decrypt(&west, &sealed.ciphertext, &context).await.unwrap();
    assert_eq!((opened.plaintext, opened.key.scope), (sealed.plaintext, west.clone()));
    let back = world.engine.generate_data_key(&west, &key.id, 32, &context).await.unwrap();
    assert_eq!(world.engine.decrypt(&scope("1"), &back.ciphertext, &context).await.unwrap().plaintext, back.plaintext);
    let members = world.engine.members(&west, &key.id).await.unwrap();
    assert_eq!(members.iter().map(|member| member.scope.region.as_str()).collect::<Vec<_>>(), ["here", "west"]);
    assert_eq!(members[0].materials, members[1].materials);
    let elsewhere = world.engine.members(&there("north"), &key.id).await;
    assert_eq!(elsewhere, Err(Error::KeyNotFound(key.id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_of_no_use_while_it_is_being_made() {
    let world = World::new().await;
    let key = primary(&world, Origin::Generated).await;
    world.engine.replicate_key(&scope("1"), &key.id, replica("west", 3)).await.unwrap();
    let use_it =
        async || world.engine.generate_data_key(&there("west"), &key.id, 32, &EncryptionContext::default()).await;
    assert!(matches!(use_it().await, Err(Error::WrongState { state: KeyState::Creating, .. })));
    world.clock.advance_seconds(3);
    assert_eq!(world.engine.sweep().await.unwrap(), 1);
    assert_eq!(use_it().await.unwrap().key.state, KeyState::Enabled);
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_material_is_brought_to_each_copy() {
    let world = World::new().await;
    let key = primary(&world, Origin::Imported).await;
    let refused = world.engine.replicate_key(&scope("1"), &key.id, replica("west", 0)).await;
    assert!(matches!(refused, Err(Error::WrongState { state: KeyState::PendingImport, .. })));
    let first = world.import(&scope("1"), &key.id, &MATERIAL, Expiry::Never).await.unwrap();
    let west = copy(&world, &key.id, "west").await;
    assert_eq!(world.describe(&west, &key.id).await.state, KeyState::PendingImport);
    assert_eq!(world.import(&west, &key.id, &[8; 32], Expiry::Never).await.unwrap_err(), Error::MaterialDiffers);
    let again = world.import(&west, &key.id, &MATERIAL, world.in_seconds(60)).await.unwrap();
    assert_eq!((again.key.state, again.material), (KeyState::Enabled, first.material));
    world.clock.advance_seconds(60);
    assert_eq!(world.describe(&west, &key.id).await.state, KeyState::PendingImport);
    assert_eq!(world.describe(&scope("1"), &key.id).await.state, KeyState::Enabled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_outlives_its_replicas_by_its_window() {
    for sweeps in [false, true] {
        let world = World::new().await;
        let (key, here) = (primary(&world, Origin::Generated).await.id, scope("1"));
        let west = copy(&world, &key, "west").await;
        let waiting = world.engine.schedule_deletion(&here, &key, 8).await.unwrap();
        assert_eq!((waiting.state, waiting.deletion), (KeyState::PendingReplicaDeletion, None));
        world.engine.schedule_deletion(&west, &key, 7).await.unwrap();
        world.clock.advance_seconds(7 * DAY);
        if sweeps {
            assert_eq!(world.engine.sweep().await.unwrap(), 2);
        }
        let dying = world.describe(&here, &key).await;
        assert_eq!(dying.state, KeyState::PendingDeletion);
        world.clock.advance_seconds(8 * DAY - 1);
        assert_eq!(world.describe(&here, &key).await.deletion, dying.deletion);
        world.clock.advance_seconds(1);
        assert_eq!(world.engine.describe_key(&here, &key).await, Err(Error::KeyNotFound(key)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_can_be_made_anew_after_the_last_one_is_gone() {
    let world = World::new().await;
    let key = primary(&world, Origin::Generated).await.id;
    let west = copy(&world, &key, "west").await;
    world.engine.schedule_deletion(&west, &key, 7).await.unwrap();
    let taken = world.engine.replicate_key(&scope("1"), &key, replica("west", 0)).await;
    assert_eq!(taken, Err(Error::MemberExists { key: key.clone(), region: "west".into() }));
    world.clock.advance_seconds(7 * DAY);
    copy(&world, &key, "west").await;
    assert_eq!(world.describe(&west, &key).await.state, KeyState::Enabled);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_move_once_however_many_ask() {
    let world = World::new().await;
    let (key, here) = (primary(&world, Origin::Generated).await.id, scope("1"));
    let regions = ["west", "north", "south"];
    for region in regions {
        copy(&world, &key, region).await;
    }
    let mut tasks = JoinSet::new();
    for region in regions {
        let (engine, here, key) = (world.engine.clone(), here.clone(), key.clone());
        tasks.spawn(async move { engine.move_primary(&here, &key, region, 0).await });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    let members = world.engine.members(&here, &key).await.unwrap();
    assert_eq!(members.iter().filter(|member| member.is_primary()).count(), 1);
    assert!(!world.describe(&here, &key).await.is_primary());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_provider_is_made_once_and_left_alone() {
    let world = World::new().await;
    let here = scope("1");
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (engine, here) = (Arc::clone(&world.engine), here.clone());
        let new = new_key(KeySpec::Aes256, KeyUsage::EncryptDecrypt, Origin::Generated);
        tasks.spawn(async move { engine.provider_key(&here, "of/provider", new).await.unwrap().id });
    }
    let mut made = tasks.join_all().await;
    made.dedup();
    assert_eq!(made.len(), 1);
    let (id, engine) = (&made[0], &world.engine);
    assert_eq!(engine.label(&here, "of/provider").await.unwrap().key, *id);
    assert_eq!(world.describe(&here, id).await.manager, KeyManager::Provider);
    for refused in [
        engine.disable_key(&here, id).await,
        engine.enable_key(&here, id).await,
        engine.schedule_deletion(&here, id, 7).await,
    ] {
        assert!(matches!(refused, Err(Error::ProviderKey { .. })), "{refused:?}");
    }
    let refused = engine.create_label(&here, "mine", id).await;
    assert!(matches!(refused, Err(Error::ProviderKey { .. })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_key_of_the_provider_is_made_once() {
    let world = World::new().await;
    let here = scope("1");
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (engine, here) = (Arc::clone(&world.engine), here.clone());
        let mut new = new_key(KeySpec::Aes256, KeyUsage::EncryptDecrypt, Origin::Generated);
        new.name = Some("of/provider".to_owned());
        tasks.spawn(async move { engine.named_provider_key(&here, new).await.unwrap().id });
    }
    let mut made = tasks.join_all().await;
    made.dedup();
    assert_eq!(made.len(), 1);
    let key = world.describe(&here, &made[0]).await;
    assert_eq!((key.manager, key.name.as_deref()), (KeyManager::Provider, Some("of/provider")));
    let refused = world.engine.delete_material(&here, &key.id, None).await;
    assert!(matches!(refused, Err(Error::ProviderKey { .. })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_of_the_primary_is_one_of_all() {
    let world = World::new().await;
    let key = primary(&world, Origin::Generated).await;
    let (here, west) = (scope("1"), copy(&world, &key.id, "west").await);
    world.clock.advance_seconds(10);
    let refused = Error::NotPrimary(key.id.clone());
    assert_eq!(world.engine.rotate_key(&west, &key.id).await, Err(refused));
    let rotated = world.engine.rotate_key(&here, &key.id).await.unwrap();
    let context = EncryptionContext::default();
    let sealed = world.engine.generate_data_key(&here, &key.id, 32, &context).await.unwrap();
    assert_eq!(sealed.ciphertext.material, rotated.current_material().unwrap().id);
    assert_eq!(world.engine.decrypt(&west, &sealed.ciphertext, &context).await.unwrap().plaintext, sealed.plaintext);
    assert_eq!(world.describe(&west, &key.id).await.materials, rotated.materials);

    world.engine.set_rotation(&here, &key.id, 90).await.unwrap();
    assert_eq!(world.describe(&west, &key.id).await.rotation, world.describe(&here, &key.id).await.rotation);
    world.clock.advance_seconds(90 * DAY);
    // Whoever looks at a copy looks at the primary first.
    let there = world.describe(&west, &key.id).await;
    assert_eq!(there.materials.len(), 3);
    assert_eq!(world.describe(&here, &key.id).await.materials, there.materials);
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_material_is_rotated_to_once_it_is_everywhere() {
    let world = World::new().await;
    let key = primary(&world, Origin::Imported).await;
    let here = scope("1");
    world.import(&here, &key.id, &MATERIAL, Expiry::Never).await.unwrap();
    let west = copy(&world, &key.id, "west").await;
    world.clock.advance_seconds(10);
    world.import(&west, &key.id, &MATERIAL, Expiry::Never).await.unwrap();
    let bring = async |scope: &Scope, expected| {
        let parameters = world.parameters(scope, &key.id).await;
        let import = ImportMaterial { expected, ..import(&parameters, &[7; 32], Expiry::Never) };
        world.engine.import_material(scope, &key.id, import).await
    };
    assert_eq!(bring(&west, Expected::New).await.unwrap_err(), Error::NotPrimary(key.id.clone()));
    let second = bring(&here, Expected::New).await.unwrap().material;
    let role = async || {
        let told = world.engine.with_waiting_told(world.describe(&here, &key.id).await).await.unwrap();
        told.material(&second).unwrap().role
    };
    assert_eq!(role().await, MaterialRole::PendingReplication);
    assert_eq!(world.engine.rotate_key(&here, &key.id).await, Err(Error::NothingToRotateTo(key.id.clone())));
    assert_eq!(bring(&west, Expected::Known(None)).await.unwrap().material, second);
    assert_eq!(role().await, MaterialRole::PendingRotation);
    world.engine.rotate_key(&here, &key.id).await.unwrap();
    for scope in [&here, &west] {
        let member = world.describe(scope, &key.id).await;
        assert_eq!((&member.current_material().unwrap().id, member.state), (&second, KeyState::Enabled));
    }
    let third = {
        let parameters = world.parameters(&here, &key.id).await;
        let import = ImportMaterial { expected: Expected::New, ..import(&parameters, &[6; 32], Expiry::Never) };
        world.engine.import_material(&here, &key.id, import).await.unwrap().material
    };
    world.engine.delete_material(&here, &key.id, Some(&third)).await.unwrap();
    assert_eq!(world.describe(&here, &key.id).await.materials.len(), 2);
}

/// A place of an account of the vendor whose keys can all have copies.
fn shared(account: &str, region: &str) -> Scope {
    Scope::new(Tenant::new("sharing", account), region)
}

async fn copy_to(world: &World, from: &Scope, id: &KeyId, to: &Scope) -> Result<Key, Error> {
    let new = NewReplica { scope: to.clone(), name: Some("copy".into()), ..replica("", 0) };
    world.engine.replicate_key(from, id, new).await
}

#[tokio::test(flavor = "multi_thread")]
async fn any_key_can_have_copies_in_other_accounts_where_the_vendor_has_it_so() {
    let world = World::new().await;
    let engine = &world.engine;
    let (here, west, north) = (shared("1", "here"), shared("2", "west"), shared("3", "north"));
    let new = new_key(KeySpec::Aes256, KeyUsage::EncryptDecrypt, Origin::Generated);
    let key = engine.create_key(&here, new).await.unwrap().id;
    let context = EncryptionContext::default();
    let early = engine.generate_data_key(&here, &key, 32, &context).await.unwrap();
    copy_to(&world, &here, &key, &west).await.unwrap();
    let there = engine.generate_data_key(&west, &key, 32, &context).await.unwrap();
    for (place, sealed) in [(&west, &early), (&here, &there)] {
        assert_eq!(engine.decrypt(place, &sealed.ciphertext, &context).await.unwrap().plaintext, sealed.plaintext);
    }
    // The name is the copy's, in its own place.
    assert_eq!(world.describe(&west, &key).await.name.as_deref(), Some("copy"));
    assert_eq!(world.describe(&here, &key).await.name, None);
    // A region has one copy, whoever's it is.
    let taken = copy_to(&world, &here, &key, &shared("3", "west")).await;
    assert_eq!(taken, Err(Error::MemberExists { key: key.clone(), region: "west".into() }));
    assert_eq!(copy_to(&world, &west, &key, &north).await, Err(Error::NotPrimary(key.clone())));
    let other = engine
        .create_key(
            &north,
            NewKey {
                name: Some("copy".into()),
                ..new_key(KeySpec::Aes256, KeyUsage::EncryptDecrypt, Origin::Generated)
            },
        )
        .await
        .unwrap();
    assert_eq!(copy_to(&world, &here, &key, &north).await, Err(Error::NameTaken("copy".into())));
    assert_eq!(engine.members(&here, &key).await.unwrap().len(), 2);
    assert_eq!(engine.members(&north, &other.id).await.unwrap().len(), 1);

    // Rotation is the primary's, whoever that is now, and reaches all.
    world.clock.advance_seconds(10);
    assert_eq!(engine.set_rotation(&west, &key, 90).await, Err(Error::NotPrimary(key.clone())));
    engine.move_primary(&here, &key, "west", 0).await.unwrap();
    engine.set_rotation(&west, &key, 90).await.unwrap();
    world.clock.advance_seconds(90 * DAY);
    let seen = world.describe(&here, &key).await;
    assert_eq!(seen.materials.len(), 2);
    assert_eq!(world.describe(&west, &key).await.materials, seen.materials);
    let late = engine.generate_data_key(&here, &key, 32, &context).await.unwrap();
    for sealed in [&early, &there, &late] {
        assert_eq!(engine.decrypt(&west, &sealed.ciphertext, &context).await.unwrap().plaintext, sealed.plaintext);
    }
    // Of the same identifier in another account, nothing opens.
    let foreign = engine.decrypt(&shared("4", "west"), &early.ciphertext, &context).await;
    assert!(matches!(foreign, Err(Error::KeyNotFound(_))), "{foreign:?}");
    // A primary outlives the copy that another account has.
    assert_eq!(engine.schedule_deletion(&west, &key, 7).await.unwrap().state, KeyState::PendingReplicaDeletion);
    engine.schedule_deletion(&here, &key, 7).await.unwrap();
    world.clock.advance_seconds(7 * DAY);
    assert_eq!(world.describe(&west, &key).await.state, KeyState::PendingDeletion);
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_have_the_imported_material_of_their_primary_where_the_vendor_has_it_so() {
    let world = World::new().await;
    let engine = &world.engine;
    let (here, west) = (shared("1", "here"), shared("2", "west"));
    let new = new_key(KeySpec::Aes256, KeyUsage::EncryptDecrypt, Origin::Imported);
    let key = engine.create_key(&here, new).await.unwrap().id;
    let first = world.import(&here, &key, &MATERIAL, world.in_seconds(60)).await.unwrap().material;
    copy_to(&world, &here, &key, &west).await.unwrap();
    let context = EncryptionContext::default();
    let sealed = engine.generate_data_key(&west, &key, 32, &context).await.unwrap();
    assert_eq!(engine.decrypt(&here, &sealed.ciphertext, &context).await.unwrap().plaintext, sealed.plaintext);

    // What concerns the material is done at the primary.
    let refused = Error::NotPrimary(key.clone());
    let parameters = world.parameters(&here, &key).await;
    let asked =
        engine.get_import_parameters(&west, &key, WrappingAlgorithm::RsaOaepSha256, WrappingKeySpec::Rsa2048).await;
    assert_eq!(asked.unwrap_err(), refused);
    let brought = engine.import_material(&west, &key, import(&parameters, &MATERIAL, Expiry::Never)).await;
    assert_eq!(brought.unwrap_err(), refused);
    assert_eq!(engine.delete_material(&west, &key, None).await.unwrap_err(), refused);

    // It is deleted, brought again, and expires everywhere.
    engine.delete_material(&here, &key, None).await.unwrap();
    assert_eq!(world.describe(&west, &key).await.state, KeyState::PendingImport);
    assert_eq!(world.import(&here, &key, &[8; 32], Expiry::Never).await.unwrap_err(), Error::MaterialDiffers);
    engine.move_primary(&here, &key, "west", 0).await.unwrap_err();
    let again = world.import(&here, &key, &MATERIAL, world.in_seconds(60)).await.unwrap();
    assert_eq!(again.material, first);
    assert_eq!(engine.decrypt(&west, &sealed.ciphertext, &context).await.unwrap().plaintext, sealed.plaintext);
    engine.move_primary(&here, &key, "west", 0).await.unwrap();
    world.clock.advance_seconds(60);
    for place in [&here, &west] {
        assert_eq!(world.describe(place, &key).await.state, KeyState::PendingImport);
    }
    // The material has its name wherever it comes.
    let moved = world.import(&west, &key, &MATERIAL, Expiry::Never).await.unwrap();
    assert_eq!((moved.material, world.describe(&here, &key).await.state), (first, KeyState::Enabled));
}
