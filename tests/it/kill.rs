//! `kill -9` in the middle of imports: after a restart every answer that was given holds, and
//! nothing is half-done.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use import_engine::{Chance as _, SystemChance, WrappingAlgorithm};
use serde_json::{Value, json};
use testkit::wrap::wrap;
use testkit::{Caller, Place, Process};

/// How many keys are hammered, one thread each.
const KEYS: usize = 4;

fn rounds() -> u32 {
    std::env::var("POLYKMS_TEST_KILL_ROUNDS").map_or(8, |text| text.parse().unwrap())
}

/// What one key was told, and what it answered.
#[derive(Clone)]
struct Hammered {
    key: String,
    import: Value,
    /// Whether it has material, by the last answer.
    acknowledged: bool,
    /// Whether it would have, by a request that was not answered.
    attempted: bool,
    /// A ciphertext of `hello` that was handed out.
    ciphertext: Option<String>,
}

#[test]
fn nothing_is_half_done_after_a_kill() {
    let place = Place::sqlite();
    let data = place.folder().to_owned();
    let mut keys = prepared(&data);
    let mut unanswered = 0;
    for round in 0..rounds() {
        let process = start(&data);
        let over = Arc::new(AtomicBool::new(false));
        let threads: Vec<_> = keys.into_iter().map(|key| hammer(&process, key, over.clone())).collect();
        std::thread::sleep(Duration::from_millis(30 + u64::from(random()) * 220 / 255));
        process.kill();
        over.store(true, Ordering::SeqCst);
        keys = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        unanswered += keys.iter().filter(|key| key.acknowledged != key.attempted).count();
        nothing_half_done(&place, round);
        check(&start(&data), &mut keys, round);
    }
    println!("{} rounds, {unanswered} changes cut off without an answer", rounds());
}

fn start(data: &Path) -> Process {
    Process::start(data, &["dev", "--listen", "127.0.0.1:0", "--data-dir", data.to_str().unwrap()])
}

/// Keys with parameters, waiting for material.
fn prepared(data: &Path) -> Vec<Hammered> {
    let process = start(data);
    let mut caller = caller(&process);
    (0..KEYS)
        .map(|number| {
            let created = caller.aws("CreateKey", &json!({ "Origin": "EXTERNAL" })).json();
            let key = created["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
            let input =
                json!({ "KeyId": key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048" });
            let given = caller.aws("GetParametersForImport", &input).json();
            let public_key = STANDARD.decode(given["PublicKey"].as_str().unwrap()).unwrap();
            let material = [u8::try_from(number).unwrap() + 1; 32];
            let blob = STANDARD.encode(wrap(WrappingAlgorithm::RsaOaepSha256, &public_key, &material));
            let import = json!({
                "KeyId": key,
                "ImportToken": given["ImportToken"],
                "EncryptedKeyMaterial": blob,
                "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
            });
            Hammered { key, import, acknowledged: false, attempted: false, ciphertext: None }
        })
        .collect()
}

/// Imports, uses and deletes the material of one key until the server is gone.
fn hammer(process: &Process, mut key: Hammered, over: Arc<AtomicBool>) -> JoinHandle<Hammered> {
    let mut caller = caller(process);
    std::thread::spawn(move || {
        while !over.load(Ordering::SeqCst) {
            if key.acknowledged {
                let encrypt = json!({ "KeyId": key.key, "Plaintext": STANDARD.encode("hello") });
                let Ok(answer) = caller.try_aws("Encrypt", &encrypt) else { break };
                assert_eq!(answer.status, 200, "{}", answer.text());
                key.ciphertext = answer.json()["CiphertextBlob"].as_str().map(str::to_owned);
            }
            key.attempted = !key.acknowledged;
            let outcome = if key.attempted {
                caller.try_aws("ImportKeyMaterial", &key.import)
            } else {
                caller.try_aws("DeleteImportedKeyMaterial", &json!({ "KeyId": key.key }))
            };
            let Ok(answer) = outcome else { break };
            assert_eq!(answer.status, 200, "{}", answer.text());
            key.acknowledged = key.attempted;
        }
        key
    })
}

/// Behind the server's back: a key is enabled exactly if the bytes of its material are there.
fn nothing_half_done(place: &Place, round: u32) {
    let enabled_and_empty = place.number(
        "SELECT COUNT(*) FROM keys k WHERE k.state = 'enabled' AND NOT EXISTS (SELECT 1 FROM materials m \
         WHERE m.key_id = k.id AND m.sealed IS NOT NULL)",
    );
    let waiting_and_full = place.number(
        "SELECT COUNT(*) FROM keys k WHERE k.state = 'pending_import' AND EXISTS (SELECT 1 FROM materials m \
         WHERE m.key_id = k.id AND m.sealed IS NOT NULL)",
    );
    assert_eq!((enabled_and_empty, waiting_and_full), (0, 0), "half-done in round {round}");
}

/// What was answered still holds; what was not answered either happened or did not.
fn check(process: &Process, keys: &mut [Hammered], round: u32) {
    let mut caller = caller(process);
    for key in keys {
        let described = caller.aws("DescribeKey", &json!({ "KeyId": key.key })).json();
        let has_material = match described["KeyMetadata"]["KeyState"].as_str().unwrap() {
            "Enabled" => true,
            "PendingImport" => false,
            other => panic!("round {round}: the key is {other}"),
        };
        assert!(
            has_material == key.acknowledged || has_material == key.attempted,
            "round {round}: answered {}, asked for {}, found {has_material}",
            key.acknowledged,
            key.attempted,
        );
        key.acknowledged = has_material;
        key.attempted = has_material;
        let (Some(ciphertext), true) = (&key.ciphertext, has_material) else { continue };
        let opened = caller.aws("Decrypt", &json!({ "CiphertextBlob": ciphertext }));
        assert_eq!(opened.status, 200, "round {round}: {}", opened.text());
        assert_eq!(opened.json()["Plaintext"], STANDARD.encode("hello"));
    }
}

fn caller(process: &Process) -> Caller {
    Caller::new(process.address(), "test-kill")
}

fn random() -> u8 {
    let mut byte = [0];
    SystemChance.fill(&mut byte).unwrap();
    byte[0]
}
