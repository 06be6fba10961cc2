//! Who does not see a key: every other tenant, region and dialect.

use serde_json::json;
use testkit::TestServer;
use testkit::http::Answer;
use testkit::sign::{self, Unsigned};

use super::driver::{Kind, Origin, Why, assert_refused, driver, driver_of};
use super::life::import;
use super::on_each_database;
use crate::clients::{Caller, Outcome, Vendor};

on_each_database! {
    strangers_see_nothing(crate::clients::Vendor::Aws) as aws;
    strangers_see_nothing(crate::clients::Vendor::Huawei) as huawei;
    strangers_see_nothing(crate::clients::Vendor::Tencent) as tencent;
    credentials_are_one_vendors as credentials;
}

/// Another region of a vendor, with the same kind of symmetric key.
const fn another_region(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Aws => "us-east-1",
        Vendor::Huawei => "cn-east-3",
        Vendor::Tencent => "ap-tokyo",
    }
}

fn strangers_see_nothing(server: &TestServer, vendor: Vendor) {
    let owner = &*driver(server, vendor, "owner");
    let key = &owner.create(Kind::Symmetric, Origin::External);
    let parameters = owner.parameters(key).unwrap();
    import(owner, key, &[9; 32], None);
    let ciphertext = &owner.encrypt(key, "hello").unwrap();
    let strangers = [
        driver(server, vendor, "stranger"),
        driver_of(Caller::new(server, vendor, "owner").in_region(another_region(vendor))),
    ];
    for stranger in strangers.iter().map(|stranger| &**stranger) {
        for outcome in [
            stranger.state(key).map(|_| ()),
            stranger.encrypt(key, "hello").map(|_| ()),
            stranger.data_key(key).map(|_| ()),
            stranger.parameters(key).map(|_| ()),
            stranger.import(key, &parameters.token, &super::life::wrapped(&parameters, &[9; 32]), None),
            stranger.delete_material(key),
            stranger.disable(key),
            stranger.enable(key),
            stranger.schedule_deletion(key),
            stranger.cancel_deletion(key),
        ] {
            assert_refused(stranger, outcome, Why::Gone);
        }
        assert_refused(stranger, stranger.decrypt(ciphertext), Why::ForeignCiphertext);
        assert_eq!(stranger.list(), Vec::<String>::new());
    }
    // In another dialect the id is that of no key.
    for other in Vendor::ALL.into_iter().filter(|other| *other != vendor) {
        let other = &*driver(server, other, "owner");
        assert_refused(other, other.state(key), Why::Gone);
        assert_eq!(other.list(), Vec::<String>::new());
    }
    // All this has done nothing to it.
    assert_eq!(owner.decrypt(ciphertext).unwrap(), "hello");
    assert_eq!(owner.list(), std::slice::from_ref(key));
}

/// A read with somebody's credential.
fn attempt(caller: &Caller, access_id: &str, secret: &str) -> Outcome<()> {
    let request = Unsigned::now(caller.host(), access_id, secret, &caller.region);
    let body = b"{}";
    let path = format!("/v1.0/{}/kms/list-keys", caller.project);
    let (path, fields) = match caller.vendor {
        Vendor::Aws => ("/", sign::aws(request, "ListKeys", body)),
        Vendor::Huawei => (path.as_str(), sign::huawei(request, "POST", &path, body)),
        Vendor::Tencent => ("/", sign::tencent(request, "ListKeys", body)),
    };
    let answer: Answer = caller.send("POST", path, &sign::borrowed(&fields), body);
    caller.outcome(&answer).map(|_| ())
}

fn credentials_are_one_vendors(server: &TestServer) {
    // `testing` is AWS's alone, as are ids of twelve digits.
    let callers = Vendor::ALL.map(|vendor| driver(server, vendor, "credentials"));
    for driver in &callers {
        let caller = driver.caller();
        assert_eq!(attempt(caller, "test", "test"), Ok(()));
        for (access_id, secret) in [("testing", "testing"), ("111122223333", "test")] {
            match caller.vendor {
                Vendor::Aws => assert_eq!(attempt(caller, access_id, secret), Ok(())),
                Vendor::Huawei | Vendor::Tencent => {
                    assert_refused(&**driver, attempt(caller, access_id, secret), Why::UnknownCredential);
                }
            }
        }
        assert_refused(&**driver, attempt(caller, "nobody", "test"), Why::UnknownCredential);
        assert!(attempt(caller, "test", "wrong").is_err());
    }
    // The same credential in three dialects is three tenants.
    let key = callers[0].create(Kind::Symmetric, Origin::Service);
    assert_eq!(callers[0].list(), [key]);
    assert!(callers[1].list().is_empty() && callers[2].list().is_empty());
    // A proof in one vendor's form is none in another's.
    let huawei = callers[1].caller();
    let path = format!("/v1.0/{}/kms/list-keys", huawei.project);
    let fields = sign::aws(huawei.unsigned(), "ListKeys", b"{}");
    let answer = huawei.send("POST", &path, &sign::borrowed(&fields), b"{}");
    assert!((400..500).contains(&answer.status), "{}", answer.text());
    let tencent = callers[2].caller();
    let fields = sign::huawei(tencent.unsigned(), "POST", "/", b"{}");
    let mut fields = sign::borrowed(&fields);
    let now = tencent.unsigned().at.to_string();
    fields.extend([("x-tc-action", "ListKeys"), ("x-tc-version", "2019-01-18"), ("x-tc-region", "ap-singapore")]);
    fields.push(("x-tc-timestamp", &now));
    let answer = tencent.outcome(&tencent.send("POST", "/", &fields, json!({}).to_string().as_bytes()));
    assert_eq!(answer.unwrap_err().code, "AuthFailure.InvalidAuthorization");
}
