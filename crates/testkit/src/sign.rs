//! The vendors' request signatures as a client makes them, for raw requests. Written from the
//! vendors' descriptions, so that they share no code with what verifies them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use import_engine::{Clock as _, SystemClock};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sha::sha256;
use openssl::sign::Signer;

/// The form in which AWS and Huawei write a time.
const DATE_TIME: &str = "%Y%m%dT%H%M%SZ";

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
    let target = format!("TrentService.{operation}");
    aws_fields(request, &[("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &target)], body)
}

/// The given header fields of a `POST /`, with date and SigV4 authorization; all of them and the
/// host are signed.
pub fn aws_fields(request: Unsigned<'_>, fields: &[(&str, &str)], body: &[u8]) -> Fields {
    let Unsigned { access_id, secret, region, at, .. } = request;
    let time = format_time(at, DATE_TIME);
    let date = &time[..8];
    let mut fields = owned(fields);
    fields.push(("x-amz-date".into(), time.clone()));
    let (canonical, signed) = canonical_headers(request.host, &fields);
    let canonical = format!("POST\n/\n\n{canonical}\n{signed}\n{}", hex::encode(sha256(body)));
    let scope = format!("{date}/{region}/kms/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex::encode(sha256(canonical.as_bytes())));
    let mut key = hmac(format!("AWS4{secret}").as_bytes(), date.as_bytes());
    for part in [region, "kms", "aws4_request"] {
        key = hmac(&key, part.as_bytes());
    }
    let signature = hex::encode(hmac(&key, text.as_bytes()));
    fields.push((
        "authorization".into(),
        format!("AWS4-HMAC-SHA256 Credential={access_id}/{scope}, SignedHeaders={signed}, Signature={signature}"),
    ));
    fields
}

/// The headers of a Huawei call: content type, date and SDK-HMAC-SHA256 authorization. The path has
/// nothing in it that is percent-encoded, and no query.
pub fn huawei(request: Unsigned<'_>, method: &str, path: &str, body: &[u8]) -> Fields {
    huawei_fields(request, method, path, &[("content-type", "application/json;charset=utf-8")], body)
}

/// The given header fields of a call such as [`huawei`]'s, with date and SDK-HMAC-SHA256
/// authorization; all of them and the host are signed. The path may have a query behind it.
pub fn huawei_fields(request: Unsigned<'_>, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Fields {
    let (mut fields, signed, hash) = huawei_canonical(request, method, path, fields, body);
    let time = format_time(request.at, DATE_TIME);
    let text = format!("SDK-HMAC-SHA256\n{time}\n{hash}");
    let signature = hex::encode(hmac(request.secret.as_bytes(), text.as_bytes()));
    let access_id = request.access_id;
    fields.push((
        "authorization".into(),
        format!("SDK-HMAC-SHA256 Access={access_id}, SignedHeaders={signed}, Signature={signature}"),
    ));
    fields
}

/// [`huawei`] with a derived key (`V11-HMAC-SHA256`), the one signature that names a region.
pub fn huawei_v11(request: Unsigned<'_>, method: &str, path: &str, body: &[u8]) -> Fields {
    let content_type = [("content-type", "application/json;charset=utf-8")];
    let (mut fields, signed, hash) = huawei_canonical(request, method, path, &content_type, body);
    let Unsigned { access_id, secret, region, at, .. } = request;
    let time = format_time(at, DATE_TIME);
    let info = format!("{}/{region}/kms", &time[..8]);
    // HKDF: one block of output is all that is wanted.
    let extracted = hmac(access_id.as_bytes(), secret.as_bytes());
    let key = hex::encode(hmac(&extracted, &[info.as_bytes(), &[1]].concat()));
    let text = format!("V11-HMAC-SHA256\n{time}\n{info}\n{hash}");
    let signature = hex::encode(hmac(key.as_bytes(), text.as_bytes()));
    fields.push((
        "authorization".into(),
        format!("V11-HMAC-SHA256 Credential={access_id}/{info}, SignedHeaders={signed}, Signature={signature}"),
    ));
    fields
}

/// Fields with the date among them, the names that are signed, and the canonical request's hash.
fn huawei_canonical(
    request: Unsigned<'_>,
    method: &str,
    path: &str,
    fields: &[(&str, &str)],
    body: &[u8],
) -> (Fields, String, String) {
    let mut fields = owned(fields);
    fields.push(("x-sdk-date".into(), format_time(request.at, DATE_TIME)));
    let (canonical, signed) = canonical_headers(request.host, &fields);
    // Nothing that is signed here has to be encoded otherwise than it is.
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut query: Vec<&str> = query.split('&').collect();
    query.sort_unstable();
    let query = query.join("&");
    let slash = if path.ends_with('/') { "" } else { "/" };
    let canonical = format!("{method}\n{path}{slash}\n{query}\n{canonical}\n{signed}\n{}", hex::encode(sha256(body)));
    (fields, signed, hex::encode(sha256(canonical.as_bytes())))
}

/// The headers of a Tencent call (`POST /`): the common parameters and TC3 authorization.
pub fn tencent(request: Unsigned<'_>, action: &str, body: &[u8]) -> Fields {
    let common = [
        ("content-type", "application/json"),
        ("x-tc-action", action),
        ("x-tc-version", "2019-01-18"),
        ("x-tc-region", request.region),
        ("x-tc-requestclient", "SDK_PYTHON_3.1.192"),
    ];
    tencent_fields(request, "POST", "", &common, body)
}

/// The given header fields of a call of `/`, with timestamp and TC3 authorization. As the vendor's
/// SDKs do, only content type and host are signed, and the query.
pub fn tencent_fields(
    request: Unsigned<'_>,
    method: &str,
    query: &str,
    fields: &[(&str, &str)],
    body: &[u8],
) -> Fields {
    let Unsigned { host, access_id, secret, at, .. } = request;
    let date = format_time(at, "%Y-%m-%d");
    let content_type = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let content_type = content_type.map_or("", |(_, value)| *value).to_lowercase();
    let signed = "content-type;host";
    let hash = hex::encode(sha256(body));
    let canonical = format!("{method}\n/\n{query}\ncontent-type:{content_type}\nhost:{host}\n\n{signed}\n{hash}");
    let scope = format!("{date}/kms/tc3_request");
    let text = format!("TC3-HMAC-SHA256\n{at}\n{scope}\n{}", hex::encode(sha256(canonical.as_bytes())));
    let mut key = hmac(format!("TC3{secret}").as_bytes(), date.as_bytes());
    for part in ["kms", "tc3_request"] {
        key = hmac(&key, part.as_bytes());
    }
    let signature = hex::encode(hmac(&key, text.as_bytes()));
    let mut fields = owned(fields);
    fields.push(("x-tc-timestamp".into(), at.to_string()));
    fields.push((
        "authorization".into(),
        format!("TC3-HMAC-SHA256 Credential={access_id}/{scope}, SignedHeaders={signed}, Signature={signature}"),
    ));
    fields
}

/// The older Tencent signature over parameters, ready to be put into a query or a form. The hash is
/// SHA-256 or SHA-1, as `SignatureMethod` among them says.
pub fn tencent_parameters(host: &str, secret: &str, method: &str, parameters: &[(&str, &str)]) -> String {
    let mut sorted = parameters.to_vec();
    sorted.sort_unstable();
    let joined: Vec<String> = sorted.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let text = format!("{method}{host}/?{}", joined.join("&"));
    let digest = if parameters.contains(&("SignatureMethod", "HmacSHA256")) {
        MessageDigest::sha256()
    } else {
        MessageDigest::sha1()
    };
    let signature = STANDARD.encode(hmac_with(digest, secret.as_bytes(), text.as_bytes()));
    signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

/// AWS's and Huawei's canonical headers with the host among them, and the list of their names.
fn canonical_headers(host: &str, fields: &Fields) -> (String, String) {
    let mut lines: Vec<(String, &str)> =
        fields.iter().map(|(name, value)| (name.to_lowercase(), value.as_str())).collect();
    lines.push(("host".to_owned(), host));
    lines.sort_unstable();
    let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let text = lines.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    (text, names.join(";"))
}

fn owned(fields: &[(&str, &str)]) -> Fields {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Fields as [`crate::http::Client::send`] takes them.
pub fn borrowed(fields: &Fields) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn format_time(at: i64, format: &str) -> String {
    DateTime::from_timestamp(at, 0).expect("a time that chrono knows").format(format).to_string()
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac_with(MessageDigest::sha256(), key, message)
}

fn hmac_with(digest: MessageDigest, key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = PKey::hmac(key).expect("a key");
    let mut signer = Signer::new(digest, &key).expect("a signer");
    signer.sign_oneshot_to_vec(message).expect("a signature")
}
