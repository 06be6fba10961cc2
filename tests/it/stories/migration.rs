//! One piece of material in several clouds.

use import_engine::WrappingAlgorithm::{RsaAesKeyWrapSha256, RsaOaepSha256};
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use serde_json::json;
use testkit::TestServer;
use testkit::wrap::{wrap, wrap_two_fields};

use super::driver::{Blob, Driver, Kind, Origin, Parameters, driver};
use super::life::import;
use super::on_each_database;
use crate::clients::Vendor;

on_each_database! {
    one_secret_in_three_clouds as symmetric;
    one_private_key_in_two_clouds as asymmetric;
    one_mac_key_in_two_clouds as mac;
}

fn one_secret_in_three_clouds(server: &TestServer) {
    let material = [0x77; 32];
    let drivers = Vendor::ALL.map(|vendor| driver(server, vendor, "migration"));
    // Two keys each: the same material under another key is another key.
    let keys = drivers.each_ref().map(|driver| {
        [(); 2].map(|()| {
            let key = driver.create(Kind::Symmetric, Origin::External);
            import(&**driver, &key, &material, None);
            key
        })
    });
    let ciphertexts = [0, 1, 2].map(|at| {
        let ciphertext = drivers[at].encrypt(&keys[at][0], "hello").unwrap();
        assert_eq!(drivers[at].decrypt(&ciphertext).unwrap(), "hello");
        let (plain, sealed) = drivers[at].data_key(&keys[at][0]).unwrap();
        assert_eq!(drivers[at].open_data_key(&keys[at][0], &sealed).unwrap(), plain);
        ciphertext
    });
    for (at, driver) in drivers.iter().enumerate() {
        for (of, ciphertext) in ciphertexts.iter().enumerate() {
            if at != of {
                let refused = driver.decrypt(ciphertext).expect_err("another cloud's ciphertext");
                let vendor = driver.caller().vendor;
                let expected = match vendor {
                    Vendor::Aws => "InvalidCiphertextException",
                    Vendor::Huawei => "KMS.2201",
                    Vendor::Tencent => "InvalidParameterValue.InvalidCiphertext",
                };
                // What is not even base64 there is refused as malformed.
                let malformed = vendor == Vendor::Aws && refused.code == "SerializationException";
                assert!(refused.code == expected || malformed, "{vendor:?}: {refused:?}");
            }
        }
        // Without its own key a ciphertext is lost, whoever else has the material.
        driver.disable(&keys[at][0]).unwrap();
        assert!(driver.decrypt(&ciphertexts[at]).is_err());
    }
}

fn private_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

/// AWS parameters for the one algorithm that carries private keys of any size.
fn key_wrap_parameters(aws: &dyn Driver, key: &str) -> Parameters {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let input = json!({ "KeyId": key, "WrappingAlgorithm": "RSA_AES_KEY_WRAP_SHA_256", "WrappingKeySpec": "RSA_4096" });
    let answer = aws.caller().call("GetParametersForImport", &input).unwrap();
    let text = |member: &str| answer[member].as_str().unwrap().to_owned();
    Parameters { token: text("ImportToken"), public_key: STANDARD.decode(text("PublicKey")).unwrap() }
}

fn one_private_key_in_two_clouds(server: &TestServer) {
    let private = private_key();
    let pkcs8 = private.private_key_to_pkcs8().unwrap();
    let public = private.public_key_to_der().unwrap();

    let aws = &*driver(server, Vendor::Aws, "private");
    let in_aws = &aws.create(Kind::EcP256, Origin::External);
    let given = key_wrap_parameters(aws, in_aws);
    let blob = Blob { material: wrap(RsaAesKeyWrapSha256, &given.public_key, &pkcs8), private_key: None };
    aws.import(in_aws, &given.token, &blob, None).unwrap();

    let huawei = &*driver(server, Vendor::Huawei, "private");
    let in_huawei = &huawei.create(Kind::EcP256, Origin::External);
    let given = huawei.parameters(in_huawei).unwrap();
    let (material, private_key) = wrap_two_fields(RsaOaepSha256, &given.public_key, &pkcs8);
    huawei.import(in_huawei, &given.token, &Blob { material, private_key: Some(private_key) }, None).unwrap();

    assert_eq!(aws.public_key(in_aws), public);
    assert_eq!(huawei.public_key(in_huawei), public);
    let message = b"signed in one cloud, believed in the other";
    let by_aws = aws.sign(in_aws, message);
    let by_huawei = huawei.sign(in_huawei, message);
    for (signature, is_right) in [(&by_aws, true), (&by_huawei, true), (&tampered(&by_aws), false)] {
        assert_eq!(aws.verify(in_aws, message, signature), is_right);
        assert_eq!(huawei.verify(in_huawei, message, signature), is_right);
    }
}

/// A signature with its last bit flipped.
fn tampered(signature: &[u8]) -> Vec<u8> {
    let mut signature = signature.to_vec();
    *signature.last_mut().unwrap() ^= 1;
    signature
}

fn one_mac_key_in_two_clouds(server: &TestServer) {
    let material = [0x31; 32];
    let macs = [Vendor::Aws, Vendor::Huawei].map(|vendor| {
        let driver = &*driver(server, vendor, "mac");
        let key = driver.create(Kind::Hmac, Origin::External);
        import(driver, &key, &material, None);
        driver.mac(&key, b"message")
    });
    assert_eq!(macs[0], macs[1]);
    let key = PKey::hmac(&material).unwrap();
    let mut signer = openssl::sign::Signer::new(openssl::hash::MessageDigest::sha256(), &key).unwrap();
    assert_eq!(macs[0], signer.sign_oneshot_to_vec(b"message").unwrap());
}
