//! What a vector may be given, in a fixed set of words. It is brought about through the server's
//! own API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use import_engine::WrappingAlgorithm::{RsaOaepSha256, Sm2Encrypt};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::{Value, json};
use testkit::sign::{self, Unsigned};
use testkit::wrap::{wrap, wrap_two_fields};

use super::NOON;
use super::holes::Holes;
use crate::clients::{Outcome, Vendor};
use crate::stories::driver::{Blob, Driver, Kind, Origin};

/// The keyspace of Huawei that access points and key policies are in.
const KEYSPACE: &str = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";

/// The material of imported keys.
const MATERIAL: [u8; 32] = [7; 32];

/// Brings about what the words of a `given` line say, and binds names to it.
pub fn bring_about(driver: &dyn Driver, words: &str, holes: &mut Holes) -> Result<(), String> {
    let told = |refused| format!("given {words}: {refused:?}");
    let key = |holes: &Holes| holes.value("key").map(str::to_owned);
    match words {
        "a key" => new(driver, Kind::Symmetric, Origin::Service, holes),
        "an external key" => new(driver, Kind::Symmetric, Origin::External, holes),
        "a signing key" => new(driver, Kind::EcP256, Origin::Service, holes),
        "an external signing key" => new(driver, Kind::EcP256, Origin::External, holes),
        "an RSA key" => new(driver, Kind::Rsa, Origin::Service, holes),
        "an RSA signing key" => new(driver, Kind::RsaSigning, Origin::Service, holes),
        "an HMAC key" => new(driver, Kind::Hmac, Origin::Service, holes),
        "an external HMAC key" => new(driver, Kind::Hmac, Origin::External, holes),
        "an agreement key" => new(driver, Kind::Agreement, Origin::Service, holes),
        "an external agreement key" => new(driver, Kind::Agreement, Origin::External, holes),
        "an encapsulation key" => new(driver, Kind::Encapsulation, Origin::Service, holes),
        "a post-quantum signing key" => new(driver, Kind::PostQuantumSigning, Origin::Service, holes),
        // Of AWS before a cluster, of Huawei enabled; binds `store`.
        "a key store" => holes.bind("store", &key_store(driver).map_err(told)?),
        // Of Huawei.
        "a key in it" => {
            let body = json!({ "key_alias": "key-in-store", "keystore_id": holes.value("store")? });
            let made = driver.caller().call("create-key", &body).map_err(told)?;
            holes.bind("key", made["key_info"]["key_id"].as_str().unwrap_or_default());
        }
        // For dialects that have them.
        "a key for several regions" => {
            let made = driver.caller().call("CreateKey", &json!({ "MultiRegion": true })).map_err(told)?;
            holes.bind("key", made["KeyMetadata"]["KeyId"].as_str().unwrap_or_default());
        }
        // Of Tencent: its default key.
        "a key of a cloud product" => {
            let wish = json!({ "region": holes.value("region")? });
            let made = driver.caller().administer("PUT", "default-keys/cos", &wish);
            holes.bind("key", made["key_id"].as_str().unwrap_or_default());
        }
        "another key" => holes.bind("other", &driver.create(Kind::Symmetric, Origin::External)),
        // An imported key whose material is there for an hour.
        "an imported key" => {
            new(driver, Kind::Symmetric, Origin::External, holes);
            parameters(driver, holes).map_err(told)?;
            import(driver, holes, Some(NOON + 3600)).map_err(told)?;
        }
        "an imported signing key" => {
            new(driver, Kind::EcP256, Origin::External, holes);
            import_private_key(driver, &key(holes)?).map_err(told)?;
        }
        "it is imported for ever" => import(driver, holes, None).map_err(told)?,
        "it is disabled" => driver.disable(&key(holes)?).map_err(told)?,
        "it is enabled" => driver.enable(&key(holes)?).map_err(told)?,
        "it is about to be deleted" => driver.schedule_deletion(&key(holes)?).map_err(told)?,
        "its deletion is cancelled" => driver.cancel_deletion(&key(holes)?).map_err(told)?,
        "its material is deleted" => driver.delete_material(&key(holes)?).map_err(told)?,
        // Binds `token` and the blobs `wrapped` and, of other material, `wrapped_other`,
        // `wrapped_short` and `wrapped_long`.
        "import parameters" => parameters(driver, holes).map_err(told)?,
        // The parameters of the key called `other`, under `other_token`.
        "import parameters of another key" => {
            let other = holes.value("other")?.to_owned();
            let given = driver.parameters(&other).map_err(told)?;
            holes.bind("other_token", &given.token);
        }
        "a ciphertext" => {
            let ciphertext = driver.encrypt(&key(holes)?, "hello").map_err(told)?;
            holes.bind("ciphertext", &ciphertext);
            holes.bind("tampered", &tampered(&ciphertext));
        }
        "a data key" => {
            let (plain, sealed) = driver.data_key(&key(holes)?).map_err(told)?;
            holes.bind("plain", &plain);
            holes.bind("sealed", &sealed);
        }
        // Of Tencent, called `hosted`: `data_key`, what it is (`plain`), and that under the key (`sealed`).
        "a hosted data key" => {
            let input = json!({
                "KeyId": key(holes)?, "KeySpec": "AES_256", "IsHostedByKms": 1, "DataKeyName": "hosted",
                "Tags": [{ "TagKey": "env", "TagValue": "dev" }],
            });
            let made = driver.caller().call("GenerateDataKey", &input).map_err(told)?;
            for (name, member) in [("data_key", "DataKeyId"), ("plain", "Plaintext"), ("sealed", "CiphertextBlob")] {
                holes.bind(name, made[member].as_str().unwrap_or_default());
            }
        }
        "its data key is disabled" => {
            let input = json!({ "DataKeyId": holes.value("data_key")? });
            driver.caller().call("DisableDataKey", &input).map_err(told)?;
        }
        "its data key is about to be deleted" => {
            let input = json!({ "DataKeyId": holes.value("data_key")?, "PendingWindowInDays": 7 });
            driver.caller().call("ScheduleDataKeyDeletion", &input).map_err(told)?;
        }
        // Of `hello`, made outside under the public half of an RSA key.
        "a ciphertext from outside" => {
            let sealed = wrap(RsaOaepSha256, &driver.public_key(&key(holes)?), b"hello");
            holes.bind("sealed", &STANDARD.encode(sealed));
        }
        // Of Tencent's, in a region that has SM2: `key`, and `sealed` of `hello`.
        "an SM2 key in the SM edition" => {
            let made =
                in_sm_edition(driver, "CreateKey", &json!({ "Alias": "sm2", "KeyUsage": "ASYMMETRIC_DECRYPT_SM2" }));
            let key = made.map_err(told)?["KeyId"].as_str().unwrap_or_default().to_owned();
            let shown = in_sm_edition(driver, "GetPublicKey", &json!({ "KeyId": key })).map_err(told)?;
            let spki = STANDARD.decode(shown["PublicKey"].as_str().unwrap_or_default()).unwrap();
            holes.bind("key", &key);
            holes.bind("sealed", &STANDARD.encode(wrap(Sm2Encrypt, &spki, b"hello")));
        }
        // Of Tencent's, in a region that has them: `key`.
        "a white-box key" => holes.bind("key", &white_box_key(driver, "white").map_err(told)?),
        // As many as there may be.
        "fifty white-box keys" => {
            for number in 0..50 {
                white_box_key(driver, &format!("white-{number}")).map_err(told)?;
            }
        }
        // Tencent's.
        "a post-quantum ciphertext" => {
            let input = json!({ "KeyId": key(holes)?, "PlainText": STANDARD.encode("hello") });
            let answer = driver.caller().call("PostQuantumCryptoEncrypt", &input).map_err(told)?;
            let ciphertext = answer["CiphertextBlob"].as_str().unwrap_or_default();
            holes.bind("ciphertext", ciphertext);
            holes.bind("tampered", &tampered(ciphertext));
        }
        // Tencent's, of `message`.
        "a post-quantum signature" => {
            let input = json!({ "KeyId": key(holes)?, "Message": STANDARD.encode("message") });
            let answer = driver.caller().call("PostQuantumCryptoSign", &input).map_err(told)?;
            holes.bind("signature", answer["Signature"].as_str().unwrap_or_default());
        }
        // Of `message`.
        "a signature" => holes.bind("signature", &STANDARD.encode(driver.sign(&key(holes)?, b"message"))),
        "a MAC" => {
            let mac = driver.mac(&key(holes)?, b"message");
            holes.bind("mac", &STANDARD.encode(&mac));
            holes.bind("mac_hex", &hex::encode(&mac));
        }
        // Of Huawei's identity service, for the project of the path or for another.
        "a token" => holes.bind("auth_token", &auth_token(driver, holes.value("project")?)),
        "a token of another project" => holes.bind("auth_token", &auth_token(driver, &"f".repeat(32))),
        // Of Huawei, to somebody: `grant`.
        "a grant" if driver.caller().vendor == Vendor::Huawei => {
            let body = json!({
                "key_id": key(holes)?, "name": "mine", "grantee_principal": "13gg44z4g2sglzk0egw0u726zoyzvrs8",
                "operations": ["describe-key", "retire-grant"],
            });
            let made = driver.caller().call("create-grant", &body).map_err(told)?;
            holes.bind("grant", made["grant_id"].as_str().unwrap_or_default());
        }
        // Of AWS, to the account itself: `grant` and `grant_token`.
        "a grant" => {
            let body = r#"{"KeyId": "${key}", "GranteePrincipal": "arn:aws:iam::${account}:root", "Name": "mine",
                "RetiringPrincipal": "arn:aws:iam::${account}:root", "Operations": ["Encrypt", "RetireGrant"]}"#;
            let body = serde_json::from_str(&holes.filled(body)?).map_err(|error| error.to_string())?;
            let made = driver.caller().call("CreateGrant", &body).map_err(told)?;
            for (name, member) in [("grant", "GrantId"), ("grant_token", "GrantToken")] {
                holes.bind(name, made[member].as_str().unwrap_or_default());
            }
        }
        // Of Huawei, custom, in the keyspace of all vectors: `point`.
        "an access point" => {
            let body = json!({ "keyspace_id": KEYSPACE, "access_point_name": "point", "type": 3 });
            let made = driver.caller().call("access-points", &body).map_err(told)?;
            holes.bind("point", made["access_point_id"].as_str().unwrap_or_default());
        }
        // Of Huawei, which lets the access point in: `policy`.
        "a key policy" => {
            let policy = json!({ "version": "1.0", "allowed_access_point": [holes.value("point")?] }).to_string();
            let body = json!({ "keyspace_id": KEYSPACE, "policy_name": "policy", "policy": policy });
            let made = driver.caller().call("key-policies", &body).map_err(told)?;
            holes.bind("policy", made["policy_id"].as_str().unwrap_or_default());
        }
        // Of Huawei: `capsule` and its data key `plain`, and the access point's `signature` and `public` key.
        "a capsule" => {
            let rule = json!({ "policy_id": holes.value("policy")? });
            capsule(driver, rule, holes).map_err(told)?;
        }
        "a capsule that lets nobody in" => capsule(driver, json!({ "key_policy": "{}" }), holes).map_err(told)?,
        "a day later" => driver.caller().clock(&json!({ "advance": 86_400 })),
        "an hour later" => driver.caller().clock(&json!({ "advance": 3600 })),
        "seven days later" => driver.caller().clock(&json!({ "advance": 7 * 86_400 })),
        // `N seconds later`.
        _ if words.ends_with(" seconds later") => {
            let count = words.trim_end_matches(" seconds later").parse::<u32>().map_err(|error| error.to_string())?;
            driver.caller().clock(&json!({ "advance": count }));
        }
        // `its primary region is REGION`, of Huawei.
        _ if words.starts_with("its primary region is ") => {
            let region = words.trim_start_matches("its primary region is ");
            move_primary(driver, holes.value("key")?, region).map_err(told)?;
        }
        // Of Huawei's object storage; binds `key`.
        "a default master key" => {
            let path = format!("/-/admin/tenants/huawei/{}/default-keys/obs", driver.caller().access_id);
            let answer = driver.caller().send("PUT", &path, &[("authorization", "Bearer test")], b"");
            holes.bind("key", answer.json()["key_id"].as_str().unwrap_or_default());
        }
        // As many as Huawei allows.
        "a hundred keys" => (0..100).for_each(|_| drop(driver.create(Kind::Symmetric, Origin::External))),
        // `calls OPERATION BODY`: an operation of the vendor by its name, with what it takes.
        _ => {
            let call = words.strip_prefix("calls ").and_then(|call| call.split_once(' '));
            let Some((operation, body)) = call else {
                return Err(format!("nobody knows how to give {words:?}"));
            };
            let body = serde_json::from_str(&holes.filled(body)?).map_err(|error| error.to_string())?;
            let operation = holes.filled(operation)?;
            // Those of white-box keys are not everywhere.
            let called = if operation.contains("WhiteBox") {
                in_sm_edition(driver, &operation, &body)
            } else {
                driver.caller().call(&operation, &body)
            };
            called.map_err(told)?;
        }
    }
    Ok(())
}

fn move_primary(driver: &dyn Driver, key: &str, region: &str) -> Result<(), crate::clients::Refused> {
    let caller = driver.caller();
    let path = format!("/v2/{}/kms/keys/{key}/update-primary-region", caller.project);
    let body = json!({ "key_id": key, "primary_region": region }).to_string();
    let fields = testkit::sign::huawei(caller.unsigned(), "PUT", &path, body.as_bytes());
    let answer = caller.send("PUT", &path, &testkit::sign::borrowed(&fields), body.as_bytes());
    caller.outcome(&answer).map(|_| ())
}

/// Makes a capsule and a document by which the access point asks for its data key.
fn capsule(driver: &dyn Driver, mut body: Value, holes: &mut Holes) -> Result<(), crate::clients::Refused> {
    let value = |name: &str| holes.value(name).unwrap_or_default().to_owned();
    let (key, point) = (value("key"), value("point"));
    body["key_id"] = json!(key);
    body["datakey_length"] = json!("256");
    let made = driver.caller().call("datakey-capsule/create", &body)?;
    let capsule = made["datakey_capsule"].as_str().unwrap_or_default();
    let fetched = driver.caller().call(&format!("access-points/{point}/get-privatekey"), &json!({}))?;
    let private_key = STANDARD.decode(fetched["private_key"].as_str().unwrap_or_default()).unwrap();
    let private_key = PKey::private_key_from_pkcs8(&private_key).unwrap();
    let statement = format!("{key}\n{capsule}\n\n2099-01-01T00:00:00Z");
    let mut signer = Signer::new(MessageDigest::sha256(), &private_key).unwrap();
    let signature = signer.sign_oneshot_to_vec(statement.as_bytes()).unwrap();
    holes.bind("capsule", capsule);
    holes.bind("plain", made["datakey"].as_str().unwrap_or_default());
    holes.bind("signature", &STANDARD.encode(signature));
    holes.bind("public", &STANDARD.encode(private_key.public_key_to_der().unwrap()));
    Ok(())
}

fn key_store(driver: &dyn Driver) -> Result<String, crate::clients::Refused> {
    let caller = driver.caller();
    if caller.vendor == Vendor::Huawei {
        let path = format!("/v1.0/{}/keystores", caller.project);
        let made = caller.call(&path, &json!({ "keystore_alias": "mine", "hsm_cluster_id": "cluster-1" }))?;
        let store = made["keystore"]["keystore_id"].as_str().unwrap_or_default().to_owned();
        caller.call(&format!("{path}/{store}/enable"), &json!({}))?;
        return Ok(store);
    }
    let body = json!({
        "CustomKeyStoreName": "mine",
        "CloudHsmClusterId": "cluster-2a23b4cdefg",
        "KeyStorePassword": "kmsPswd",
        "TrustAnchorCertificate": "certificate",
    });
    let answer = driver.caller().call("CreateCustomKeyStore", &body)?;
    Ok(answer["CustomKeyStoreId"].as_str().unwrap_or_default().to_owned())
}

fn new(driver: &dyn Driver, kind: Kind, origin: Origin, holes: &mut Holes) {
    holes.bind("key", &driver.create(kind, origin));
}

fn parameters(driver: &dyn Driver, holes: &mut Holes) -> Result<(), crate::clients::Refused> {
    let key = holes.value("key").unwrap_or_default().to_owned();
    let given = driver.parameters(&key)?;
    holes.bind("token", &given.token);
    for (name, material) in [
        ("wrapped", &MATERIAL[..]),
        ("wrapped_other", &[8; 32]),
        ("wrapped_short", &MATERIAL[..31]),
        ("wrapped_long", &[7; 33]),
    ] {
        holes.bind(name, &STANDARD.encode(wrap(RsaOaepSha256, &given.public_key, material)));
    }
    let (temporary, private_key) = wrap_two_fields(RsaOaepSha256, &given.public_key, b"no private key at all");
    holes.bind("wrapped_temporary", &STANDARD.encode(temporary));
    holes.bind("wrapped_no_private_key", &STANDARD.encode(private_key));
    Ok(())
}

fn import(driver: &dyn Driver, holes: &Holes, expiry: Option<i64>) -> Result<(), crate::clients::Refused> {
    let value = |name| holes.value(name).unwrap_or_default();
    let material = STANDARD.decode(value("wrapped")).unwrap_or_default();
    driver.import(value("key"), value("token"), &Blob { material, private_key: None }, expiry)
}

fn import_private_key(driver: &dyn Driver, key: &str) -> Result<(), crate::clients::Refused> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let pkcs8 = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap().private_key_to_pkcs8().unwrap();
    let given = driver.parameters(key)?;
    let blob = if driver.caller().vendor == Vendor::Huawei {
        let (material, private_key) = wrap_two_fields(RsaOaepSha256, &given.public_key, &pkcs8);
        Blob { material, private_key: Some(private_key) }
    } else {
        Blob { material: wrap(RsaOaepSha256, &given.public_key, &pkcs8), private_key: None }
    };
    driver.import(key, &given.token, &blob, None)
}

fn auth_token(driver: &dyn Driver, project: &str) -> String {
    let caller = driver.caller();
    let user = json!({ "name": caller.access_id, "password": "test", "domain": { "name": "a" } });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let body = json!({ "auth": { "identity": identity, "scope": { "project": { "id": project } } } }).to_string();
    let answer = caller.send("POST", "/v3/auth/tokens", &[("content-type", "application/json")], body.as_bytes());
    answer.header("x-subject-token").unwrap().to_owned()
}

/// Calls an action of Tencent's in a region of the SM edition.
fn in_sm_edition(driver: &dyn Driver, action: &str, input: &Value) -> Outcome<Value> {
    let (caller, body) = (driver.caller(), input.to_string());
    let fields = sign::tencent(Unsigned { region: "ap-guangzhou", ..caller.unsigned() }, action, body.as_bytes());
    caller.outcome(&caller.send("POST", "/", &sign::borrowed(&fields), body.as_bytes()))
}

/// Makes a white-box key of Tencent's.
fn white_box_key(driver: &dyn Driver, alias: &str) -> Outcome<String> {
    let made = in_sm_edition(driver, "CreateWhiteBoxKey", &json!({ "Alias": alias, "Algorithm": "AES_256" }))?;
    Ok(made["KeyId"].as_str().unwrap_or_default().to_owned())
}

/// A ciphertext with another character in its middle.
fn tampered(ciphertext: &str) -> String {
    let middle = ciphertext.len() / 2;
    let other = if ciphertext.as_bytes()[middle] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &ciphertext[..middle], &ciphertext[middle + 1..])
}
