//! Import tokens: whom they serve, and how they die.

use import_engine::{Error, Expiry, KeyState, Scope, Tenant, Wrapped, WrappingAlgorithm, WrappingKeySpec};

use crate::rows;
use crate::world::{BUDGET, World, import, scope};

const MATERIAL: [u8; 32] = [7; 32];

#[tokio::test]
async fn several_sets_are_good_at_once_and_more_than_once() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let first = world.parameters(&here, &key).await;
    let second = world.parameters(&here, &key).await;
    assert_ne!(first.public_key, second.public_key);
    for parameters in [&second, &first, &first] {
        let outcome = world.engine.import_material(&here, &key, import(parameters, &MATERIAL, Expiry::Never)).await;
        assert_eq!(outcome.unwrap().key.state, KeyState::Enabled);
    }
}

#[tokio::test]
async fn the_token_of_one_set_does_not_open_what_was_wrapped_under_another() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let first = world.parameters(&here, &key).await;
    let mut mixed = import(&world.parameters(&here, &key).await, &MATERIAL, Expiry::Never);
    mixed.token = first.token;
    assert_eq!(world.engine.import_material(&here, &key, mixed).await.unwrap_err(), Error::UnwrapFailed);
}

#[tokio::test]
async fn a_newer_set_voids_the_older_where_the_vendor_says_so() {
    let world = World::new().await;
    let here = Scope::new(Tenant::new("choosy", "a"), "here");
    let key = world.aes_key(&here).await;
    let first = world.parameters(&here, &key).await;
    let second = world.parameters(&here, &key).await;
    let old = world.engine.import_material(&here, &key, import(&first, &MATERIAL, Expiry::Never)).await;
    assert_eq!(old.unwrap_err(), Error::TokenSuperseded);
    world.engine.import_material(&here, &key, import(&second, &MATERIAL, Expiry::Never)).await.unwrap();
}

#[tokio::test]
async fn a_token_is_good_for_24_hours_and_no_longer() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let parameters = world.parameters(&here, &key).await;
    world.clock.advance_seconds(86_399);
    world.engine.import_material(&here, &key, import(&parameters, &MATERIAL, Expiry::Never)).await.unwrap();
    world.clock.advance_seconds(1);
    let late = || import(&parameters, &MATERIAL, Expiry::Never);
    assert_eq!(world.engine.import_material(&here, &key, late()).await.unwrap_err(), Error::TokenExpired);
    world.engine.sweep().await.unwrap();
    assert_eq!(rows::all(&world.file).await["import_parameters"], Vec::<String>::new());
    assert_eq!(world.engine.import_material(&here, &key, late()).await.unwrap_err(), Error::TokenExpired);
}

#[tokio::test]
async fn a_token_means_nothing_to_another_tenant_or_region() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let parameters = world.parameters(&here, &key).await;
    for elsewhere in
        [scope("b"), Scope::new(here.tenant.clone(), "there"), Scope::new(Tenant::new("choosy", "a"), "here")]
    {
        let theirs = world.aes_key(&elsewhere).await;
        let stolen = import(&parameters, &MATERIAL, Expiry::Never);
        assert_eq!(
            world.engine.import_material(&elsewhere, &theirs, stolen.clone()).await.unwrap_err(),
            Error::TokenUnknown
        );
        assert_eq!(
            world.engine.import_material(&elsewhere, &key, stolen).await.unwrap_err(),
            Error::KeyNotFound(key.clone()),
            "the key itself is invisible"
        );
    }
}

#[tokio::test]
async fn a_token_survives_a_restart() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let parameters = world.parameters(&here, &key).await;
    let restarted = world.another().await;
    restarted.import_material(&here, &key, import(&parameters, &MATERIAL, Expiry::Never)).await.unwrap();
}

#[tokio::test]
async fn bad_blobs_use_up_the_token() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let parameters = world.parameters(&here, &key).await;
    let bad = || {
        let mut bad = import(&parameters, &MATERIAL, Expiry::Never);
        bad.wrapped = Wrapped { blob: vec![1; 256], private_key: None };
        bad
    };
    for attempt in 0..BUDGET {
        assert_eq!(
            world.engine.import_material(&here, &key, bad()).await.unwrap_err(),
            Error::UnwrapFailed,
            "{attempt}"
        );
    }
    assert_eq!(world.engine.import_material(&here, &key, bad()).await.unwrap_err(), Error::TokenUnknown);
    let good = import(&parameters, &MATERIAL, Expiry::Never);
    assert_eq!(world.engine.import_material(&here, &key, good).await.unwrap_err(), Error::TokenUnknown);
    assert!(rows::all(&world.file).await["import_parameters"][0].contains(" private_key=null "));
    world.import(&here, &key, &MATERIAL, Expiry::Never).await.unwrap();
}

#[tokio::test]
async fn under_pkcs1_every_bad_blob_gets_the_same_answer() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    let spec = WrappingKeySpec::Rsa2048;
    let parameters = world.engine.get_import_parameters(&here, &key, WrappingAlgorithm::RsaPkcs1, spec).await.unwrap();
    let public = openssl::rsa::Rsa::public_key_from_der(&parameters.public_key).unwrap();
    let pkcs1 = |plain: &[u8]| {
        let mut blob = vec![0; 256];
        public.public_encrypt(plain, &mut blob, openssl::rsa::Padding::PKCS1).unwrap();
        blob
    };
    for blob in [pkcs1(&[7; 31]), pkcs1(&[7; 33]), vec![3; 256], vec![3; 255]] {
        let mut bad = import(&parameters, &MATERIAL, Expiry::Never);
        bad.wrapped = Wrapped { blob, private_key: None };
        assert_eq!(world.engine.import_material(&here, &key, bad).await.unwrap_err(), Error::UnwrapFailed);
    }
    let mut good = import(&parameters, &MATERIAL, Expiry::Never);
    good.wrapped = Wrapped { blob: pkcs1(&MATERIAL), private_key: None };
    world.engine.import_material(&here, &key, good).await.unwrap();
}

#[tokio::test]
async fn what_is_not_offered_is_refused() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    for algorithm in WrappingAlgorithm::ALL.iter().copied() {
        for spec in WrappingKeySpec::ALL.iter().copied() {
            let outcome = world.engine.get_import_parameters(&here, &key, algorithm, spec).await;
            let offered = spec == WrappingKeySpec::Rsa2048
                && matches!(algorithm, WrappingAlgorithm::RsaOaepSha256 | WrappingAlgorithm::RsaPkcs1);
            match outcome {
                Ok(parameters) => {
                    assert!(offered, "{algorithm} {spec}");
                    assert_eq!(parameters.token.len(), 96);
                }
                Err(refusal) => {
                    assert!(!offered, "{algorithm} {spec}");
                    assert_eq!(refusal, Error::WrappingNotOffered);
                }
            }
        }
    }
}
