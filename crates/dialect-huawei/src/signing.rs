//! The arithmetic of the two request signatures: what is signed, and with what key. No decisions.

use dialect::http::Head;
use dialect::signature::{hmac_sha256, pairs, percent_decode, percent_encode, sha256_hex};
use import_engine::Error;
use zeroize::Zeroizing;

/// The plain signature.
pub(crate) const SDK: &str = "SDK-HMAC-SHA256";
/// The one whose key is derived for a day, a region and a service.
pub(crate) const V11: &str = "V11-HMAC-SHA256";

/// The value of an `Authorization` header, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Authorization<'a> {
    pub access_id: &'a str,
    /// In the order of the header, as it was sent.
    pub signed_headers: &'a str,
    pub signature: &'a str,
    /// What the key is derived for, for [`V11`].
    pub scope: Option<Derivation<'a>>,
}

/// `YYYYMMDD/REGION/SERVICE`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Derivation<'a> {
    pub whole: &'a str,
    pub date: &'a str,
    pub region: &'a str,
    pub service: &'a str,
}

/// What an `Authorization` header turned out to be.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Parsed<'a> {
    /// A signature that can be checked.
    Known(Authorization<'a>),
    /// Some other algorithm; its name as it was sent.
    OtherAlgorithm(&'a str),
    /// A known algorithm, but not in its form.
    Malformed,
}

/// Takes an `Authorization` header apart.
pub(crate) fn parse(header: &str) -> Parsed<'_> {
    let (algorithm, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
    let authorization = match algorithm {
        SDK => parts(rest, "Access").map(|(access_id, signed_headers, signature)| Authorization {
            access_id,
            signed_headers,
            signature,
            scope: None,
        }),
        V11 => parts(rest, "Credential").and_then(|(credential, signed_headers, signature)| {
            let (access_id, scope) = derivation(credential)?;
            Some(Authorization { access_id, signed_headers, signature, scope: Some(scope) })
        }),
        other => return Parsed::OtherAlgorithm(other),
    };
    authorization.map_or(Parsed::Malformed, Parsed::Known)
}

/// The three items after the algorithm, each exactly once, in any order and spacing.
fn parts<'a>(rest: &'a str, credential_name: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for item in rest.split(',') {
        let (name, value) = item.trim().split_once('=')?;
        let place = match name {
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            name if name == credential_name => &mut credential,
            _ => return None,
        };
        if place.replace(value.trim()).is_some() {
            return None;
        }
    }
    let found = (credential?, signed_headers?, signature?);
    (!found.0.is_empty() && !found.1.is_empty() && !found.2.is_empty()).then_some(found)
}

/// `AK/YYYYMMDD/REGION/SERVICE`. The access id may hold slashes itself.
fn derivation(credential: &str) -> Option<(&str, Derivation<'_>)> {
    let (rest, service) = credential.rsplit_once('/')?;
    let (rest, region) = rest.rsplit_once('/')?;
    let (access_id, date) = rest.rsplit_once('/')?;
    let whole = credential.get(access_id.len() + 1..)?;
    let is_word = |word: &str| {
        (1..=64).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let fits = !access_id.is_empty()
        && date.len() == 8
        && date.bytes().all(|byte| byte.is_ascii_digit())
        && is_word(region)
        && is_word(service);
    fits.then_some((access_id, Derivation { whole, date, region, service }))
}

/// What both sides bring into the same form before they hash it. `payload` is the hash of the body,
/// or what stands in its place. `None` if a signed header is not there, or stands more than once.
pub(crate) fn canonical_request(head: &Head, signed_headers: &str, payload: &str) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(1024);
    text.extend_from_slice(head.method.as_bytes());
    text.push(b'\n');
    text.extend_from_slice(canonical_path(&head.path).as_bytes());
    text.push(b'\n');
    text.extend_from_slice(canonical_query(&head.query).as_bytes());
    text.push(b'\n');
    for name in signed_headers.split(';') {
        if head.headers.is_repeated(name) {
            return None;
        }
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend_from_slice(head.headers.bytes(name)?.trim_ascii());
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend_from_slice(signed_headers.as_bytes());
    text.push(b'\n');
    text.extend_from_slice(payload.as_bytes());
    Some(text)
}

/// The whole path is decoded before it is cut, so that `%2F` becomes a slash like any other.
fn canonical_path(path: &str) -> String {
    let decoded = percent_decode(path);
    let mut text = decoded.split(|byte| *byte == b'/').map(percent_encode).collect::<Vec<_>>().join("/");
    if !text.ends_with('/') {
        text.push('/');
    }
    text
}

/// Sorted by name and value before they are encoded.
fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> =
        pairs(query, false).into_iter().map(|(name, value)| (name, value.unwrap_or_default())).collect();
    pairs.sort();
    let items: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value))).collect();
    items.join("&")
}

/// The signature that a request must have: lower-case hex.
///
/// # Errors
/// [`Error::Internal`] for an empty secret.
pub(crate) fn signature(
    secret: &[u8],
    authorization: &Authorization<'_>,
    date: &str,
    canonical_request: &[u8],
) -> Result<String, Error> {
    let hash = sha256_hex(canonical_request);
    let mac = match authorization.scope {
        None => hmac_sha256(secret, format!("{SDK}\n{date}\n{hash}").as_bytes())?,
        Some(scope) => {
            let key = derived_key(secret, authorization.access_id, scope.whole)?;
            hmac_sha256(key.as_bytes(), format!("{V11}\n{date}\n{}\n{hash}", scope.whole).as_bytes())?
        }
    };
    Ok(hex::encode(mac))
}

/// HKDF-SHA-256 with the access id as salt; 32 bytes, so one round of its second half. The hex text
/// itself is the key.
fn derived_key(secret: &[u8], access_id: &str, info: &str) -> Result<Zeroizing<String>, Error> {
    let extracted = Zeroizing::new(hmac_sha256(access_id.as_bytes(), secret)?);
    let expanded = Zeroizing::new(hmac_sha256(&extracted, format!("{info}\u{1}").as_bytes())?);
    Ok(Zeroizing::new(hex::encode(&*expanded)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::http::Headers;

    const PROJECT: &str = "0dea2644dc80d5d22ff1c01e3ebea6fc";
    const KEY: &str = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";

    fn head(method: &str, path: &str, query: &str, headers: &[(&str, &str)]) -> Head {
        Head {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Headers::new(headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))),
            peer: None,
        }
    }

    fn signed(secret: &str, header: &str, head: &Head, body: &[u8]) -> String {
        let Parsed::Known(authorization) = parse(header) else { panic!("{header}") };
        let date = head.headers.get("x-sdk-date").unwrap();
        let canonical = canonical_request(head, authorization.signed_headers, &sha256_hex(body)).unwrap();
        signature(secret.as_bytes(), &authorization, date, &canonical).unwrap()
    }

    /// The vectors that stand in the vendor SDK's own tests.
    #[test]
    fn sdk_vectors() {
        let get =
            head("GET", "/path", "limit=1", &[("TEST_UNDERSCORE", "TEST_VALUE"), ("X-Sdk-Date", "20060102T150405Z")]);
        let post = head(
            "POST",
            "/path",
            "key=value",
            &[
                ("TEST_UNDERSCORE", "TEST_VALUE"),
                ("X-Sdk-Date", "20060102T150405Z"),
                ("Content-Type", "application/json"),
            ],
        );
        let body = br#"{"Name":"test","Id":1}"#;
        let plain = |names| format!("SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders={names}, Signature=x");
        let derived = |names| {
            format!(
                "V11-HMAC-SHA256 Credential=AccessKey/20060102/test-region-1/demo, SignedHeaders={names}, Signature=x"
            )
        };
        let short = "test_underscore;x-sdk-date";
        let long = "content-type;test_underscore;x-sdk-date";
        assert_eq!(
            signed("SecretKey", &plain(short), &get, b""),
            "daeadcf4a306599f7422401cc55d3718a23ef159fed370c62c551a2c45ae9655"
        );
        assert_eq!(
            signed("SecretKey", &plain(long), &post, body),
            "0238c3bedddfe8bf113c7530f783322380dedf720d514861623cfe5f73aa8f64"
        );
        assert_eq!(
            signed("SecretKey", &derived(short), &get, b""),
            "00196d6926ef54489f9f1a1bdfa24870cadbf0af55cc1dffe26574341f1da7b0"
        );
        assert_eq!(
            signed("SecretKey", &derived(long), &post, body),
            "ec6f411f852fb2badae3d4927dd1a559e3a3f02a7689527a9a116f8edc7ce3fb"
        );
    }

    fn kms(method: &str, path: &str, query: &str, body: &[u8]) -> String {
        let head = head(
            method,
            path,
            query,
            &[
                ("Host", "127.0.0.1:8443"),
                ("User-Agent", "ua/1"),
                ("Content-Type", "application/json;charset=utf-8"),
                ("X-Project-Id", PROJECT),
                ("X-Sdk-Date", "20260102T030405Z"),
            ],
        );
        let header = "SDK-HMAC-SHA256 Access=AKEXAMPLE0000000001, \
                      SignedHeaders=content-type;host;user-agent;x-project-id;x-sdk-date, Signature=x";
        signed("SKexample0000000000000000000000000000001", header, &head, body)
    }

    /// Vectors of this service's own requests.
    #[test]
    fn kms_vectors() {
        assert_eq!(
            kms(
                "POST",
                &format!("/v1.0/{PROJECT}/kms/describe-key"),
                "",
                format!("{{\"key_id\": \"{KEY}\"}}").as_bytes()
            ),
            "313b711c57dae2b5d939f2aa39ca8d0d80ce00c442eb6a1cf3dfc259b74c86c7"
        );
        assert_eq!(
            kms("GET", &format!("/v1.0/{PROJECT}/kms/aliases"), &format!("limit=50&key_id={KEY}"), b""),
            "2649fc9e6c494dd806884480437354749257c9fc01de13ea241190b421451722"
        );
        assert_eq!(
            kms("DELETE", &format!("/v1.0/{PROJECT}/kms/{KEY}/tags/a%20b%2Fc"), "", b""),
            "d83d34150fcf80eef56343cc9035f25edc01cfc8c1134ffe9b3424e1c7f0a9d1"
        );
    }

    #[test]
    fn headers_of_every_spacing() {
        let wanted = Authorization { access_id: "A", signed_headers: "x-sdk-date", signature: "00", scope: None };
        for good in [
            "SDK-HMAC-SHA256 Access=A, SignedHeaders=x-sdk-date, Signature=00",
            "SDK-HMAC-SHA256 Access=A,SignedHeaders=x-sdk-date,Signature=00",
            "SDK-HMAC-SHA256   Signature=00 ,  Access=A,   SignedHeaders=x-sdk-date",
        ] {
            assert_eq!(parse(good), Parsed::Known(wanted.clone()), "{good}");
        }
    }

    #[test]
    fn headers_of_the_wrong_form() {
        for bad in [
            "SDK-HMAC-SHA256",
            "SDK-HMAC-SHA256 Access=A, SignedHeaders=x",
            "SDK-HMAC-SHA256 Access=A, SignedHeaders=x, Signature=",
            "SDK-HMAC-SHA256 Access=A, Access=B, SignedHeaders=x, Signature=0",
            "SDK-HMAC-SHA256 Access=A, SignedHeaders=x, Signature=0, Other=1",
            "SDK-HMAC-SHA256 Credential=A/20260101/r/kms, SignedHeaders=x, Signature=0",
            "V11-HMAC-SHA256 Credential=A/20260101/kms, SignedHeaders=x, Signature=0",
            "V11-HMAC-SHA256 Credential=A/2026/r/kms, SignedHeaders=x, Signature=0",
            "V11-HMAC-SHA256 Credential=/20260101/r/kms, SignedHeaders=x, Signature=0",
        ] {
            assert_eq!(parse(bad), Parsed::Malformed, "{bad}");
        }
        for other in ["SDK-HMAC-SM3 Access=A, SignedHeaders=x, Signature=0", "Basic Zm9v", "", "AWS4-HMAC-SHA256 x"] {
            assert!(matches!(parse(other), Parsed::OtherAlgorithm(_)), "{other}");
        }
    }

    #[test]
    fn a_signed_header_must_stand_once() {
        let absent = head("GET", "/", "", &[]);
        assert_eq!(canonical_request(&absent, "x-sdk-date", ""), None);
        let twice = head("GET", "/", "", &[("x-sdk-date", "a"), ("X-Sdk-Date", "b")]);
        assert_eq!(canonical_request(&twice, "x-sdk-date", ""), None);
    }
}
