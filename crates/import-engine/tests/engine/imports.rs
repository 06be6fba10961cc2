//! The life of imported material, and everything that must not disturb it.

use import_engine::{Error, Expiry, KeySpec, KeyState, KeyUsage, Origin, Timestamp, Wrapped};

use crate::rows;
use crate::world::{World, import, new_key, oaep_sha256, scope};

const MATERIAL: [u8; 32] = [7; 32];

#[tokio::test]
async fn a_life() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    assert_eq!(world.describe(&here, &key).await.state, KeyState::PendingImport);

    let first = world.import(&here, &key, &MATERIAL, world.in_seconds(60)).await.unwrap();
    assert_eq!(first.key.state, KeyState::Enabled);

    world.clock.advance_seconds(59);
    assert_eq!(world.describe(&here, &key).await.state, KeyState::Enabled);
    world.clock.advance_seconds(1);
    assert_eq!(world.describe(&here, &key).await.state, KeyState::PendingImport);

    assert_eq!(
        world.import(&here, &key, &[8; 32], Expiry::Never).await.unwrap_err(),
        Error::MaterialDiffers,
        "the fingerprint outlives expiry"
    );
    let again = world.import(&here, &key, &MATERIAL, Expiry::Never).await.unwrap();
    assert_eq!(again.material, first.material);
    assert_eq!(again.key.state, KeyState::Enabled);

    let emptied = world.engine.delete_material(&here, &key, None).await.unwrap().key;
    assert_eq!(emptied.state, KeyState::PendingImport);
    assert_eq!(world.import(&here, &key, &[8; 32], Expiry::Never).await.unwrap_err(), Error::MaterialDiffers);
    assert_eq!(world.import(&here, &key, &MATERIAL, Expiry::Never).await.unwrap().key.state, KeyState::Enabled);

    world.engine.schedule_deletion(&here, &key, 7).await.unwrap();
    world.clock.advance_seconds(7 * 86_400);
    assert_eq!(world.engine.describe_key(&here, &key).await.unwrap_err(), Error::KeyNotFound(key.clone()));
    world.engine.sweep().await.unwrap();
    assert_eq!(rows::all(&world.file).await["keys"], Vec::<String>::new());
    assert_eq!(rows::all(&world.file).await["materials"], Vec::<String>::new());
}

#[tokio::test]
async fn a_refused_import_changes_no_row() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let other = world.aes_key(&here).await;
    world.import(&here, &key, &MATERIAL, world.in_seconds(600)).await.unwrap();
    let good = world.parameters(&here, &key).await;
    let foreign = world.parameters(&here, &other).await;
    let base = || import(&good, &MATERIAL, Expiry::Never);
    let now = import_engine::Clock::now(world.clock.as_ref());

    let mut cases = vec![
        (
            "a token that is no token",
            {
                let mut i = base();
                i.token = vec![1; 96];
                i
            },
            Error::TokenUnknown,
        ),
        (
            "an empty token",
            {
                let mut i = base();
                i.token.clear();
                i
            },
            Error::TokenUnknown,
        ),
        (
            "the token of another key",
            {
                let mut i = base();
                i.token = foreign.token.clone();
                i
            },
            Error::TokenForOtherKey,
        ),
        (
            "an expiry now",
            {
                let mut i = base();
                i.expiry = Expiry::At(now);
                i
            },
            Error::ExpiryNotInFuture,
        ),
        (
            "an expiry in the past",
            {
                let mut i = base();
                i.expiry = Expiry::At(Timestamp(1));
                i
            },
            Error::ExpiryNotInFuture,
        ),
        (
            "an expiry too far ahead",
            {
                let mut i = base();
                i.expiry = Expiry::At(Timestamp(now.plus_seconds(365 * 86_400).0 + 1));
                i
            },
            Error::ExpiryTooFar,
        ),
        ("other material", import(&good, &[8; 32], Expiry::Never), Error::MaterialDiffers),
        ("31 bytes", import(&good, &[7; 31], Expiry::Never), Error::MaterialUnfit),
        ("33 bytes", import(&good, &[7; 33], Expiry::Never), Error::MaterialUnfit),
        ("nothing", import(&good, &[], Expiry::Never), Error::MaterialUnfit),
    ];
    for (name, blob) in [
        ("a blob under another key", oaep_sha256(&foreign.public_key, &MATERIAL)),
        ("an empty blob", Vec::new()),
        ("a blob of zeros", vec![0; 256]),
        ("a blob above the modulus", vec![255; 256]),
    ] {
        let mut bad = base();
        bad.wrapped = Wrapped { blob, private_key: None };
        cases.push((name, bad, Error::UnwrapFailed));
    }
    for (name, bad, refusal) in cases {
        let before = rows::all_but_failures(&world.file).await;
        assert_eq!(world.engine.import_material(&here, &key, bad).await.unwrap_err(), refusal, "{name}");
        assert_eq!(rows::all_but_failures(&world.file).await, before, "{name}");
    }

    let generated = new_key(KeySpec::Aes256, KeyUsage::EncryptDecrypt, Origin::Generated);
    let generated = world.engine.create_key(&here, generated).await.unwrap().id;
    let before = rows::all(&world.file).await;
    let refusal = Error::OriginUnfit { key: generated.clone(), origin: Origin::Generated };
    assert_eq!(world.engine.import_material(&here, &generated, base()).await.unwrap_err(), refusal);
    let missing = "00000000-0000-4000-8000-000000000000".into();
    let refusal = Error::KeyNotFound("00000000-0000-4000-8000-000000000000".into());
    assert_eq!(world.engine.import_material(&here, &missing, base()).await.unwrap_err(), refusal);
    assert_eq!(rows::all(&world.file).await, before);
}

#[tokio::test]
async fn an_import_in_a_state_that_forbids_it_changes_no_row() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let parameters = world.parameters(&here, &key).await;
    world.engine.schedule_deletion(&here, &key, 7).await.unwrap();
    let before = rows::all(&world.file).await;
    let outcome = world.engine.import_material(&here, &key, import(&parameters, &MATERIAL, Expiry::Never)).await;
    assert!(matches!(outcome.unwrap_err(), Error::WrongState { state: KeyState::PendingDeletion, .. }));
    assert_eq!(rows::all(&world.file).await, before);
}

#[tokio::test]
async fn the_longest_expiry_is_the_vendors() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let outcome = world.import(&here, &key, &MATERIAL, world.in_seconds(365 * 86_400)).await;
    assert_eq!(outcome.unwrap().key.state, KeyState::Enabled);
}

#[tokio::test]
async fn no_secret_lies_in_the_file_unsealed() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let material: Vec<u8> = (0..32).map(|byte| byte ^ 0x5a).collect();
    world.import(&here, &key, &material, Expiry::Never).await.unwrap();
    for file in std::fs::read_dir(world.file.parent().unwrap()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!contains(&bytes, &material));
        assert!(!contains(&bytes, world.master.expose()));
        // What every unsealed RSA private key in PKCS#8 holds: version, OID of rsaEncryption, NULL.
        assert!(!contains(&bytes, &hex::decode("020100300d06092a864886f70d0101010500").unwrap()));
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test]
async fn another_master_key_is_noticed() {
    let world = World::new().await;
    let url = format!("sqlite:{}", world.file.display());
    let database = store::open(&store::OpenOptions { url, max_connections: 1, migrate: false }).await.unwrap();
    let other = import_engine::Material::new(vec![9; 32]);
    let options = import_engine::Options {
        failure_budget: 1,
        domain_clocks: false,
        pool_depths: Vec::new(),
        parallelism: 1,
        loaded_keys: 1,
        access_keys_per_principal: 1,
    };
    let chance = std::sync::Arc::new(import_engine::SystemChance);
    let policies = import_engine::Policies::default();
    let engine =
        import_engine::Engine::new(database.store(), world.clock.clone(), chance, other, policies, options).unwrap();
    assert!(matches!(engine.prove_master_key().await, Err(import_engine::StartError::WrongMasterKey)));
}
