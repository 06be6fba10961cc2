//! The signature of requests to an external key store proxy: Signature Version 4 for the service
//! `kms-xks-proxy`.

use dialect::signature::sha256_hex;
use import_engine::{Error, Timestamp};

use crate::sigv4::{self, Credential};

const SERVICE: &str = "kms-xks-proxy";
const SIGNED_HEADERS: &str = "content-type;host;x-amz-date";
/// What every request carries and signs.
pub(super) const CONTENT_TYPE: &str = "application/json";

/// With what a proxy knows us.
#[derive(Clone, Copy)]
pub(super) struct ProxyCredential<'a> {
    pub access_key_id: &'a str,
    pub secret: &'a [u8],
    pub region: &'a str,
}

/// The headers of a signed request.
pub(super) fn signed_headers(
    credential: ProxyCredential<'_>,
    host: &str,
    path: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Vec<(&'static str, String)>, Error> {
    let time = sigv4::basic_time(now);
    let date = time.get(..8).unwrap_or_default();
    // Nothing in these paths is ever encoded.
    let canonical = format!(
        "POST\n{path}\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-amz-date:{time}\n\n{SIGNED_HEADERS}\n{}",
        sha256_hex(body)
    );
    let scope = format!("{}/{date}/{}/{SERVICE}/aws4_request", credential.access_key_id, credential.region);
    let parsed = Credential::parse(&scope).ok_or_else(|| Error::internal("an access key id with a slash"))?;
    let signature = sigv4::signature(credential.secret, &parsed, &time, canonical.as_bytes())?;
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={SIGNED_HEADERS}, Signature={signature}");
    Ok(vec![("content-type", CONTENT_TYPE.to_owned()), ("x-amz-date", time), ("authorization", authorization)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_signed() {
        let credential = ProxyCredential { access_key_id: "BETWEENM2", secret: b"secret", region: "us-east-1" };
        let now = Timestamp::from_seconds(1_440_938_160);
        let headers = signed_headers(credential, "xks.example.com", "/kms/xks/v1/health", b"{}", now).unwrap();
        let header = |name| headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str()).unwrap();
        assert_eq!(header("x-amz-date"), "20150830T123600Z");
        let authorization = header("authorization");
        assert!(authorization.starts_with(
            "AWS4-HMAC-SHA256 Credential=BETWEENM2/20150830/us-east-1/kms-xks-proxy/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, Signature="
        ));
        let other = signed_headers(credential, "xks.example.com", "/kms/xks/v1/health", b"{ }", now).unwrap();
        assert_ne!(other.last().unwrap().1, authorization);
    }
}
