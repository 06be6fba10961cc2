//! More callers at once than the pool of wrapping keys holds.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{Caller, Place, TestServer};

const CALLERS: usize = 24;

#[test]
fn a_burst_larger_than_the_pool_is_served_and_holds_nobody_up() {
    burst_on(Place::sqlite());
    if let Some(place) = Place::postgres() {
        burst_on(place);
    }
}

fn burst_on(place: Place) {
    let server = TestServer::on(place).launch();
    let address = server.address();
    let mut caller = Caller::new(address, "test-burst");
    let created = caller.aws("CreateKey", &json!({ "Origin": "EXTERNAL" })).json();
    let key = Arc::new(created["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned());

    let over = Arc::new(AtomicBool::new(false));
    let bystander = std::thread::spawn({
        let (key, over) = (key.clone(), over.clone());
        move || {
            let mut caller = Caller::new(address, "test-burst");
            let mut longest = Duration::ZERO;
            while !over.load(Ordering::Relaxed) {
                let asked = Instant::now();
                assert_eq!(caller.aws("DescribeKey", &json!({ "KeyId": *key })).status, 200);
                longest = longest.max(asked.elapsed());
            }
            longest
        }
    });

    let started = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let key = key.clone();
            std::thread::spawn(move || {
                let input =
                    json!({ "KeyId": *key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048" });
                let answer = Caller::new(address, "test-burst").aws("GetParametersForImport", &input);
                assert_eq!(answer.status, 200, "{}", answer.text());
                answer.json()["PublicKey"].as_str().unwrap().to_owned()
            })
        })
        .collect();
    let public_keys: HashSet<String> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
    let burst = started.elapsed();
    over.store(true, Ordering::Relaxed);
    let longest = bystander.join().unwrap();
    println!("{CALLERS} sets of parameters in {burst:?}; the longest DescribeKey meanwhile took {longest:?}");
    assert_eq!(public_keys.len(), CALLERS, "a wrapping key was handed out twice");
    // The bystander shares two cores with the search for primes, but never waits in their line.
    assert!(longest < Duration::from_secs(5), "DescribeKey took {longest:?}");
}
