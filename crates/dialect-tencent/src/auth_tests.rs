//! The published vectors, and every way a proof can fail.

use dialect::http::{Head, Headers};
use std::task::{Context, Poll, Waker};

use dialect::principals::{Rights, Standing};
use dialect::{Credential, Credentials, Trust};
use import_engine::Timestamp;

use super::*;
use crate::identity::Identity;
use crate::staff::configured_principal;

const SECRET_ID: &str = "AKIDEXAMPLE0000000000000000000000000";
const SECRET: &[u8] = b"SecretExample0000000000000000000";
const NOW: i64 = 1_700_000_000;
const BODY: &str = r#"{"KeyId": "23e80852-1e38-11e9-b129-5cb9019b4b01"}"#;
const POST_SIGNATURE: &str = "8057b5efbc1e2da5baa638f92cf77ba3e88c7972584dbe621dc359c06f752e2f";
const GET_SIGNATURE: &str = "d1ccd3cb507d48b941edf8303bd585b6bbffd6ae913022925caee0b1b32c7e66";
const UNSIGNED_SIGNATURE: &str = "4ce9f31ddd771c15d3656232476934a3660158d7bdcff3c0428a717ed5f4e375";

fn authenticator(trust: Trust, strict_service: bool) -> Authenticator {
    let credential =
        Credential { access_id: SECRET_ID.into(), secret: Material::copy_of(SECRET), account: "100012345678".into() };
    let credentials = Credentials::new(trust).with(VENDOR, credential);
    let directory = Arc::new(Directory::new(Arc::new(credentials), None));
    Authenticator::new(directory, &Settings { strict_service, ..Settings::default() })
}

fn authorization(scope: &str, signed: &str, signature: &str) -> String {
    format!("TC3-HMAC-SHA256 Credential={SECRET_ID}/{scope}, SignedHeaders={signed}, Signature={signature}")
}

fn tc3(signature: &str) -> String {
    authorization("2023-11-14/kms/tc3_request", "content-type;host", signature)
}

struct Sent {
    method: &'static str,
    query: &'static str,
    headers: Vec<(String, String)>,
    body: String,
}

impl Sent {
    fn post(authorization: &str) -> Self {
        let headers = [
            ("host", "127.0.0.1:8080"),
            ("content-type", "application/json"),
            ("x-tc-action", "DescribeKey"),
            ("x-tc-version", "2019-01-18"),
            ("x-tc-region", "ap-guangzhou"),
            ("x-tc-timestamp", "1700000000"),
            ("authorization", authorization),
        ];
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { method: "POST", query: "", headers, body: BODY.to_owned() }
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(field, _)| field != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(field, _)| field != name);
        self
    }

    fn at(&self, seconds: i64) -> Request {
        let headers = self.headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes()));
        Request {
            head: Head {
                method: self.method.to_owned(),
                path: "/".to_owned(),
                query: self.query.to_owned(),
                headers: Headers::new(headers),
                peer: None,
            },
            body: Zeroizing::new(self.body.clone().into_bytes()),
            id: String::new(),
            received_at: Timestamp::from_seconds(seconds),
        }
    }
}

fn by(authenticator: &Authenticator, request: &Request) -> Result<Verified, Refusal> {
    let arrival = Arrival::read(request)?;
    now(authenticator.authenticate(request, &arrival)).map(|admitted| admitted.caller)
}

/// What a future answers that waits for nothing: there is no engine here.
fn now<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("it waits"),
    }
}

fn outcome(sent: &Sent) -> Result<Verified, Refusal> {
    by(&authenticator(Trust::Configured, false), &sent.at(NOW))
}

#[test]
fn the_signing_key_is_the_published_one() {
    let key = tc3_key(&Material::copy_of(SECRET), "2023-11-14", "kms").unwrap();
    assert_eq!(hex::encode(&*key), "43e36ecafe217434c18a1ee431504a1c55b34b92a32ca31f3c53c5cbdd7c95ec");
}

#[test]
fn the_canonical_requests_are_the_published_ones() {
    let hash = |request: &Request| {
        let host = request.head.headers.bytes("host").unwrap();
        let payload_hash = payload_hash(request);
        let text =
            canonical_request(request, &["content-type".to_owned(), "host".to_owned()], host, true, &payload_hash)
                .unwrap();
        sha256_hex(&text)
    };
    let post = Sent::post("x").at(NOW);
    assert_eq!(hash(&post), "460fbb9554f5bd393e9acba894977554c0cbebdf964affd64f1cee636762a664");
    assert_eq!(hash(&get().at(NOW)), "a9e24afbd7f110f20fad6800546223e276191936767d0dfdc49e5406bc731370");
}

fn get() -> Sent {
    let sent = Sent::post(&tc3(GET_SIGNATURE)).set("content-type", "application/x-www-form-urlencoded");
    Sent { method: "GET", query: "Offset=0&Limit=5", body: String::new(), ..sent }.set("x-tc-action", "ListKeys")
}

#[test]
fn tc3_vectors_pass() {
    let verified = outcome(&Sent::post(&tc3(POST_SIGNATURE))).unwrap();
    assert_eq!(verified.tenant(), &Tenant::new("tencent", "100012345678"));
    assert_eq!(verified.region(), "ap-guangzhou");
    assert_eq!(verified.principal(), SECRET_ID);
    assert!(outcome(&get()).is_ok());
    let unsigned = Sent::post(&tc3(UNSIGNED_SIGNATURE)).set("x-tc-content-sha256", "UNSIGNED-PAYLOAD");
    assert!(outcome(&unsigned).is_ok());
    assert!(outcome(&Sent { body: "{}".into(), ..unsigned }).is_ok());
    // What comes with a GET is not its body.
    assert!(outcome(&Sent { body: BODY.into(), ..get() }).is_ok());
    // Any other value of that header says nothing.
    for value in ["unsigned-payload", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"] {
        let signed = Sent::post(&tc3(POST_SIGNATURE)).set("x-tc-content-sha256", value);
        assert!(outcome(&signed).is_ok(), "{value}");
        assert_eq!(outcome(&Sent { body: "{}".into(), ..signed }), Err(Refusal::SignatureFailure), "{value}");
    }
}

fn v1(method: &'static str, algorithm: Option<&str>, signature: &str) -> Sent {
    let signature = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let algorithm = algorithm.map(|name| format!("&SignatureMethod={name}")).unwrap_or_default();
    let parameters = format!(
        "Version=2019-01-18&Action=DescribeKeys&KeyIds.0=23e80852-1e38-11e9-b129-5cb9019b4b01&Nonce=11886\
         &Region=ap-guangzhou&SecretId={SECRET_ID}&Timestamp=1700000000{algorithm}&Signature={signature}"
    );
    let mut sent = Sent::post("").without("authorization");
    sent.headers.retain(|(name, _)| name == "host");
    sent = sent.set("content-type", "application/x-www-form-urlencoded");
    sent.method = method;
    if method == "GET" {
        sent.query = Box::leak(parameters.into_boxed_str());
        sent.body.clear();
    } else {
        sent.body = parameters;
    }
    sent
}

#[test]
fn parameter_signature_vectors_pass() {
    for (method, algorithm, signature) in [
        ("POST", Some("HmacSHA256"), "lEgKU6R2IczQLRpigEVe7R/WzSeSIYFNq/5V9pw7xtM="),
        ("GET", Some("HmacSHA256"), "3AvjEn1MT8aAZRdacdZOnFfZIKS0MRQS0q0peSHg2VQ="),
        ("POST", Some("HmacSHA1"), "VgzAZhZlV7lyoRDJPG950DlWz60="),
        ("GET", Some("HmacSHA1"), "yh/3CZmxHBBCV041BIHi2rK6mtc="),
    ] {
        assert!(outcome(&v1(method, algorithm, signature)).is_ok(), "{method} {algorithm:?}");
        let other = if method == "GET" { "POST" } else { "GET" };
        assert_eq!(outcome(&v1(other, algorithm, signature)), Err(Refusal::SignatureFailure));
    }
    let unknown = v1("POST", Some("HmacMD5"), "VgzAZhZlV7lyoRDJPG950DlWz60=");
    assert_eq!(outcome(&unknown), Err(Refusal::SignatureFailure));
}

/// Signs as a client would that has its own idea of host, service and letter case.
fn sign(sent: Sent, host: &str, service: &str, signed: &str, lower_case: bool) -> Sent {
    let request = sent.set("host", host).at(NOW);
    let names: Vec<String> = signed.split(';').map(str::to_owned).collect();
    let canonical = canonical_request(&request, &names, host.as_bytes(), lower_case, &payload_hash(&request)).unwrap();
    let text = format!("{ALGORITHM}\n{NOW}\n2023-11-14/{service}/tc3_request\n{}", sha256_hex(&canonical));
    let key = tc3_key(&Material::copy_of(SECRET), "2023-11-14", service).unwrap();
    let signature = hex::encode(hmac_sha256(&key, text.as_bytes()).unwrap());
    let scope = format!("2023-11-14/{service}/tc3_request");
    Sent::post(&authorization(&scope, signed, &signature))
}

#[test]
fn clients_sign_what_they_like_to_call_the_host() {
    for (sent, signed, service) in [
        ("127.0.0.1:8080", "127.0.0.1:8080", "kms"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "kms"),
        ("127.0.0.1:8080", "127.0.0.1", "127"),
        ("localhost:8080", "localhost", "localhost:8080"),
        ("kms.tencentcloudapi.com", "kms.tencentcloudapi.com", "kms"),
    ] {
        for lower_case in [true, false] {
            let request = sign(Sent::post(""), signed, service, "content-type;host;x-tc-action", lower_case);
            assert!(outcome(&request.set("host", sent)).is_ok(), "{sent} {signed} {service} {lower_case}");
        }
    }
}

#[test]
fn a_foreign_service_is_refused_and_strictness_insists_on_kms() {
    let foreign = Refusal::InvalidAuthorization("`Service` in Credential not valid.");
    let cvm = sign(Sent::post(""), "127.0.0.1:8080", "cvm", "content-type;host", true);
    assert_eq!(outcome(&cvm), Err(foreign));
    let strict = authenticator(Trust::Configured, true);
    let label = sign(Sent::post(""), "127.0.0.1:8080", "127", "content-type;host", true);
    assert!(outcome(&label).is_ok());
    assert!(matches!(by(&strict, &label.at(NOW)), Err(Refusal::InvalidAuthorization(_))));
    assert!(by(&strict, &Sent::post(&tc3(POST_SIGNATURE)).at(NOW)).is_ok());
}

#[test]
fn a_changed_request_does_not_pass() {
    let good = || Sent::post(&tc3(POST_SIGNATURE));
    let changed = [
        Sent { body: "{}".into(), ..good() },
        Sent { method: "GET", ..good() },
        good().set("host", "127.0.0.1:8081"),
        good().set("content-type", "application/json; charset=utf-8"),
        good().set("x-tc-timestamp", "1700000001"),
        good().set("authorization", &tc3(&POST_SIGNATURE.replace('8', "9"))),
        good().set("authorization", &tc3(&POST_SIGNATURE.to_uppercase())),
        good().set("authorization", &tc3("")),
        good().set("x-tc-content-sha256", "UNSIGNED-PAYLOAD"),
    ];
    for sent in changed {
        assert_eq!(outcome(&sent), Err(Refusal::SignatureFailure));
    }
}

#[test]
fn a_malformed_authorization_is_told() {
    let signed = "content-type;host";
    for bad in [
        "SKIP".to_owned(),
        "TC3-HMAC-SHA256".to_owned(),
        tc3(POST_SIGNATURE).replace("TC3-HMAC-SHA256", "TC3-HMAC-SM3"),
        tc3(POST_SIGNATURE).replace("TC3-HMAC-SHA256", "AWS4-HMAC-SHA256"),
        authorization("2023-11-14/kms", signed, POST_SIGNATURE),
        authorization("2023-11-14/kms/tc3_request/x", signed, POST_SIGNATURE),
        authorization("2023-11-14/kms/aws4_request", signed, POST_SIGNATURE),
        authorization("2023-11-14/kms/tc3_request", "content-type", POST_SIGNATURE),
        authorization("2023-11-14/kms/tc3_request", "host", POST_SIGNATURE),
        authorization("2023-11-14/kms/tc3_request", "content-type;host;x-tc-none", POST_SIGNATURE),
        authorization("2023-11-13/kms/tc3_request", signed, POST_SIGNATURE),
        format!("{}, Signature=00", tc3(POST_SIGNATURE)),
        tc3(POST_SIGNATURE).replace(", Signature", ", Signatur"),
    ] {
        let refused = outcome(&Sent::post(&bad));
        assert!(matches!(refused, Err(Refusal::InvalidAuthorization(_))), "{bad}: {refused:?}");
    }
}

#[test]
fn the_window_is_five_minutes_either_side() {
    let authenticator = authenticator(Trust::Configured, false);
    let sent = Sent::post(&tc3(POST_SIGNATURE));
    for (seconds, good) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let refused = by(&authenticator, &sent.at(NOW + seconds));
        assert_eq!(refused.is_ok(), good, "{seconds}");
        if !good {
            assert_eq!(refused, Err(Refusal::SignatureExpire { server_time: NOW + seconds }));
        }
    }
}

#[test]
fn strangers_and_tokens_are_refused() {
    let stranger = tc3(POST_SIGNATURE).replace(SECRET_ID, "AKIDSTRANGER");
    assert_eq!(outcome(&Sent::post(&stranger)), Err(Refusal::SecretIdNotFound));
    let misshapen = tc3(POST_SIGNATURE).replace(SECRET_ID, "no id!");
    assert_eq!(outcome(&Sent::post(&misshapen)), Err(Refusal::InvalidSecretId));
    let with_token = Sent::post(&tc3(POST_SIGNATURE)).set("x-tc-token", "anything");
    assert_eq!(outcome(&with_token), Err(Refusal::TokenFailure));
    let bad_signature = Sent::post(&tc3("00")).set("x-tc-token", "anything");
    assert_eq!(outcome(&bad_signature), Err(Refusal::SignatureFailure));
}

#[test]
fn a_request_with_the_wrong_token_has_used_no_signature() {
    let authenticator = authenticator(Trust::Configured, false);
    let with_token = Sent::post(&tc3(POST_SIGNATURE)).set("x-tc-token", "anything");
    assert_eq!(by(&authenticator, &with_token.at(NOW)), Err(Refusal::TokenFailure));
    let elsewhere = Sent::post(&tc3(POST_SIGNATURE)).set("x-tc-action", "EnableKey");
    assert!(by(&authenticator, &elsewhere.at(NOW)).is_ok());
    assert_eq!(by(&authenticator, &with_token.at(NOW)), Err(Refusal::SignatureFailure));
}

#[test]
fn temporary_access_ids_come_with_their_own_token() {
    let known = |token: Option<&str>, is_expired| Known {
        account: String::new(),
        identity: Identity::root(""),
        secret: None,
        token: token.map(|token| Material::copy_of(token.as_bytes())),
        is_expired,
    };
    for (is_expired, sent, expected) in [
        (false, "abc", Ok(true)),
        (true, "abc", Ok(false)),
        (false, "abd", Ok(false)),
        (false, "ab", Ok(false)),
        (false, "abcd", Ok(false)),
        (false, "", Err(Refusal::SecretIdNotFound)),
        (true, "", Err(Refusal::SecretIdNotFound)),
    ] {
        assert_eq!(is_own_token(&known(Some("abc"), is_expired), sent), expected, "{sent:?}");
    }
    assert_eq!(is_own_token(&known(None, false), "abc"), Ok(false));
}

#[test]
fn a_credential_of_the_settings_is_the_accounts_or_a_users() {
    let user = |name: &str| {
        let configured = configured_principal("100012345678", "user/alice", Rights::default(), Vec::new()).unwrap();
        let credentials = Credentials::new(Trust::Configured)
            .with_principal(Tenant::new(VENDOR, "100012345678"), "user/alice", configured)
            .with(
                VENDOR,
                Credential {
                    access_id: SECRET_ID.into(),
                    secret: Material::copy_of(SECRET),
                    account: "100012345678".into(),
                },
            )
            .held_by(VENDOR, SECRET_ID, name);
        let directory = Arc::new(Directory::new(Arc::new(credentials), None));
        let authenticator = Authenticator::new(directory, &Settings::default());
        let caller = by(&authenticator, &Sent::post(&tc3(POST_SIGNATURE)).at(NOW)).unwrap();
        caller.identity::<Identity>().unwrap().clone()
    };
    assert!(matches!(user("user/alice").standing, Standing::Limited(_)));
    assert!(user("user/alice").uin.starts_with("1001"));
    assert_eq!(user("user/nobody").standing, Standing::Limited(Rights::default()));
    let root = outcome(&Sent::post(&tc3(POST_SIGNATURE))).unwrap();
    assert_eq!(root.identity::<Identity>(), Some(&Identity::root("100012345678")));
}

#[test]
fn what_is_missing_is_named() {
    let sent = || Sent::post(&tc3(POST_SIGNATURE));
    for (header, name) in [
        ("x-tc-action", "Action"),
        ("x-tc-version", "Version"),
        ("x-tc-region", "Region"),
        ("x-tc-timestamp", "Timestamp"),
        // Without it the older signature is looked for.
        ("authorization", "Timestamp"),
    ] {
        assert_eq!(outcome(&sent().without(header)), Err(Refusal::Missing(name)), "{header}");
    }
    assert!(outcome(&sent().set("x-tc-action", "GetRegions").without("x-tc-region")).is_ok());
    let full = v1("POST", None, "x").body;
    for name in ["Timestamp", "Nonce", "SecretId", "Signature", "Action", "Version", "Region"] {
        let body = full.split('&').filter(|item| !item.starts_with(&format!("{name}="))).collect::<Vec<_>>().join("&");
        let refused = outcome(&Sent { body, ..v1("POST", None, "x") });
        assert_eq!(refused, Err(Refusal::Missing(name)), "{name}");
    }
}

#[test]
fn duplicates_are_refused() {
    let mut twice = Sent::post(&tc3(POST_SIGNATURE));
    twice.headers.push(("authorization".into(), tc3(POST_SIGNATURE)));
    assert!(matches!(outcome(&twice), Err(Refusal::InvalidAuthorization(_))));
    for name in ["x-tc-action", "x-tc-region", "content-type", "host"] {
        let mut twice = Sent::post(&tc3(POST_SIGNATURE));
        twice.headers.push((name.into(), "x".into()));
        assert_eq!(outcome(&twice), Err(Refusal::Repeated(name.into())));
    }
}

#[test]
fn a_signature_does_not_serve_another_action() {
    let authenticator = authenticator(Trust::Configured, false);
    let sent = || Sent::post(&tc3(POST_SIGNATURE));
    assert!(by(&authenticator, &sent().at(NOW)).is_ok());
    assert!(by(&authenticator, &sent().at(NOW + 5)).is_ok());
    for changed in [
        sent().set("x-tc-action", "DisableKey"),
        sent().set("x-tc-region", "ap-singapore"),
        sent().set("x-tc-version", "2020-01-01"),
    ] {
        assert_eq!(by(&authenticator, &changed.at(NOW)), Err(Refusal::SignatureFailure));
    }
}

#[test]
fn open_authentication_looks_at_the_form_only() {
    let open = authenticator(Trust::Open, false);
    let anybody = tc3("00").replace(SECRET_ID, "anybody");
    assert!(by(&open, &Sent::post(&anybody).at(NOW)).is_ok());
    assert!(matches!(by(&open, &Sent::post("SKIP").at(NOW)), Err(Refusal::InvalidAuthorization(_))));
    let late = by(&open, &Sent::post(&anybody).at(NOW + 1000));
    assert!(matches!(late, Err(Refusal::SignatureExpire { .. })));
}
