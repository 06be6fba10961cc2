//! Each way in which a signature can be wrong, and what is said of it.

use dialect::http::{Head, Headers};
use dialect::{Credential as Configured, Credentials, Trust};
use import_engine::Material;
use zeroize::Zeroizing;

use super::*;
use crate::errors::{self, Context};

const NOW: Timestamp = Timestamp::from_seconds(1_440_938_160);
const NOW_TEXT: &str = "20150830T123600Z";
const SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A request in the making.
struct Client {
    access_id: &'static str,
    secret: &'static [u8],
    time: &'static str,
    scope: &'static str,
    signed: Vec<&'static str>,
    headers: Vec<(&'static str, &'static str)>,
    body: &'static [u8],
}

impl Default for Client {
    fn default() -> Self {
        Self {
            access_id: "AKIDEXAMPLE",
            secret: SECRET,
            time: NOW_TEXT,
            scope: "20150830/us-east-1/kms/aws4_request",
            signed: vec!["content-type", "host", "x-amz-date", "x-amz-target"],
            headers: vec![("x-amz-target", "TrentService.ListKeys")],
            body: b"{}",
        }
    }
}

impl Client {
    /// The request, with its signature in the header.
    fn request(&self) -> Request {
        let mut headers = vec![
            ("host".to_owned(), b"kms.us-east-1.amazonaws.com".to_vec()),
            ("content-type".to_owned(), b"application/x-amz-json-1.1".to_vec()),
            ("x-amz-date".to_owned(), self.time.as_bytes().to_vec()),
        ];
        headers.extend(self.headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())));
        let mut head = Head {
            method: "POST".into(),
            path: "/".into(),
            query: String::new(),
            headers: Headers::new(headers.clone()),
            peer: None,
        };
        let text = format!("{}/{}", self.access_id, self.scope);
        let presented = Presented {
            algorithm: ALGORITHM.into(),
            credential: text.clone(),
            signed_headers: self.signed.iter().map(|name| (*name).to_owned()).collect(),
            signature: String::new(),
            time: self.time.into(),
            lifetime_seconds: None,
            session_token: None,
        };
        let credential = Credential::parse(&text).unwrap();
        let canonical = canonical_request(&head, &presented, "", self.body);
        let signature = signature(self.secret, &credential, self.time, &canonical).unwrap();
        let header = format!(
            "{ALGORITHM} Credential={text}, SignedHeaders={}, Signature={signature}",
            presented.signed_headers.join(";")
        );
        headers.push(("authorization".to_owned(), header.into_bytes()));
        head.headers = Headers::new(headers);
        request(head, self.body)
    }

    fn call(&self) -> Result<Verified, Refusal> {
        proven(&self.request(), &credentials(Trust::Configured), &Settings::default())
    }

    /// What the answer says: the exception and its sentence.
    fn told(&self) -> (&'static str, String) {
        told(self.call())
    }
}

/// Nothing here has to wait: there is no engine to ask.
fn proven(request: &Request, credentials: &Credentials, settings: &Settings) -> Result<Verified, Refusal> {
    let directory = Directory::new(Arc::new(credentials.clone()), None);
    let mut waiting = std::pin::pin!(authenticate(request, &directory, settings));
    match waiting.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(outcome) => outcome,
        std::task::Poll::Pending => panic!("a proof that waits"),
    }
}

fn request(head: Head, body: &[u8]) -> Request {
    Request { head, body: Zeroizing::new(body.to_vec()), id: String::new(), received_at: NOW }
}

fn credentials(trust: Trust) -> Credentials {
    let configured = Configured {
        access_id: "AKIDEXAMPLE".into(),
        secret: Material::copy_of(SECRET),
        account: "111122223333".into(),
    };
    Credentials::new(trust).with(VENDOR, configured)
}

fn told(outcome: Result<Verified, Refusal>) -> (&'static str, String) {
    let answer = errors::answer(&outcome.unwrap_err(), Context::default());
    assert_eq!(answer.status, 400);
    (answer.code, answer.message.unwrap_or_default())
}

fn bare(headers: &[(&str, &str)], query: &str) -> Request {
    let headers = Headers::new(headers.iter().map(|(name, value)| ((*name).into(), value.as_bytes().to_vec())));
    request(Head { method: "POST".into(), path: "/".into(), query: query.into(), headers, peer: None }, b"{}")
}

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
                        Secret Access Key and signing method. Consult the service documentation for details.";

#[test]
fn a_right_signature_is_a_verified_caller() {
    let caller = Client::default().call().unwrap();
    assert_eq!(caller.tenant(), &Tenant::new("aws", "111122223333"));
    assert_eq!((caller.region(), caller.principal()), ("us-east-1", "AKIDEXAMPLE"));
}

#[test]
fn another_secret_or_anything_changed_is_another_signature() {
    let mismatch = ("InvalidSignatureException", MISMATCH.to_owned());
    assert_eq!(Client { secret: b"other", ..Client::default() }.told(), mismatch);
    let settings = Settings::default();
    let mut body = Client::default().request();
    body.body.push(b' ');
    assert_eq!(told(proven(&body, &credentials(Trust::Configured), &settings)), mismatch);
    let mut query = Client::default().request();
    query.head.query = "a=b".into();
    assert_eq!(told(proven(&query, &credentials(Trust::Configured), &settings)), mismatch);
    let mut target = Client::default().request();
    target.head.headers = Headers::new(target.head.headers.iter().map(|(name, value)| {
        let value = if name == "x-amz-target" { b"TrentService.CreateKey".to_vec() } else { value.to_vec() };
        (name.to_owned(), value)
    }));
    assert_eq!(told(proven(&target, &credentials(Trust::Configured), &settings)), mismatch);
}

#[test]
fn a_stated_body_hash_must_be_the_bodys() {
    let with_hash = |hash: &'static str| Client {
        headers: vec![("x-amz-target", "TrentService.ListKeys"), ("x-amz-content-sha256", hash)],
        signed: vec!["content-type", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-target"],
        ..Client::default()
    };
    let right = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert!(with_hash(right).call().is_ok());
    assert_eq!(with_hash("UNSIGNED-PAYLOAD").told().0, "InvalidSignatureException");
}

#[test]
fn amz_headers_have_to_be_signed() {
    let unsigned = Client { signed: vec!["host", "x-amz-date"], ..Client::default() };
    assert_eq!(
        unsigned.told(),
        ("InvalidSignatureException", "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.".to_owned())
    );
    let harmless = Client {
        headers: vec![
            ("x-amz-target", "TrentService.ListKeys"),
            ("x-amz-user-agent", "browser"),
            ("amz-sdk-request", "attempt=1"),
        ],
        ..Client::default()
    };
    assert!(harmless.call().is_ok());
    let no_host = Client { signed: vec!["x-amz-date", "x-amz-target"], ..Client::default() };
    assert_eq!(
        no_host.told(),
        (
            "InvalidSignatureException",
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned()
        )
    );
}

#[test]
fn time_is_real_and_within_five_minutes() {
    let at = |time, scope| Client { time, scope, ..Client::default() };
    let today = "20150830/us-east-1/kms/aws4_request";
    assert!(at("20150830T123100Z", today).call().is_ok());
    assert!(at("20150830T124100Z", today).call().is_ok());
    assert_eq!(
        at("20150830T123059Z", today).told(),
        (
            "InvalidSignatureException",
            "Signature expired: 20150830T123059Z is now earlier than 20150830T123100Z (20150830T123600Z - 5 min.)"
                .to_owned()
        )
    );
    assert_eq!(
        at("20150830T124101Z", today).told(),
        (
            "InvalidSignatureException",
            "Signature not yet current: 20150830T124101Z is still later than 20150830T124100Z (20150830T123600Z + 5 \
             min.)"
                .to_owned()
        )
    );
    assert_eq!(
        at("2015-08-30T12:36:00Z", today).told(),
        (
            "IncompleteSignatureException",
            "Date must be in ISO-8601 'basic format'. Got '2015-08-30T12:36:00Z'. See \
             http://en.wikipedia.org/wiki/ISO_8601"
                .to_owned()
        )
    );
}

#[test]
fn the_date_header_will_do() {
    let signed = ["date", "host", "x-amz-target"];
    let fields = [
        ("host", "kms.us-east-1.amazonaws.com"),
        ("date", "Sun, 30 Aug 2015 12:36:00 GMT"),
        ("x-amz-target", "TrentService.ListKeys"),
    ];
    let mut unsigned = bare(&fields, "");
    let text = "AKIDEXAMPLE/20150830/us-east-1/kms/aws4_request";
    let presented = Presented {
        algorithm: ALGORITHM.into(),
        credential: text.into(),
        signed_headers: signed.map(str::to_owned).to_vec(),
        signature: String::new(),
        time: NOW_TEXT.into(),
        lifetime_seconds: None,
        session_token: None,
    };
    let canonical = canonical_request(&unsigned.head, &presented, "", b"{}");
    let signature = signature(SECRET, &Credential::parse(text).unwrap(), NOW_TEXT, &canonical).unwrap();
    let header = format!("{ALGORITHM} Credential={text},SignedHeaders=date;host;x-amz-target,Signature={signature}");
    let mut whole: Vec<(&str, &str)> = fields.to_vec();
    whole.push(("authorization", &header));
    unsigned.head = bare(&whole, "").head;
    assert!(proven(&unsigned, &credentials(Trust::Configured), &Settings::default()).is_ok());
}

#[test]
fn scopes_are_held_to_every_word() {
    let scope = |scope| Client { scope, ..Client::default() }.told();
    let invalid = |text: &str| ("InvalidSignatureException", text.to_owned());
    assert_eq!(
        scope("20150829/us-east-1/kms/aws4_request"),
        invalid(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150829' != \
             '20150830', from '20150830T123600Z'."
        )
    );
    assert_eq!(scope("20150830/nowhere/kms/aws4_request"), invalid("Credential should be scoped to a valid region."));
    assert_eq!(
        scope("20150830/us-east-1/s3/aws4_request"),
        invalid("Credential should be scoped to correct service: 'kms'.")
    );
    assert_eq!(
        scope("20150830/us-east-1/kms/aws5"),
        invalid("Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'.")
    );
    let settings = Settings { regions: vec!["eu-central-1".into()], ..Settings::default() };
    let outcome = proven(&Client::default().request(), &credentials(Trust::Configured), &settings);
    assert_eq!(told(outcome), invalid("Credential should be scoped to a valid region."));
}

#[test]
fn nobody_is_refused() {
    let unknown = ("UnrecognizedClientException", "The security token included in the request is invalid.".to_owned());
    assert_eq!(Client { access_id: "AKIDOTHER", ..Client::default() }.told(), unknown);
    let with_token = Client {
        headers: vec![("x-amz-target", "TrentService.ListKeys"), ("x-amz-security-token", "t")],
        signed: vec!["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"],
        ..Client::default()
    };
    assert_eq!(with_token.told(), unknown);
    // Public credentials count only where they are let in.
    let public = Client { access_id: "test", secret: b"test", ..Client::default() };
    assert_eq!(public.told(), unknown);
    let caller = proven(&public.request(), &credentials(Trust::Public), &Settings::default()).unwrap();
    assert_eq!(caller.tenant().account, "000000000000");
}

#[test]
fn what_cannot_be_read_says_what_is_missing() {
    let tell = |headers: &[(&str, &str)], query: &str| {
        told(proven(&bare(headers, query), &credentials(Trust::Configured), &Settings::default()))
    };
    let incomplete = |text: &str| ("IncompleteSignatureException", text.to_owned());
    assert_eq!(tell(&[], ""), ("MissingAuthenticationTokenException", "Missing Authentication Token".to_owned()));
    assert_eq!(
        tell(&[("authorization", "AWS4-HMAC-SHA256 Credential=a/b")], ""),
        incomplete(
            "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' \
             parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
             Authorization=AWS4-HMAC-SHA256 Credential=a/b"
        )
    );
    assert_eq!(
        tell(&[("authorization", "Bearer abc")], ""),
        incomplete("'abc' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer abc'.")
    );
    let whole = |algorithm: &str, credential: &str| {
        format!("{algorithm} Credential={credential}, SignedHeaders=host, Signature=ff")
    };
    assert_eq!(
        tell(&[("authorization", &whole("AWS4-HMAC-SHA1", "a/b/c/d/e")), ("x-amz-date", NOW_TEXT)], ""),
        incomplete("Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1' (only AWS4-HMAC-SHA256 for now). ")
    );
    assert_eq!(
        tell(&[("authorization", &whole(ALGORITHM, "a/b/c")), ("x-amz-date", NOW_TEXT)], ""),
        incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c'"
        )
    );
    let twice = whole(ALGORITHM, "a/b/c/d/e");
    assert_eq!(tell(&[("authorization", &twice), ("authorization", &twice)], "").0, "IncompleteSignatureException");
    assert_eq!(
        tell(&[], "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=x&X-Amz-Expires=1&X-Amz-SignedHeaders=host"),
        incomplete(
            "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include \
             'X-Amz-Signature'. Re-examine the query-string parameters."
        )
    );
}

#[test]
fn the_query_form_is_good_for_as_long_as_it_says() {
    let settings = Settings::default();
    let signed_at = |time: &str, lifetime: &str, spoil: bool| {
        let base = format!(
            "X-Amz-Algorithm={ALGORITHM}&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fkms%2Faws4_request\
             &X-Amz-Date={time}&X-Amz-Expires={lifetime}&X-Amz-SignedHeaders=host"
        );
        let mut request = bare(&[("host", "kms.us-east-1.amazonaws.com")], &base);
        let presented = Presented {
            algorithm: ALGORITHM.into(),
            credential: String::new(),
            signed_headers: vec!["host".into()],
            signature: String::new(),
            time: time.into(),
            lifetime_seconds: Some(1),
            session_token: None,
        };
        let credential = Credential::parse("AKIDEXAMPLE/20150830/us-east-1/kms/aws4_request").unwrap();
        let canonical = canonical_request(&request.head, &presented, "", b"{}");
        let mut signature = signature(SECRET, &credential, time, &canonical).unwrap();
        if spoil {
            signature = signature.replace('a', "b");
        }
        request.head.query = format!("{base}&X-Amz-Signature={signature}");
        proven(&request, &credentials(Trust::Configured), &settings)
    };
    assert!(signed_at("20150830T123500Z", "60", false).is_ok());
    assert_eq!(told(signed_at("20150830T123500Z", "60", true)).1, MISMATCH);
    assert!(told(signed_at("20150830T123500Z", "59", false)).1.starts_with("Signature expired: "));
    assert!(signed_at("20150830T003500Z", "86400", false).is_ok());
    assert_eq!(told(signed_at("20150830T123500Z", "604801", false)).0, "IncompleteSignatureException");
    assert_eq!(told(signed_at("20150830T123500Z", "0", false)).0, "IncompleteSignatureException");
}

#[test]
fn open_authentication_still_wants_the_form() {
    let open = credentials(Trust::Open);
    let settings = Settings::default();
    let stranger = Client { access_id: "AKIDOTHER", secret: b"?", time: "20000101T000000Z", ..Client::default() };
    let caller = proven(&stranger.request(), &open, &settings).unwrap();
    assert_eq!(caller.tenant().account.len(), 12);
    let known = proven(&Client { secret: b"?", ..Client::default() }.request(), &open, &settings).unwrap();
    assert_eq!(known.tenant().account, "111122223333");
    let header = "AWS4-HMAC-SHA256 Credential=x/20200101/us-west-2/kms/aws4_request, SignedHeaders=host, Signature=f";
    let timeless = proven(&bare(&[("authorization", header)], ""), &open, &settings).unwrap();
    assert_eq!(timeless.region(), "us-west-2");
    let scheme = "SDK-HMAC-SHA256 Credential=x/20200101/us-west-2/kms/aws4_request, SignedHeaders=host, Signature=f";
    assert!(proven(&bare(&[("authorization", scheme)], ""), &open, &settings).is_err());
    assert!(proven(&bare(&[], ""), &open, &settings).is_err());
}

#[test]
fn a_proxy_may_change_the_host() {
    let settings = Settings { signed_host: "kms.us-east-1.amazonaws.com".into(), ..Settings::default() };
    let mut request = Client::default().request();
    request.head.headers = Headers::new(request.head.headers.iter().map(|(name, value)| {
        let value = if name == "host" { b"inner:7788".to_vec() } else { value.to_vec() };
        (name.to_owned(), value)
    }));
    assert!(proven(&request, &credentials(Trust::Configured), &settings).is_ok());
    assert!(proven(&request, &credentials(Trust::Configured), &Settings::default()).is_err());
}
