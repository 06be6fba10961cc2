//! Rotation as an engine does it: bytes are made, old ciphertexts open, nobody rotates twice.

use std::collections::{BTreeMap, HashSet};

use import_engine::{
    Ciphertext, EncryptionAlgorithm, EncryptionContext, Error, Expected, Expiry, ImportMaterial, Key, KeyId, KeySpec,
    KeyState, KeyUsage, Material, MaterialId, MaterialRole, Origin, RotationKind, Scope, SymmetricCiphertext,
};

use crate::world::{START, World, import, new_key, scope};

const DAY: i64 = 86_400;

async fn generated(world: &World, here: &Scope) -> KeyId {
    let wish = new_key(KeySpec::Aes256, KeyUsage::EncryptDecrypt, Origin::Generated);
    world.engine.create_key(here, wish).await.unwrap().id
}

async fn encrypt(world: &World, here: &Scope, key: &KeyId) -> SymmetricCiphertext {
    let algorithm = EncryptionAlgorithm::Symmetric;
    let plaintext = Material::copy_of(b"words");
    let done = world.engine.encrypt(here, key, algorithm, plaintext, &EncryptionContext::default()).await.unwrap();
    match done.ciphertext {
        Ciphertext::Symmetric(ciphertext) => ciphertext,
        Ciphertext::Asymmetric(_) => unreachable!(),
    }
}

async fn opens(world: &World, here: &Scope, ciphertext: &SymmetricCiphertext) -> Result<(), Error> {
    let context = EncryptionContext { pairs: BTreeMap::new(), additional: Vec::new() };
    let opened = world.engine.decrypt(here, ciphertext, &context).await?;
    assert_eq!(opened.plaintext.expose(), b"words");
    Ok(())
}

fn current(key: &Key) -> MaterialId {
    key.current_material().unwrap().id.clone()
}

/// Imports material and says what it is.
async fn bring(world: &World, here: &Scope, key: &KeyId, byte: u8, expected: Expected) -> Result<MaterialId, Error> {
    bring_until(world, here, key, byte, expected, Expiry::Never).await
}

async fn bring_until(
    world: &World,
    here: &Scope,
    key: &KeyId,
    byte: u8,
    expected: Expected,
    expiry: Expiry,
) -> Result<MaterialId, Error> {
    let parameters = world.parameters(here, key).await;
    let import = ImportMaterial { expected, ..import(&parameters, &[byte; 32], expiry) };
    Ok(world.engine.import_material(here, key, import).await?.material)
}

#[tokio::test]
async fn old_ciphertexts_open_for_ever() {
    let world = World::new().await;
    let here = scope("a");
    let key = generated(&world, &here).await;
    let mut ciphertexts = vec![encrypt(&world, &here, &key).await];
    for _ in 0..3 {
        let rotated = world.engine.rotate_key(&here, &key).await.unwrap();
        ciphertexts.push(encrypt(&world, &here, &key).await);
        assert_eq!(ciphertexts.last().unwrap().material, current(&rotated));
    }
    let materials: HashSet<_> = ciphertexts.iter().map(|ciphertext| ciphertext.material.clone()).collect();
    assert_eq!(materials.len(), 4, "each rotation brings other material");
    for ciphertext in &ciphertexts {
        opens(&world, &here, ciphertext).await.unwrap();
    }
    assert_eq!(world.engine.rotate_key(&here, &key).await, Err(Error::RotationLimit(key)));
}

#[tokio::test]
async fn due_rotations_are_made_by_whoever_looks_next() {
    let world = World::new().await;
    let here = scope("a");
    let key = generated(&world, &here).await;
    let first = encrypt(&world, &here, &key).await;
    world.engine.set_rotation(&here, &key, 90).await.unwrap();
    world.clock.advance_seconds(90 * DAY - 1);
    assert_eq!(encrypt(&world, &here, &key).await.material, first.material);
    world.clock.advance_seconds(1);
    let second = encrypt(&world, &here, &key).await;
    assert_ne!(second.material, first.material);
    world.clock.advance_seconds(200 * DAY);
    let listed = world.engine.list_keys(&here, None, 10).await.unwrap().keys;
    assert_eq!(listed[0].materials.len(), 4, "two more were missed");
    let dates: Vec<_> = listed[0].materials.iter().filter_map(|material| material.rotated).collect();
    let day = |count: i64| START.plus_seconds(count * DAY);
    assert_eq!(dates.iter().map(|rotated| rotated.at).collect::<Vec<_>>(), [day(90), day(180), day(270)]);
    assert!(dates.iter().all(|rotated| rotated.kind == RotationKind::Automatic));
    assert_eq!(world.describe(&here, &key).await, listed[0], "nobody makes them again");
    for ciphertext in [&first, &second] {
        opens(&world, &here, ciphertext).await.unwrap();
    }
}

#[tokio::test]
async fn a_sweep_rotates_too() {
    let world = World::new().await;
    let here = scope("a");
    let key = generated(&world, &here).await;
    world.engine.set_rotation(&here, &key, 90).await.unwrap();
    world.clock.advance_seconds(100 * DAY);
    assert_eq!(world.engine.sweep().await.unwrap(), 1);
    assert_eq!(world.engine.sweep().await.unwrap(), 0);
    assert_eq!(world.describe(&here, &key).await.materials.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_meet_at_a_due_rotation_rotate_once() {
    let world = World::new().await;
    let here = scope("a");
    let key = generated(&world, &here).await;
    world.engine.set_rotation(&here, &key, 90).await.unwrap();
    let other = world.another().await;
    world.clock.advance_seconds(90 * DAY);
    let tasks: Vec<_> = (0..16)
        .map(|index| {
            let engine = if index % 2 == 0 { world.engine.clone() } else { other.clone() };
            let (here, key) = (here.clone(), key.clone());
            tokio::spawn(async move { current(&engine.describe_key(&here, &key).await.unwrap()) })
        })
        .collect();
    let mut seen = HashSet::new();
    for task in tasks {
        seen.insert(task.await.unwrap());
    }
    assert_eq!(seen.len(), 1, "all of them see the same material");
    assert_eq!(world.describe(&here, &key).await.materials.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_rotations_on_demand_as_many_happen_as_are_allowed() {
    let world = World::new().await;
    let here = scope("a");
    let key = generated(&world, &here).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (engine, here, key) = (world.engine.clone(), here.clone(), key.clone());
            tokio::spawn(async move { engine.rotate_key(&here, &key).await.map(drop) })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => done += 1,
            Err(refusal) => assert_eq!(refusal, Error::RotationLimit(key.clone())),
        }
    }
    assert_eq!(done, 3);
    let materials = world.describe(&here, &key).await.materials;
    assert_eq!(materials.iter().filter(|material| material.role == MaterialRole::Current).count(), 1);
    assert_eq!(materials.iter().map(|material| material.generation).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn imported_material_takes_its_turn() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let one = bring(&world, &here, &key, 1, Expected::New).await.unwrap();
    let made_by_one = encrypt(&world, &here, &key).await;
    assert_eq!(world.engine.rotate_key(&here, &key).await, Err(Error::NothingToRotateTo(key.clone())));
    let two = bring(&world, &here, &key, 2, Expected::New).await.unwrap();
    assert_eq!(encrypt(&world, &here, &key).await.material, one, "until the rotation the old one is used");
    assert_eq!(current(&world.engine.rotate_key(&here, &key).await.unwrap()), two);
    let made_by_two = encrypt(&world, &here, &key).await;
    assert_eq!(made_by_two.material, two);
    opens(&world, &here, &made_by_one).await.unwrap();

    // Without the earlier one nothing works, what was made by the current one included.
    let deleted = world.engine.delete_material(&here, &key, Some(&one)).await.unwrap();
    assert_eq!((deleted.key.state, deleted.material), (KeyState::PendingImport, Some(one.clone())));
    for ciphertext in [&made_by_one, &made_by_two] {
        assert!(matches!(opens(&world, &here, ciphertext).await, Err(Error::WrongState { .. })));
    }
    assert_eq!(bring(&world, &here, &key, 3, Expected::Anything).await, Err(Error::MaterialDiffers));
    assert_eq!(bring(&world, &here, &key, 1, Expected::Known(Some(one.clone()))).await, Ok(one));
    for ciphertext in [&made_by_one, &made_by_two] {
        opens(&world, &here, ciphertext).await.unwrap();
    }
}

#[tokio::test]
async fn waiting_material_expires_without_a_trace() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    bring(&world, &here, &key, 1, Expected::New).await.unwrap();
    bring_until(&world, &here, &key, 2, Expected::New, world.in_seconds(60)).await.unwrap();
    let refused = bring(&world, &here, &key, 3, Expected::New).await.unwrap_err();
    assert!(matches!(refused, Error::MaterialPending { .. }));
    world.clock.advance_seconds(60);
    let left = world.describe(&here, &key).await;
    assert_eq!((left.materials.len(), left.state), (1, KeyState::Enabled));
    bring(&world, &here, &key, 3, Expected::New).await.unwrap();
    world.engine.sweep().await.unwrap();
    let stored = crate::rows::all(&world.file).await;
    assert_eq!(stored["materials"].len(), 2, "the expired one's row is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_new_materials_one_waits() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    bring(&world, &here, &key, 99, Expected::New).await.unwrap();
    let parameters = world.parameters(&here, &key).await;
    let tasks: Vec<_> = (0..12u8)
        .map(|byte| {
            let (engine, here, key) = (world.engine.clone(), here.clone(), key.clone());
            let import = ImportMaterial { expected: Expected::New, ..import(&parameters, &[byte; 32], Expiry::Never) };
            tokio::spawn(async move { engine.import_material(&here, &key, import).await })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => winners += 1,
            Err(refusal) => assert!(matches!(refusal, Error::MaterialPending { .. })),
        }
    }
    assert_eq!(winners, 1);
    assert_eq!(world.describe(&here, &key).await.materials.len(), 2);
}
