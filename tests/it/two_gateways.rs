//! Two gateways over one Postgres never disagree: what one has refused or emptied, the other
//! refuses on the very next request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use import_engine::WrappingAlgorithm;
use serde_json::{Value, json};
use testkit::wrap::wrap;
use testkit::{Caller, Place, TestServer};

fn rounds() -> u32 {
    std::env::var("POLYKMS_TEST_RACE_ROUNDS").map_or(60, |text| text.parse().unwrap())
}

/// A key with imported material, and what it takes to import it again.
struct Imported {
    key: String,
    import: Value,
}

fn imported(caller: &mut Caller) -> Imported {
    let created = caller.aws("CreateKey", &json!({ "Origin": "EXTERNAL" })).json();
    let key = created["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
    let input = json!({ "KeyId": key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048" });
    let given = caller.aws("GetParametersForImport", &input).json();
    let public_key = STANDARD.decode(given["PublicKey"].as_str().unwrap()).unwrap();
    let blob = STANDARD.encode(wrap(WrappingAlgorithm::RsaOaepSha256, &public_key, &[7; 32]));
    let import = json!({
        "KeyId": key,
        "ImportToken": given["ImportToken"],
        "EncryptedKeyMaterial": blob,
        "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
    });
    ok(caller, "ImportKeyMaterial", &import);
    Imported { key, import }
}

fn ok(caller: &mut Caller, operation: &str, input: &Value) {
    let answer = caller.aws(operation, input);
    assert_eq!(answer.status, 200, "{operation}: {}", answer.text());
}

fn refused(caller: &mut Caller, operation: &str, input: &Value, code: &str) {
    let answer = caller.aws(operation, input);
    assert_eq!(answer.status, 400, "{operation} went through: {}", answer.text());
    assert_eq!(answer.json()["__type"], code, "{}", answer.text());
}

#[test]
fn what_one_gateway_changes_the_other_obeys_at_once() {
    let Some(place) = Place::postgres() else { return };
    let place = Arc::new(place);
    let (first, second) = (TestServer::on(place.clone()).launch(), TestServer::on(place).launch());
    let mut pair =
        [Caller::new(first.address(), "test-two-gateways"), Caller::new(second.address(), "test-two-gateways")];
    let Imported { key, import } = imported(&mut pair[0]);
    let (key, encrypt) = (json!({ "KeyId": key }), json!({ "KeyId": key, "Plaintext": "aGVsbG8=" }));
    for round in 0..rounds() {
        let [one, other] = &mut pair;
        // Both have the parsed key in memory.
        ok(one, "Encrypt", &encrypt);
        ok(other, "Encrypt", &encrypt);
        ok(one, "DisableKey", &key);
        refused(other, "Encrypt", &encrypt, "DisabledException");
        refused(one, "Encrypt", &encrypt, "DisabledException");
        ok(other, "EnableKey", &key);
        ok(one, "Encrypt", &encrypt);
        if round % 3 == 0 {
            ok(one, "DeleteImportedKeyMaterial", &key);
            refused(other, "Encrypt", &encrypt, "KMSInvalidStateException");
            refused(one, "Encrypt", &encrypt, "KMSInvalidStateException");
            ok(other, "ImportKeyMaterial", &import);
            ok(one, "Encrypt", &encrypt);
        }
        pair.swap(0, 1);
    }
}

/// The same while the other gateway is busy with the key, so that whatever it keeps in memory is
/// warm: a request that begins after the change was answered is refused.
#[test]
fn a_busy_gateway_obeys_too() {
    let Some(place) = Place::postgres() else { return };
    let place = Arc::new(place);
    let (first, second) = (TestServer::on(place.clone()).launch(), TestServer::on(place).launch());
    let mut changer = Caller::new(first.address(), "test-busy-gateway");
    let Imported { key, .. } = imported(&mut changer);
    let encrypt = json!({ "KeyId": key, "Plaintext": "aGVsbG8=" });
    let key = json!({ "KeyId": key });

    // Odd while the key is disabled: counts the changes, so that one seen twice is the same spell.
    let spell = Arc::new(AtomicU32::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let users: Vec<_> = (0..2)
        .map(|_| {
            let (spell, over, encrypt) = (spell.clone(), over.clone(), encrypt.clone());
            let mut caller = Caller::new(second.address(), "test-busy-gateway");
            std::thread::spawn(move || {
                let mut refusals = 0;
                while !over.load(Ordering::SeqCst) {
                    let before = spell.load(Ordering::SeqCst);
                    let status = caller.aws("Encrypt", &encrypt).status;
                    if before % 2 == 1 && spell.load(Ordering::SeqCst) == before {
                        assert_eq!(status, 400, "a disabled key encrypted");
                        refusals += 1;
                    }
                }
                refusals
            })
        })
        .collect();
    for _ in 0..rounds() {
        ok(&mut changer, "DisableKey", &key);
        spell.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(std::time::Duration::from_millis(15));
        spell.fetch_add(1, Ordering::SeqCst);
        ok(&mut changer, "EnableKey", &key);
    }
    over.store(true, Ordering::SeqCst);
    let refusals: u32 = users.into_iter().map(|user| user.join().unwrap()).sum();
    assert!(refusals > 0, "nobody asked while the key was disabled");
}

/// One set of parameters, imported through both gateways at once: every answer is a success, and
/// the key is whole.
#[test]
fn both_gateways_import_at_once() {
    let Some(place) = Place::postgres() else { return };
    let place = Arc::new(place);
    let (first, second) = (TestServer::on(place.clone()).launch(), TestServer::on(place).launch());
    let mut caller = Caller::new(first.address(), "test-both-import");
    let Imported { key, import } = imported(&mut caller);
    let key = json!({ "KeyId": key });
    for _ in 0..rounds().div_ceil(6) {
        ok(&mut caller, "DeleteImportedKeyMaterial", &key);
        let importers: Vec<_> = [first.address(), second.address(), first.address(), second.address()]
            .map(|address| {
                let import = import.clone();
                std::thread::spawn(move || {
                    ok(&mut Caller::new(address, "test-both-import"), "ImportKeyMaterial", &import);
                })
            })
            .into();
        importers.into_iter().for_each(|importer| importer.join().unwrap());
        let shown = caller.aws("DescribeKey", &key).json();
        assert_eq!(shown["KeyMetadata"]["KeyState"], "Enabled");
    }
    let place = first.place();
    assert_eq!(place.number("SELECT COUNT(*) FROM materials"), 1);
    assert_eq!(place.number("SELECT COUNT(*) FROM materials WHERE sealed IS NOT NULL"), 1);
}
