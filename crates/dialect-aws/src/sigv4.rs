//! Signature Version 4, apart from who may sign: what a request presents, and what its signature
//! should be.

use chrono::{DateTime, NaiveDateTime};
use dialect::http::{Head, Headers};
use dialect::signature::{hmac_sha256, pairs, percent_encode, sha256_hex};
use import_engine::{Error, Timestamp};
use zeroize::Zeroizing;

/// The one algorithm.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The last word of a credential scope.
pub(crate) const TERMINATOR: &str = "aws4_request";

const BASIC_FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// Why a request presents no readable signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Unreadable {
    /// It presents nothing at all.
    Nothing,
    /// It presents a header and a query form.
    Both,
    /// The header stands twice.
    Repeated,
    /// A part of the header is no key-value pair.
    NotAPair {
        /// The part.
        part: String,
        /// The whole header.
        header: String,
    },
    /// Parts of the header are missing.
    HeaderLacks {
        /// Their names.
        parts: Vec<&'static str>,
        /// Whether there is no time either.
        time: bool,
        /// The whole header.
        header: String,
    },
    /// Parameters of the query form are missing, repeated, or not text.
    QueryLacks(Vec<&'static str>),
    /// The lifetime of the query form is not within a week.
    Lifetime,
}

/// What a request presents as its signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Presented {
    /// The algorithm's name.
    pub algorithm: String,
    /// Access key id and scope, joined with slashes.
    pub credential: String,
    /// Names of signed headers: lower case, sorted, each once.
    pub signed_headers: Vec<String>,
    /// The signature as sent.
    pub signature: String,
    /// The request's time as sent.
    pub time: String,
    /// For the query form, how long it is good, in seconds.
    pub lifetime_seconds: Option<i64>,
    /// The session token that comes along; empty if it is no text or stands twice.
    pub session_token: Option<String>,
}

impl Presented {
    /// Reads what a request presents, in the header or in the query form.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(head: &Head) -> Result<Self, Unreadable> {
        let query = pairs(&head.query, false);
        let is_query_form = query.iter().any(|(name, _)| name == b"X-Amz-Algorithm" || name == b"X-Amz-Signature");
        match (head.headers.bytes("authorization"), is_query_form) {
            (None, false) => Err(Unreadable::Nothing),
            (Some(_), true) => Err(Unreadable::Both),
            (Some(_), false) if head.headers.is_repeated("authorization") => Err(Unreadable::Repeated),
            (Some(header), false) => from_header(&String::from_utf8_lossy(header), &head.headers),
            (None, true) => from_query(&query, &head.headers),
        }
    }
}

fn from_header(header: &str, headers: &Headers) -> Result<Presented, Unreadable> {
    let (algorithm, rest) = match header.trim().split_once(' ') {
        Some((algorithm, rest)) => (algorithm, rest),
        None if header.starts_with("AWS4-") => (header.trim(), ""),
        None => ("", header.trim()),
    };
    let mut credential = None;
    let mut signed_headers = None;
    let mut signature = None;
    for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((name, value)) = part.split_once('=') else {
            return Err(Unreadable::NotAPair { part: part.to_owned(), header: header.to_owned() });
        };
        let place = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => continue,
        };
        if place.replace(value).is_some() {
            return Err(Unreadable::Repeated);
        }
    }
    // A repeated or unreadable time is no time.
    let time = ["x-amz-date", "date"].into_iter().find(|name| headers.bytes(name).is_some());
    let time = time.filter(|name| !headers.is_repeated(name)).and_then(|name| headers.get(name));
    match (credential.filter(|value| !value.is_empty()), signature.filter(|value| !value.is_empty()), signed_headers) {
        (Some(credential), Some(signature), Some(signed_headers)) if time.is_some() => Ok(Presented {
            algorithm: algorithm.to_owned(),
            credential: credential.to_owned(),
            signed_headers: header_names(signed_headers),
            signature: signature.to_owned(),
            time: time.unwrap_or_default().to_owned(),
            lifetime_seconds: None,
            session_token: token_in_header(headers),
        }),
        (credential, signature, signed_headers) => {
            let mut parts = Vec::new();
            if credential.is_none() {
                parts.push("Credential");
            }
            if signature.is_none() {
                parts.push("Signature");
            }
            if signed_headers.is_none() {
                parts.push("SignedHeaders");
            }
            Err(Unreadable::HeaderLacks { parts, time: time.is_none(), header: header.to_owned() })
        }
    }
}

fn from_query(query: &[(Vec<u8>, Option<Vec<u8>>)], headers: &Headers) -> Result<Presented, Unreadable> {
    let parameter = |name: &str| {
        let mut found = query.iter().filter(|(key, _)| key == name.as_bytes());
        match (found.next(), found.next()) {
            (Some((_, Some(value))), None) => std::str::from_utf8(value).ok().filter(|value| !value.is_empty()),
            _ => None,
        }
    };
    const PARAMETERS: [&str; 6] = [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
        "X-Amz-Date",
        "X-Amz-Expires",
    ];
    let [Some(algorithm), Some(credential), Some(signature), Some(signed_headers), Some(time), Some(lifetime)] =
        PARAMETERS.map(parameter)
    else {
        let missing = PARAMETERS.into_iter().filter(|name| parameter(name).is_none()).collect();
        return Err(Unreadable::QueryLacks(missing));
    };
    let lifetime = lifetime.parse().ok().filter(|seconds| (1..=604_800).contains(seconds));
    Ok(Presented {
        algorithm: algorithm.to_owned(),
        credential: credential.to_owned(),
        signed_headers: header_names(signed_headers),
        signature: signature.to_owned(),
        time: time.to_owned(),
        lifetime_seconds: Some(lifetime.ok_or(Unreadable::Lifetime)?),
        session_token: match query.iter().filter(|(name, _)| name == b"X-Amz-Security-Token").count() {
            0 => token_in_header(headers),
            _ => Some(parameter("X-Amz-Security-Token").unwrap_or_default().to_owned()),
        },
    })
}

fn token_in_header(headers: &Headers) -> Option<String> {
    const NAME: &str = "x-amz-security-token";
    headers.bytes(NAME)?;
    let token = headers.get(NAME).filter(|_| !headers.is_repeated(NAME));
    Some(token.unwrap_or_default().trim().to_owned())
}

fn header_names(list: &str) -> Vec<String> {
    let mut names: Vec<String> =
        list.split(';').map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A credential taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Credential<'a> {
    /// The access key id.
    pub access_id: &'a str,
    /// `YYYYMMDD`.
    pub date: &'a str,
    /// The region.
    pub region: &'a str,
    /// The service.
    pub service: &'a str,
    /// [`TERMINATOR`], if it is right.
    pub terminator: &'a str,
}

impl<'a> Credential<'a> {
    /// Takes a credential apart: five words between slashes.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut words = text.split('/');
        let mut word = || words.next();
        let credential =
            Self { access_id: word()?, date: word()?, region: word()?, service: word()?, terminator: word()? };
        (words.next().is_none() && !credential.access_id.is_empty()).then_some(credential)
    }
}

/// The instant of a time in a header: basic ISO 8601, or, as `Date` has it, that of RFC 5322.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let seconds = match NaiveDateTime::parse_from_str(text, BASIC_FORMAT) {
        Ok(time) if text.len() == 16 => time.and_utc().timestamp(),
        Ok(_) => return None,
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.timestamp(),
    };
    Some(Timestamp::from_seconds(seconds))
}

/// An instant in basic ISO 8601, to the second.
pub(crate) fn basic_time(at: Timestamp) -> String {
    DateTime::from_timestamp(at.seconds(), 0).unwrap_or_default().format(BASIC_FORMAT).to_string()
}

/// The canonical request.
///
/// `host` replaces the `Host` received unless it is empty. In the query form the signature itself
/// is not part of the query that was signed.
pub(crate) fn canonical_request(head: &Head, presented: &Presented, host: &str, body: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(512);
    text.extend_from_slice(head.method.as_bytes());
    text.push(b'\n');
    text.extend_from_slice(canonical_path(&head.path).as_bytes());
    text.push(b'\n');
    text.extend_from_slice(canonical_query(&head.query, presented.lifetime_seconds.is_some()).as_bytes());
    text.push(b'\n');
    for name in &presented.signed_headers {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        if name == "host" && !host.is_empty() {
            text.extend_from_slice(host.as_bytes());
        } else {
            text.extend_from_slice(&canonical_value(&head.headers, name));
        }
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend_from_slice(presented.signed_headers.join(";").as_bytes());
    text.push(b'\n');
    text.extend_from_slice(sha256_hex(body).as_bytes());
    text
}

/// The path, its segments encoded once more: all services but S3 encode twice.
fn canonical_path(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    let trailing = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    let encoded: Vec<String> = segments.into_iter().map(|segment| percent_encode(segment.as_bytes())).collect();
    format!("/{}{trailing}", encoded.join("/"))
}

fn canonical_query(query: &str, without_signature: bool) -> String {
    let mut items: Vec<(String, String)> = pairs(query, false)
        .into_iter()
        .filter(|(name, _)| !(without_signature && name == b"X-Amz-Signature"))
        .map(|(name, value)| (percent_encode(&name), percent_encode(&value.unwrap_or_default())))
        .collect();
    items.sort_unstable();
    let items: Vec<String> = items.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    items.join("&")
}

/// All values of a header, trimmed, runs of spaces folded to one, joined with commas.
fn canonical_value(headers: &Headers, name: &str) -> Vec<u8> {
    let mut joined = Vec::new();
    for (position, (_, value)) in headers.iter().filter(|(field, _)| *field == name).enumerate() {
        if position > 0 {
            joined.push(b',');
        }
        let mut words = value.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        if let Some(first) = words.next() {
            joined.extend_from_slice(first);
        }
        for word in words {
            joined.push(b' ');
            joined.extend_from_slice(word);
        }
    }
    joined
}

/// The signature of a canonical request: lower-case hex.
///
/// # Errors
/// [`Error::Internal`] if OpenSSL fails.
pub(crate) fn signature(
    secret: &[u8],
    credential: &Credential<'_>,
    time: &str,
    canonical_request: &[u8],
) -> Result<String, Error> {
    let Credential { date, region, service, terminator, .. } = credential;
    let to_sign =
        format!("{ALGORITHM}\n{time}\n{date}/{region}/{service}/{terminator}\n{}", sha256_hex(canonical_request));
    let mut key = Zeroizing::new(Vec::with_capacity(4 + secret.len()));
    key.extend_from_slice(b"AWS4");
    key.extend_from_slice(secret);
    for word in [date, region, service, terminator] {
        key = Zeroizing::new(hmac_sha256(&key, word.as_bytes())?);
    }
    Ok(hex::encode(hmac_sha256(&key, to_sign.as_bytes())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The suite that AWS publishes for Signature Version 4: service `service`, 2015-08-30.
    const SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    fn head(method: &str, query: &str, headers: &[(&str, &str)]) -> Head {
        Head {
            method: method.into(),
            path: "/".into(),
            query: query.into(),
            headers: Headers::new(headers.iter().map(|(name, value)| ((*name).into(), value.as_bytes().to_vec()))),
            peer: None,
        }
    }

    fn sign(head: &Head, signed: &str, body: &[u8]) -> String {
        let presented = Presented {
            algorithm: ALGORITHM.into(),
            credential: String::new(),
            signed_headers: header_names(signed),
            signature: String::new(),
            time: "20150830T123600Z".into(),
            lifetime_seconds: None,
            session_token: None,
        };
        let credential = Credential::parse("AKIDEXAMPLE/20150830/us-east-1/service/aws4_request").unwrap();
        signature(SECRET, &credential, &presented.time, &canonical_request(head, &presented, "", body)).unwrap()
    }

    #[test]
    fn published_vectors() {
        let plain = [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")];
        assert_eq!(
            sign(&head("GET", "", &plain), "host;x-amz-date", b""),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        );
        assert_eq!(
            sign(&head("POST", "", &plain), "host;x-amz-date", b""),
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        );
        assert_eq!(
            sign(&head("GET", "Param2=value2&Param1=value1", &plain), "host;x-amz-date", b""),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
        );
        let folded = [
            ("Host", "example.amazonaws.com"),
            ("My-Header1", " value1"),
            ("My-Header2", " \"a   b   c\""),
            ("X-Amz-Date", "20150830T123600Z"),
        ];
        assert_eq!(
            sign(&head("GET", "", &folded), "host;my-header1;my-header2;x-amz-date", b""),
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
        );
        let form = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Host", "example.amazonaws.com"),
            ("X-Amz-Date", "20150830T123600Z"),
        ];
        assert_eq!(
            sign(&head("POST", "", &form), "content-type;host;x-amz-date", b"Param1=value1"),
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
        );
    }

    #[test]
    fn paths_are_normalised_and_encoded_twice() {
        assert_eq!(canonical_path("/"), "/");
        assert_eq!(canonical_path("//a/./b/../c%20d/"), "/a/c%2520d/");
    }

    #[test]
    fn times_are_read() {
        let expected = Some(Timestamp::from_seconds(1_440_938_160));
        assert_eq!(parse_time("20150830T123600Z"), expected);
        assert_eq!(parse_time("Sun, 30 Aug 2015 12:36:00 GMT"), expected);
        for bad in ["", "20150830", "2015-08-30T12:36:00Z", "20151330T123600Z", "020150830T123600Z", "20150830T12360Z"]
        {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
        assert_eq!(basic_time(Timestamp::from_seconds(1_440_938_160)), "20150830T123600Z");
    }

    #[test]
    fn headers_are_read() {
        let good = "AWS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=host;X-B, Signature=ff";
        let presented = Presented::read(&head("POST", "", &[("Authorization", good), ("X-Amz-Date", "t")])).unwrap();
        assert_eq!(presented.signed_headers, ["host", "x-b"]);
        assert_eq!(presented.credential, "a/b/c/d/e");
        let read = |value: &str| Presented::read(&head("POST", "", &[("Authorization", value), ("Date", "t")]));
        assert_eq!(Presented::read(&head("POST", "", &[])), Err(Unreadable::Nothing));
        assert!(matches!(read("Bearer abc"), Err(Unreadable::NotAPair { part, .. }) if part == "abc"));
        assert!(
            matches!(read("AWS4-HMAC-SHA256"), Err(Unreadable::HeaderLacks { parts, time: false, .. }) if parts.len() == 3)
        );
        assert!(matches!(
            read("AWS4-HMAC-SHA256 Credential=a, Credential=b, SignedHeaders=h, Signature=s"),
            Err(Unreadable::Repeated)
        ));
        assert_eq!(
            Presented::read(&head("POST", "X-Amz-Algorithm=AWS4-HMAC-SHA256", &[("Authorization", good)])),
            Err(Unreadable::Both)
        );
    }
}
