//! Using keys: what opens what, and what does not.

use import_engine::{
    Ciphertext, EncapsulatedCiphertext, EncryptionAlgorithm, EncryptionContext, Error, Expiry, KeySpec, KeyState,
    KeyUsage, MacAlgorithm, Material, MessageForm, Origin, SigningAlgorithm, SymmetricCiphertext, usage_fits,
};

use crate::world::{World, new_key, scope};

fn context(name: &str, value: &str) -> EncryptionContext {
    EncryptionContext { pairs: [(name.to_owned(), value.to_owned())].into(), additional: Vec::new() }
}

async fn encrypt(world: &World, account: &str, key: &import_engine::KeyId) -> SymmetricCiphertext {
    let algorithm = EncryptionAlgorithm::Symmetric;
    let plaintext = Material::copy_of(b"attack at dawn");
    let encrypted = world.engine.encrypt(&scope(account), key, algorithm, plaintext, &context("a", "b")).await.unwrap();
    match encrypted.ciphertext {
        Ciphertext::Symmetric(ciphertext) => ciphertext,
        Ciphertext::Asymmetric(_) => panic!("a symmetric key makes symmetric ciphertext"),
    }
}

#[tokio::test]
async fn the_same_material_in_two_keys_does_not_open_each_others_ciphertext() {
    let world = World::new().await;
    let here = scope("a");
    let one = world.aes_key(&here).await;
    let two = world.aes_key(&here).await;
    let theirs = world.aes_key(&scope("b")).await;
    for (account, key) in [("a", &one), ("a", &two), ("b", &theirs)] {
        world.import(&scope(account), key, &[7; 32], Expiry::Never).await.unwrap();
    }
    let ciphertext = encrypt(&world, "a", &one).await;
    assert_eq!(
        world.engine.decrypt(&here, &ciphertext, &context("a", "b")).await.unwrap().plaintext.expose(),
        b"attack at dawn"
    );
    let material_of_two = world.describe(&here, &two).await.materials[0].id.clone();
    assert_ne!(ciphertext.material, material_of_two, "names differ by key");
    for (material, refusal) in
        [(ciphertext.material.clone(), Error::CiphertextInvalid), (material_of_two, Error::CiphertextInvalid)]
    {
        let redirected = SymmetricCiphertext { key: two.clone(), material, ..ciphertext.clone() };
        assert_eq!(world.engine.decrypt(&here, &redirected, &context("a", "b")).await.unwrap_err(), refusal);
    }
    assert_eq!(
        world.engine.decrypt(&scope("b"), &ciphertext, &context("a", "b")).await.unwrap_err(),
        Error::KeyNotFound(one)
    );
}

#[tokio::test]
async fn old_ciphertext_opens_after_reimport() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    world.import(&here, &key, &[7; 32], world.in_seconds(60)).await.unwrap();
    let ciphertext = encrypt(&world, "a", &key).await;
    world.clock.advance_seconds(60);
    let refused = world.engine.decrypt(&here, &ciphertext, &context("a", "b")).await.unwrap_err();
    assert!(matches!(refused, Error::WrongState { state: KeyState::PendingImport, .. }));
    world.import(&here, &key, &[7; 32], Expiry::Never).await.unwrap();
    world.engine.decrypt(&here, &ciphertext, &context("a", "b")).await.unwrap();
}

#[tokio::test]
async fn a_damaged_ciphertext_does_not_open() {
    let world = World::new().await;
    let here = scope("a");
    let key = world.aes_key(&here).await;
    world.import(&here, &key, &[7; 32], Expiry::Never).await.unwrap();
    let good = encrypt(&world, "a", &key).await;
    let mut damaged: Vec<SymmetricCiphertext> = Vec::new();
    for position in 0..good.body.len() {
        let mut bad = good.clone();
        bad.body[position] ^= 1;
        damaged.push(bad);
        damaged.push(SymmetricCiphertext { body: good.body[..position].to_vec(), ..good.clone() });
    }
    damaged.push(SymmetricCiphertext { salt: [0; 16], ..good.clone() });
    damaged.push(SymmetricCiphertext { nonce: [0; 12], ..good.clone() });
    for bad in damaged {
        assert_eq!(world.engine.decrypt(&here, &bad, &context("a", "b")).await.unwrap_err(), Error::CiphertextInvalid);
    }
    for wrong in [context("a", "c"), context("ab", ""), EncryptionContext::default()] {
        assert_eq!(world.engine.decrypt(&here, &good, &wrong).await.unwrap_err(), Error::CiphertextInvalid);
    }
}

#[tokio::test]
async fn encapsulation_keys_encrypt_messages() {
    let world = World::new().await;
    let here = scope("a");
    let new = || new_key(KeySpec::MlKem768, KeyUsage::EncapsulateDecapsulate, Origin::Generated);
    let key = world.engine.create_key(&here, new()).await.unwrap();
    let other = world.engine.create_key(&here, new()).await.unwrap();
    let message = || Material::copy_of(b"attack at dawn");
    let good = world.engine.encrypt_encapsulated(&here, &key.id, message()).await.unwrap().ciphertext;
    let opened = world.engine.decrypt_encapsulated(&here, &good).await.unwrap();
    assert_eq!((opened.key.id, opened.plaintext.expose()), (key.id.clone(), &b"attack at dawn"[..]));

    let theirs = EncapsulatedCiphertext { key: other.id.clone(), ..good.clone() };
    assert_eq!(world.engine.decrypt_encapsulated(&here, &theirs).await.unwrap_err(), Error::CiphertextInvalid);
    let theirs = EncapsulatedCiphertext { material: other.materials[0].id.clone(), ..theirs };
    assert_eq!(world.engine.decrypt_encapsulated(&here, &theirs).await.unwrap_err(), Error::CiphertextInvalid);
    let elsewhere = world.engine.decrypt_encapsulated(&scope("b"), &good).await.unwrap_err();
    assert_eq!(elsewhere, Error::KeyNotFound(key.id.clone()));

    let symmetric = new_key(KeySpec::Aes256, KeyUsage::EncryptDecrypt, Origin::Generated);
    let symmetric = world.engine.create_key(&here, symmetric).await.unwrap();
    let refused = world.engine.encrypt_encapsulated(&here, &symmetric.id, message()).await.unwrap_err();
    assert!(matches!(refused, Error::WrongUsage { .. }));
    world.engine.disable_key(&here, &key.id).await.unwrap();
    let refused = world.engine.decrypt_encapsulated(&here, &good).await.unwrap_err();
    assert!(matches!(refused, Error::WrongState { state: KeyState::Disabled, .. }));
    let refused = world.engine.encrypt_encapsulated(&here, &key.id, message()).await.unwrap_err();
    assert!(matches!(refused, Error::WrongState { state: KeyState::Disabled, .. }));
}

#[tokio::test]
async fn every_kind_of_generated_key_does_what_its_usage_says() {
    let world = World::new().await;
    let here = scope("a");
    for spec in KeySpec::ALL.iter().copied().filter(|spec| !matches!(spec, KeySpec::Rsa3072 | KeySpec::Rsa4096)) {
        for usage in KeyUsage::ALL.iter().copied() {
            let outcome = world.engine.create_key(&here, new_key(spec, usage, Origin::Generated)).await;
            if !usage_fits(spec, usage) {
                assert_eq!(outcome.unwrap_err(), Error::UsageUnfit { spec, usage });
                continue;
            }
            let key = outcome.unwrap();
            assert_eq!(key.state, KeyState::Enabled);
            assert_eq!(world.engine.public_key(&here, &key.id).await.unwrap().spki.is_some(), spec.is_asymmetric());
            for algorithm in EncryptionAlgorithm::ALL.iter().copied() {
                let plaintext = Material::copy_of(b"hello");
                let outcome = world.engine.encrypt(&here, &key.id, algorithm, plaintext, &Default::default()).await;
                match outcome {
                    Ok(encrypted) => {
                        assert!(
                            usage == KeyUsage::EncryptDecrypt && algorithm.fits(spec),
                            "{spec} {usage} {algorithm}"
                        );
                        let opened = match encrypted.ciphertext {
                            Ciphertext::Symmetric(c) => world.engine.decrypt(&here, &c, &Default::default()).await,
                            Ciphertext::Asymmetric(c) => {
                                world.engine.decrypt_asymmetric(&here, &key.id, algorithm, c).await
                            }
                        };
                        assert_eq!(opened.unwrap().plaintext.expose(), b"hello");
                    }
                    Err(Error::WrongUsage { .. }) => assert_ne!(usage, KeyUsage::EncryptDecrypt),
                    Err(refusal) => {
                        assert!(matches!(refusal, Error::AlgorithmUnfit { .. }), "{refusal}");
                        assert!(!algorithm.fits(spec));
                    }
                }
            }
            for algorithm in SigningAlgorithm::ALL.iter().copied() {
                let form =
                    if algorithm == SigningAlgorithm::Ed25519ph { MessageForm::Digest } else { MessageForm::Raw };
                let message = if form == MessageForm::Digest { vec![5; 64] } else { b"message".to_vec() };
                match world.engine.sign(&here, &key.id, algorithm, form, message.clone()).await {
                    Ok(signed) => {
                        assert!(usage == KeyUsage::SignVerify && algorithm.fits(spec), "{spec} {usage} {algorithm}");
                        let good = signed.signature.clone();
                        let verified =
                            world.engine.verify(&here, &key.id, algorithm, form, message.clone(), good).await;
                        assert!(verified.unwrap().valid, "{spec} {algorithm}");
                        let mut bad = signed.signature;
                        let last = bad.len() - 1;
                        bad[last] ^= 1;
                        let verified = world.engine.verify(&here, &key.id, algorithm, form, message, bad).await;
                        assert!(!verified.unwrap().valid, "{spec} {algorithm}");
                    }
                    Err(Error::WrongUsage { .. }) => assert_ne!(usage, KeyUsage::SignVerify),
                    Err(refusal) => {
                        assert!(matches!(refusal, Error::AlgorithmUnfit { .. }), "{spec} {algorithm} {refusal}");
                        assert!(!algorithm.fits(spec));
                    }
                }
            }
            for algorithm in MacAlgorithm::ALL.iter().copied() {
                match world.engine.generate_mac(&here, &key.id, algorithm, b"message").await {
                    Ok(mac) => {
                        assert!(usage == KeyUsage::GenerateVerifyMac && algorithm.fits(spec));
                        let good = world.engine.verify_mac(&here, &key.id, algorithm, b"message", &mac.signature).await;
                        assert!(good.unwrap().valid);
                        let bad = world.engine.verify_mac(&here, &key.id, algorithm, b"massage", &mac.signature).await;
                        assert!(!bad.unwrap().valid);
                    }
                    Err(Error::WrongUsage { .. }) => assert_ne!(usage, KeyUsage::GenerateVerifyMac),
                    Err(refusal) => assert!(matches!(refusal, Error::AlgorithmUnfit { .. }), "{refusal}"),
                }
            }
        }
    }
}
