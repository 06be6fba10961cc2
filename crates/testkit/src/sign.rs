//! The vendors' request signatures as a client makes them, for raw requests. Written from the
//! vendors' descriptions, so that they share no code with what verifies them.

use chrono::DateTime;
use import_engine::{Clock as _, SystemClock};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sha::sha256;
use openssl::sign::Signer;

/// A request to be signed.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'a> {
    /// `host:port` as the client knows it.
    pub host: &'a str,
    /// Access id.
    pub access_id: &'a str,
    /// Its secret.
    pub secret: &'a str,
    /// The region.
    pub region: &'a str,
    /// When it is sent, in seconds since 1970.
    pub at: i64,
}

/// Header fields by name.
pub type Fields = Vec<(String, String)>;

impl<'a> Unsigned<'a> {
    /// A request of now.
    pub fn now(host: &'a str, access_id: &'a str, secret: &'a str, region: &'a str) -> Self {
        Self { host, access_id, secret, region, at: SystemClock.now().seconds() }
    }
}

/// The headers of an AWS call (`POST /`): target, content type, date and SigV4 authorization.
pub fn aws(request: Unsigned<'_>, operation: &str, body: &[u8]) -> Fields {
    let Unsigned { host, access_id, secret, region, at } = request;
    let time = format_time(at, "%Y%m%dT%H%M%SZ");
    let date = &time[..8];
    let target = format!("TrentService.{operation}");
    let content_type = "application/x-amz-json-1.1";
    let signed = "content-type;host;x-amz-date;x-amz-target";
    let canonical = format!(
        "POST\n/\n\ncontent-type:{content_type}\nhost:{host}\nx-amz-date:{time}\nx-amz-target:{target}\n\n{signed}\n{}",
        hex::encode(sha256(body))
    );
    let scope = format!("{date}/{region}/kms/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex::encode(sha256(canonical.as_bytes())));
    let mut key = hmac(format!("AWS4{secret}").as_bytes(), date.as_bytes());
    for part in [region, "kms", "aws4_request"] {
        key = hmac(&key, part.as_bytes());
    }
    let signature = hex::encode(hmac(&key, text.as_bytes()));
    vec![
        ("content-type".into(), content_type.into()),
        ("x-amz-date".into(), time.clone()),
        ("x-amz-target".into(), target),
        (
            "authorization".into(),
            format!("AWS4-HMAC-SHA256 Credential={access_id}/{scope}, SignedHeaders={signed}, Signature={signature}"),
        ),
    ]
}

/// The headers of a Huawei call: content type, date and SDK-HMAC-SHA256 authorization. The path has
/// nothing in it that is percent-encoded, and no query.
pub fn huawei(request: Unsigned<'_>, method: &str, path: &str, body: &[u8]) -> Fields {
    let Unsigned { host, access_id, secret, at, .. } = request;
    let time = format_time(at, "%Y%m%dT%H%M%SZ");
    let content_type = "application/json;charset=utf-8";
    let signed = "content-type;host;x-sdk-date";
    let slash = if path.ends_with('/') { "" } else { "/" };
    let canonical = format!(
        "{method}\n{path}{slash}\n\ncontent-type:{content_type}\nhost:{host}\nx-sdk-date:{time}\n\n{signed}\n{}",
        hex::encode(sha256(body))
    );
    let text = format!("SDK-HMAC-SHA256\n{time}\n{}", hex::encode(sha256(canonical.as_bytes())));
    let signature = hex::encode(hmac(secret.as_bytes(), text.as_bytes()));
    vec![
        ("content-type".into(), content_type.into()),
        ("x-sdk-date".into(), time),
        (
            "authorization".into(),
            format!("SDK-HMAC-SHA256 Access={access_id}, SignedHeaders={signed}, Signature={signature}"),
        ),
    ]
}

/// The headers of a Tencent call (`POST /`): the common parameters and TC3 authorization.
pub fn tencent(request: Unsigned<'_>, action: &str, body: &[u8]) -> Fields {
    let Unsigned { host, access_id, secret, region, at } = request;
    let date = format_time(at, "%Y-%m-%d");
    let content_type = "application/json";
    let signed = "content-type;host";
    let canonical =
        format!("POST\n/\n\ncontent-type:{content_type}\nhost:{host}\n\n{signed}\n{}", hex::encode(sha256(body)));
    let scope = format!("{date}/kms/tc3_request");
    let text = format!("TC3-HMAC-SHA256\n{at}\n{scope}\n{}", hex::encode(sha256(canonical.as_bytes())));
    let mut key = hmac(format!("TC3{secret}").as_bytes(), date.as_bytes());
    for part in ["kms", "tc3_request"] {
        key = hmac(&key, part.as_bytes());
    }
    let signature = hex::encode(hmac(&key, text.as_bytes()));
    vec![
        ("content-type".into(), content_type.into()),
        ("x-tc-action".into(), action.into()),
        ("x-tc-version".into(), "2019-01-18".into()),
        ("x-tc-region".into(), region.into()),
        ("x-tc-timestamp".into(), at.to_string()),
        (
            "authorization".into(),
            format!("TC3-HMAC-SHA256 Credential={access_id}/{scope}, SignedHeaders={signed}, Signature={signature}"),
        ),
    ]
}

/// Fields as [`crate::http::Client::send`] takes them.
pub fn borrowed(fields: &Fields) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn format_time(at: i64, format: &str) -> String {
    DateTime::from_timestamp(at, 0).expect("a time that chrono knows").format(format).to_string()
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = PKey::hmac(key).expect("a key");
    let mut signer = Signer::new(MessageDigest::sha256(), &key).expect("a signer");
    signer.sign_oneshot_to_vec(message).expect("a signature")
}
