//! A request and an answer as plain values, free of the web framework.

use std::net::IpAddr;

use import_engine::Timestamp;
use zeroize::Zeroizing;

/// Everything of a request but its body, as received.
#[derive(Clone, Debug)]
pub struct Head {
    /// `GET`, `POST` …, upper case as sent.
    pub method: String,
    /// The path, still percent-encoded.
    pub path: String,
    /// The query string without its question mark, still percent-encoded; empty if there is none.
    pub query: String,
    /// The headers in the order received.
    pub headers: Headers,
    /// The address at the other end of the connection, if it is known.
    pub peer: Option<IpAddr>,
}

/// Header fields in the order received, names in lower case.
#[derive(Clone, Default, Debug)]
pub struct Headers(Vec<(String, Vec<u8>)>);

impl Headers {
    /// From name-value pairs. Names are brought to lower case.
    pub fn new(fields: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect())
    }

    /// The first value of a field, if it is text. The name is given in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.bytes(name).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// The first value of a field as bytes.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_slice())
    }

    /// Whether a field stands more than once.
    pub fn is_repeated(&self, name: &str) -> bool {
        self.0.iter().filter(|(field, _)| field == name).count() > 1
    }

    /// All fields in the order received.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }
}

/// A request with its whole body.
#[derive(Debug)]
pub struct Request {
    /// Everything but the body.
    pub head: Head,
    /// The body as received; wiped on drop, for it may hold plaintext.
    pub body: Zeroizing<Vec<u8>>,
    /// The identifier that the client, the log and the answer share: a lower-case UUID.
    pub id: String,
    /// When it arrived, in real time.
    pub received_at: Timestamp,
}

/// An answer, complete but for what every answer gets (`Date`, `Content-Length`).
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Header fields.
    pub headers: Vec<(&'static str, String)>,
    /// The body; wiped on drop, for it may hold plaintext.
    pub body: Zeroizing<Vec<u8>>,
    /// What the log says beside the status.
    pub record: Record,
}

/// What the log says about a request. Never holds anything secret.
#[derive(Default, Debug)]
pub struct Record {
    /// The operation, once known.
    pub operation: Option<&'static str>,
    /// The tenant, once proven.
    pub tenant: Option<String>,
    /// The vendor's error code, for refusals.
    pub code: Option<String>,
    /// The private cause of a fault. For the log only, never for the wire.
    pub cause: Option<String>,
}

impl Response {
    /// An answer with a body and its media type.
    pub fn new(status: u16, content_type: &str, body: Zeroizing<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body, record: Record::default() }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Zeroizing::default(), record: Record::default() }
    }

    /// Adds a header field.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
