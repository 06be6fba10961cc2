//! Many at once: nobody is lost, nobody gets a half.

use std::collections::HashSet;

use import_engine::{DomainClock, Error, Expiry, KeyState, WrappingAlgorithm, WrappingKeySpec};

use crate::world::{World, import, scope};

#[tokio::test(flavor = "multi_thread")]
async fn many_imports_of_the_same_material_all_succeed() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let parameters = world.parameters(&here, &key).await;
    let tasks: Vec<_> = (0..24)
        .map(|_| {
            let (engine, here, key) = (world.engine.clone(), here.clone(), key.clone());
            let import = import(&parameters, &[7; 32], Expiry::Never);
            tokio::spawn(async move { engine.import_material(&here, &key, import).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().key.state, KeyState::Enabled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_different_materials_exactly_one_wins() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let parameters = world.parameters(&here, &key).await;
    let tasks: Vec<_> = (0..16u8)
        .map(|byte| {
            let (engine, here, key) = (world.engine.clone(), here.clone(), key.clone());
            let import = import(&parameters, &[byte; 32], Expiry::Never);
            tokio::spawn(async move { engine.import_material(&here, &key, import).await })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => winners += 1,
            Err(refusal) => assert_eq!(refusal, Error::MaterialDiffers),
        }
    }
    assert_eq!(winners, 1);
    assert_eq!(world.describe(&here, &key).await.materials.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_beyond_the_pool_is_served_with_different_keys() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let tasks: Vec<_> = (0..12)
        .map(|_| {
            let (engine, here, key) = (world.engine.clone(), here.clone(), key.clone());
            let algorithm = WrappingAlgorithm::RsaOaepSha256;
            tokio::spawn(
                async move { engine.get_import_parameters(&here, &key, algorithm, WrappingKeySpec::Rsa2048).await },
            )
        })
        .collect();
    let mut seen = HashSet::new();
    for task in tasks {
        assert!(seen.insert(task.await.unwrap().unwrap().public_key));
    }
    assert_eq!(seen.len(), 12);
}

#[tokio::test]
async fn what_one_engine_does_the_other_knows_at_once() {
    let world = World::new().await;
    let other = world.another().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    world.import(&here, &key, &[7; 32], Expiry::Never).await.unwrap();
    for _ in 0..10 {
        other.generate_data_key(&here, &key, 32, &Default::default()).await.unwrap();
        world.engine.disable_key(&here, &key).await.unwrap();
        let refused = other.generate_data_key(&here, &key, 32, &Default::default()).await.unwrap_err();
        assert!(matches!(refused, Error::WrongState { state: KeyState::Disabled, .. }));
        other.enable_key(&here, &key).await.unwrap();
        world.engine.generate_data_key(&here, &key, 32, &Default::default()).await.unwrap();
        other.delete_material(&here, &key, None).await.unwrap();
        let refused = world.engine.generate_data_key(&here, &key, 32, &Default::default()).await.unwrap_err();
        assert!(matches!(refused, Error::WrongState { state: KeyState::PendingImport, .. }));
        world.import(&here, &key, &[7; 32], Expiry::Never).await.unwrap();
    }
}

#[tokio::test]
async fn a_tenants_clock_moves_that_tenant_only() {
    let world = World::new().await;
    let (mine, theirs) = (scope("a"), scope("b"));
    let my_key = world.aes_key(&mine).await;
    let their_key = world.aes_key(&theirs).await;
    world.import(&mine, &my_key, &[7; 32], world.in_seconds(60)).await.unwrap();
    world.import(&theirs, &their_key, &[7; 32], world.in_seconds(60)).await.unwrap();
    world.engine.set_domain_clock(&mine.tenant, DomainClock::Offset(60_000_000)).await.unwrap();
    assert_eq!(world.describe(&mine, &my_key).await.state, KeyState::PendingImport);
    assert_eq!(world.describe(&theirs, &their_key).await.state, KeyState::Enabled);
    assert!(
        crate::rows::all(&world.file).await["materials"]
            .iter()
            .any(|row| row.contains("account=a") && row.contains("sealed=null"))
    );
}
