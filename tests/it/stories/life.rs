//! The life of a key with imported material, from its making to its end.

use testkit::TestServer;
use testkit::wrap::wrap;

use import_engine::WrappingAlgorithm::RsaOaepSha256;
use serde_json::json;

use super::driver::{Blob, Driver, Kind, Origin, Parameters, State, Why, assert_refused, driver};
use super::on_each_database;
use crate::clients::Vendor;

on_each_database! {
    a_life(crate::clients::Vendor::Aws) as aws;
    a_life(crate::clients::Vendor::Huawei) as huawei;
    a_life(crate::clients::Vendor::Tencent) as tencent;
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Somebody's own key, and another.
const MATERIAL: [u8; 32] = [0x4b; 32];
const OTHER_MATERIAL: [u8; 32] = [0x4c; 32];

pub(super) fn wrapped(parameters: &Parameters, material: &[u8]) -> Blob {
    Blob { material: wrap(RsaOaepSha256, &parameters.public_key, material), private_key: None }
}

/// Fetches parameters and imports.
pub(super) fn import(driver: &dyn Driver, key: &str, material: &[u8], expiry: Option<i64>) {
    let parameters = driver.parameters(key).unwrap();
    driver.import(key, &parameters.token, &wrapped(&parameters, material), expiry).unwrap();
}

/// That a key encrypts and opens, and opens what it has encrypted before.
#[track_caller]
fn assert_useful(driver: &dyn Driver, key: &str, old: &str) {
    assert_eq!(driver.state(key), Ok(State::Enabled));
    let ciphertext = driver.encrypt(key, "hello").unwrap();
    assert_eq!(driver.decrypt(&ciphertext).unwrap(), "hello");
    let (plain, sealed) = driver.data_key(key).unwrap();
    assert_eq!(driver.open_data_key(key, &sealed).unwrap(), plain);
    assert_eq!(driver.decrypt(old).unwrap(), "from the first day");
}

/// That a key can neither encrypt nor open.
#[track_caller]
fn assert_useless(driver: &dyn Driver, key: &str, state: State, old: &str, why: Why) {
    assert_eq!(driver.state(key), Ok(state));
    assert_refused(driver, driver.encrypt(key, "hello"), why);
    assert_refused(driver, driver.decrypt(old), why);
}

fn a_life(server: &TestServer, vendor: Vendor) {
    let driver = &*driver(server, vendor, "life");
    let clock = |seconds: i64| driver.caller().clock(&json!({ "advance": seconds }));
    let key = &driver.create(Kind::Symmetric, Origin::External);
    assert_eq!(driver.state(key), Ok(State::PendingImport));
    assert_refused(driver, driver.encrypt(key, "hello"), Why::NoMaterial);
    assert_refused(driver, driver.data_key(key).map(|_| ()), Why::NoMaterial);

    // Parameters that come to nothing: a bad blob, and a token that is a day old.
    let parameters = driver.parameters(key).unwrap();
    let bad = Blob { material: vec![1; 256], private_key: None };
    assert_refused(driver, driver.import(key, &parameters.token, &bad, None), Why::BadBlob);
    clock(DAY + 1);
    let late = driver.import(key, &parameters.token, &wrapped(&parameters, &MATERIAL), None);
    assert_refused(driver, late, Why::TokenOver);
    assert_eq!(driver.state(key), Ok(State::PendingImport));

    // Imported for two hours: used in the first, lost after the second.
    import(driver, key, &MATERIAL, Some(driver.caller().now() + 2 * HOUR));
    let old = &driver.encrypt(key, "from the first day").unwrap();
    assert_useful(driver, key, old);
    clock(HOUR);
    assert_useful(driver, key, old);
    clock(HOUR + 1);
    assert_useless(driver, key, State::PendingImport, old, Why::NoMaterial);

    // Nothing but the same material comes back, and it opens what it has encrypted before.
    let parameters = driver.parameters(key).unwrap();
    let other = driver.import(key, &parameters.token, &wrapped(&parameters, &OTHER_MATERIAL), None);
    assert_refused(driver, other, Why::OtherMaterial);
    assert_eq!(driver.state(key), Ok(State::PendingImport));
    import(driver, key, &MATERIAL, None);
    assert_useful(driver, key, old);
    clock(1000 * DAY);
    assert_useful(driver, key, old);

    // Taken away and brought again.
    driver.delete_material(key).unwrap();
    assert_useless(driver, key, State::PendingImport, old, Why::NoMaterial);
    let parameters = driver.parameters(key).unwrap();
    let other = driver.import(key, &parameters.token, &wrapped(&parameters, &OTHER_MATERIAL), None);
    assert_refused(driver, other, Why::OtherMaterial);
    import(driver, key, &MATERIAL, None);
    assert_useful(driver, key, old);

    // Switched off and on.
    driver.disable(key).unwrap();
    assert_useless(driver, key, State::Disabled, old, Why::Disabled);
    driver.enable(key).unwrap();
    assert_useful(driver, key, old);

    // About to go, kept after all, and gone. One vendor wants it disabled first.
    driver.disable(key).unwrap();
    driver.schedule_deletion(key).unwrap();
    assert_useless(driver, key, State::PendingDeletion, old, Why::PendingDeletion);
    driver.cancel_deletion(key).unwrap();
    assert_useless(driver, key, State::Disabled, old, Why::Disabled);
    driver.enable(key).unwrap();
    assert_useful(driver, key, old);
    driver.disable(key).unwrap();
    driver.schedule_deletion(key).unwrap();
    clock(7 * DAY - 60);
    assert_eq!(driver.state(key), Ok(State::PendingDeletion));
    clock(61);
    assert_refused(driver, driver.state(key), Why::Gone);
    assert_refused(driver, driver.cancel_deletion(key), Why::Gone);
    assert_refused(driver, driver.encrypt(key, "hello"), Why::Gone);
    assert_refused(driver, driver.decrypt(old), Why::ForeignCiphertext);
    assert_eq!(driver.list(), Vec::<String>::new());
}
