//! Proofs of callers: each failure with its text, and what a right one leads to.

use super::*;
use crate::errors::tell;
use std::future::Future;
use std::task::{Context, Poll, Waker};

use crate::pass::LIFETIME_SECONDS;
use dialect::http::{Head, Headers};
use dialect::{Credential, Credentials, Trust};
use import_engine::Material;
use zeroize::Zeroizing;

const PROJECT: &str = "0dea2644dc80d5d22ff1c01e3ebea6fc";
const OTHER: &str = "ffffffffffffffffffffffffffffffff";
const AK: &str = "AKEXAMPLE0000000001";
const BODY: &[u8] = br#"{"key_id": "0d0466b0-e727-4d9c-b35d-f84bb474a37f"}"#;
const SIGNATURE: &str = "313b711c57dae2b5d939f2aa39ca8d0d80ce00c442eb6a1cf3dfc259b74c86c7";

fn credentials(trust: Trust) -> Credentials {
    Credentials::new(trust).with(
        VENDOR,
        Credential {
            access_id: AK.to_owned(),
            secret: Material::copy_of(b"SKexample0000000000000000000000000000001"),
            account: PROJECT.to_owned(),
        },
    )
}

fn header(access_id: &str, signature: &str) -> String {
    format!(
        "SDK-HMAC-SHA256 Access={access_id}, \
         SignedHeaders=content-type;host;user-agent;x-project-id;x-sdk-date, Signature={signature}"
    )
}

/// The request of the first KMS vector, so many seconds after it was signed.
fn request(seconds_later: i64, body: &[u8], more: &[(&str, &str)]) -> Request {
    let mut fields = vec![
        ("host", "127.0.0.1:8443"),
        ("user-agent", "ua/1"),
        ("content-type", "application/json;charset=utf-8"),
        ("x-project-id", PROJECT),
        ("x-sdk-date", "20260102T030405Z"),
    ];
    fields.extend_from_slice(more);
    Request {
        head: Head {
            method: "POST".to_owned(),
            path: format!("/v1.0/{PROJECT}/kms/describe-key"),
            query: String::new(),
            headers: Headers::new(fields.into_iter().map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))),
            peer: None,
        },
        body: Zeroizing::new(body.to_vec()),
        id: String::new(),
        received_at: Timestamp::from_seconds(1_767_323_045 + seconds_later),
    }
}

/// What a future answers that waits for nothing: there is no engine here.
fn now<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("it waits"),
    }
}

fn authenticator(trust: Trust) -> Authenticator {
    let directory = Arc::new(Directory::new(Arc::new(credentials(trust)), None));
    Authenticator::new(directory, &Settings::default())
}

fn signed(trust: Trust, request: &Request, header: &str) -> Result<Caller, String> {
    now(authenticator(trust).by_signature(&Settings::default(), request, header)).map_err(|refusal| {
        let told = tell(refusal);
        assert_eq!((told.status, told.code.as_str()), (401, "APIGW.0301"));
        told.message.strip_prefix("Incorrect IAM authentication information: ").unwrap().to_owned()
    })
}

fn refused(request: &Request, header: &str) -> String {
    signed(Trust::Configured, request, header).unwrap_err()
}

#[test]
fn a_right_signature_is_a_caller() {
    for seconds in [-900, 0, 900] {
        let caller = signed(Trust::Configured, &request(seconds, BODY, &[]), &header(AK, SIGNATURE)).unwrap();
        let verified = caller.in_project(PROJECT, None, &Settings::default()).unwrap();
        assert_eq!(verified.tenant(), &Tenant::new(VENDOR, PROJECT));
        assert_eq!((verified.region(), verified.principal()), ("cn-north-4", AK));
    }
    assert!(signed(Trust::Configured, &request(0, BODY, &[]), &header(AK, &SIGNATURE.to_uppercase())).is_ok());
}

#[test]
fn each_failure_has_its_text() {
    let now = request(0, BODY, &[]);
    assert_eq!(refused(&now, &header("NOBODY", SIGNATURE)), "ak NOBODY not exist");
    for seconds in [-901, 901] {
        let text = refused(&request(seconds, BODY, &[]), &header(AK, SIGNATURE));
        assert!(text.starts_with(
            "calc aksk signature fail:signature expired, signature time:20260102T030405Z,server time:2026010"
        ));
    }
    let shown = refused(&request(0, b"{}", &[]), &header(AK, SIGNATURE));
    assert!(shown.starts_with(&format!(
        "verify aksk signature fail, canonicalRequest:POST|/v1.0/{PROJECT}/kms/describe-key/||content-type:"
    )));
    // The unknown access id is told before the date, the date before the signature.
    assert!(refused(&request(9999, BODY, &[]), &header("NOBODY", "00")).starts_with("ak NOBODY"));
    assert!(refused(&request(9999, BODY, &[]), &header(AK, "00")).contains("signature expired"));
    let header_without_date = "SDK-HMAC-SHA256 Access=AKEXAMPLE0000000001, SignedHeaders=host, Signature=00";
    assert!(refused(&now, header_without_date).contains("authorization format"));
    assert!(refused(&now, "SDK-HMAC-SM3 Access=a, SignedHeaders=b, Signature=c").contains("SDK-HMAC-SM3"));
}

#[test]
fn a_body_hash_that_is_not_the_body_s_is_not_believed() {
    // The signature covers the hash of BODY; another body comes with that hash in the header.
    let hash = "a53cf1735740c07f57f84ca42c122ec503677b4ddde8d1726011b2edb25af8a1";
    let swapped = request(0, b"{}", &[("x-sdk-content-sha256", hash)]);
    assert!(refused(&swapped, &header(AK, SIGNATURE)).starts_with("verify aksk signature fail"));
    let honest = request(0, BODY, &[("x-sdk-content-sha256", hash)]);
    assert!(signed(Trust::Configured, &honest, &header(AK, SIGNATURE)).is_ok());
}

#[test]
fn open_doors_still_want_a_form() {
    let now = request(0, BODY, &[]);
    assert!(signed(Trust::Open, &now, &header("anybody", "00")).is_ok());
    assert!(signed(Trust::Open, &now, "Bearer 00").is_err());
    assert!(signed(Trust::Public, &now, &header("anybody", "00")).is_err());
}

#[test]
fn the_region_is_what_says_it_first() {
    let caller = |region: Option<&str>| Caller {
        identity: Identity::root(Holder::Named("a".to_owned()), "test-a"),
        region: region.map(str::to_owned),
        scope: None,
        is_temporary: false,
    };
    let settings = Settings::default();
    let told = Holder::Named("a".to_owned()).project_in("cn-east-3");
    let region = |signed: Option<&str>, host: Option<&str>, project: &str| {
        caller(signed).region_of(project, host, &settings).to_owned()
    };
    assert_eq!(region(None, None, PROJECT), "cn-north-4");
    assert_eq!(region(None, Some("127.0.0.1:7788"), PROJECT), "cn-north-4");
    assert_eq!(region(None, None, &told), "cn-east-3");
    assert_eq!(region(None, Some("kms.ap-southeast-1.myhuaweicloud.com"), &told), "ap-southeast-1");
    assert_eq!(region(None, Some("kms.nowhere-1.myhuaweicloud.com"), &told), "cn-east-3");
    assert_eq!(region(Some("me-east-1"), Some("kms.ap-southeast-1.localhost"), &told), "me-east-1");
}

#[test]
fn another_project_is_refused() {
    let caller = signed(Trust::Configured, &request(0, BODY, &[]), &header(AK, SIGNATURE)).unwrap();
    assert_eq!(tell(caller.in_project(OTHER, None, &Settings::default()).unwrap_err()).code, "KMS.0321");
}

#[test]
fn tokens_end_and_are_for_one_project() {
    let issued = Timestamp::from_seconds(1_767_323_045);
    let admitted = |user: &str, project: Option<&str>, seconds| {
        let bearer = Bearer::AccessId(user.to_owned());
        let pass = Pass::new(bearer, project.map(str::to_owned), Some("cn-north-4".to_owned()), issued);
        now(authenticator(Trust::Public).admit(issued.plus_seconds(seconds), pass))
            .and_then(|caller| caller.in_project(PROJECT, None, &Settings::default()))
            .map_err(|refusal| tell(refusal).code)
    };
    let caller = admitted("test-a", Some(PROJECT), LIFETIME_SECONDS - 1).unwrap();
    assert_eq!(caller.tenant().account, format!("{PROJECT}/a"));
    assert_eq!(admitted("test-a", Some(PROJECT), LIFETIME_SECONDS).unwrap_err(), "KMS.0303");
    assert_eq!(admitted("test", Some(OTHER), 0).unwrap_err(), "KMS.0321");
    assert_eq!(admitted("test", None, 0).unwrap_err(), "KMS.0321");
    assert_eq!(admitted("gone", Some(PROJECT), 0).unwrap_err(), "KMS.0302");
}
