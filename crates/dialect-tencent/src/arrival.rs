//! The common parameters of a request, in headers (TC3) or among the other parameters.

use dialect::http::{Head, Headers, Request};
use zeroize::Zeroizing;

use crate::authorization::Authorization;
use crate::errors::{Refusal, SIZE_V1_MAX};
use crate::form::{self, Parameter};

/// The most bytes of a GET request's query.
const QUERY_MAX: usize = 32 * 1024;

/// The only action that is not asked of a region.
const WITHOUT_REGION: &str = "GetRegions";

/// Header fields of which there must not be two, because it would matter which one counts.
const SINGLE: &[&str] = &[
    "content-type",
    "host",
    "x-tc-action",
    "x-tc-version",
    "x-tc-region",
    "x-tc-timestamp",
    "x-tc-token",
    "x-tc-content-sha256",
];

/// What a request says about itself before anything of it is proven.
pub(crate) struct Arrival {
    /// The action as sent.
    pub action: String,
    /// The version as sent.
    pub version: String,
    /// The region as sent; only GetRegions goes without.
    pub region: Option<String>,
    /// When it was signed, in seconds since 1970.
    pub timestamp: i64,
    /// The token of a temporary credential.
    pub token: Option<Zeroizing<String>>,
    /// What proves the caller.
    pub proof: Proof,
}

/// What proves the caller.
pub(crate) enum Proof {
    /// `Authorization: TC3-HMAC-SHA256 …`.
    Tc3(Authorization),
    /// A signature among the parameters.
    V1 {
        /// The access id.
        secret_id: String,
        /// Base64 of the HMAC.
        signature: String,
        /// The hash; HmacSHA1 if none is named.
        method: Option<String>,
        /// Everything that is signed: all parameters but the signature.
        parameters: Vec<Parameter>,
    },
}

impl Arrival {
    /// Reads the common parameters of a request.
    ///
    /// # Errors
    /// A wrong method or path, too much of anything, a common parameter that is missing or given
    /// twice, a malformed `Authorization`.
    pub fn read(request: &Request) -> Result<Self, Refusal> {
        let head = &request.head;
        let is_get = match head.method.as_str() {
            "GET" => true,
            "POST" => false,
            _ => return Err(Refusal::UnsupportedProtocol),
        };
        // Unverified: what the real gateway says to another path, and to an overlong query.
        if head.path != "/" {
            return Err(Refusal::WrongPath);
        }
        if is_get && head.query.len() > QUERY_MAX {
            return Err(Refusal::TooLarge);
        }
        if head.headers.is_repeated("authorization") {
            return Err(Refusal::InvalidAuthorization("`Authorization` is repeated"));
        }
        if let Some(name) = SINGLE.iter().find(|name| head.headers.is_repeated(name)) {
            return Err(Refusal::Repeated((*name).to_owned()));
        }
        if uses_tc3(head) { Self::from_headers(&head.headers) } else { Self::from_parameters(request, is_get) }
    }

    fn from_headers(headers: &Headers) -> Result<Self, Refusal> {
        let field = |name| headers.get(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
        let action = field("x-tc-action").ok_or(Refusal::Missing("Action"))?;
        let version = field("x-tc-version").ok_or(Refusal::Missing("Version"))?;
        let region = region(&action, field("x-tc-region"))?;
        // Unverified: how a TC3 request without a timestamp is refused.
        let timestamp = field("x-tc-timestamp").ok_or(Refusal::Missing("Timestamp"))?;
        let authorization =
            field("authorization").ok_or(Refusal::InvalidAuthorization("`Authorization` is no text"))?;
        Ok(Self {
            action,
            version,
            region,
            timestamp: seconds(&timestamp)?,
            token: field("x-tc-token").map(Zeroizing::new),
            proof: Proof::Tc3(Authorization::parse(&authorization)?),
        })
    }

    fn from_parameters(request: &Request, is_get: bool) -> Result<Self, Refusal> {
        let mut parameters = if is_get {
            form::parse(&request.head.query)?
        } else if request.body.len() > SIZE_V1_MAX {
            return Err(Refusal::TooLargeForV1);
        } else if is_form(&request.head) {
            form::parse(std::str::from_utf8(&request.body).map_err(|_| Refusal::NotText)?)?
        } else {
            Vec::new()
        };
        let signature = take(&mut parameters, "Signature");
        let value = |name| parameters.iter().find(|found| found.name == name).map(|found| found.value.to_string());
        let given = |name| value(name).filter(|value| !value.is_empty());
        // In this order a request with X-TC headers and without an Authorization hears what it
        // would have to send in their place.
        let timestamp = given("Timestamp").ok_or(Refusal::Missing("Timestamp"))?;
        // Unverified: that one which comes again is not minded.
        let nonce = given("Nonce").ok_or(Refusal::Missing("Nonce"))?;
        let secret_id = given("SecretId").ok_or(Refusal::Missing("SecretId"))?;
        let signature = signature.ok_or(Refusal::Missing("Signature"))?;
        let action = given("Action").ok_or(Refusal::Missing("Action"))?;
        let version = given("Version").ok_or(Refusal::Missing("Version"))?;
        let region = region(&action, given("Region"))?;
        if nonce.parse::<u64>().is_err() {
            return Err(Refusal::WrongType { path: "Nonce".to_owned(), expected: "uint64" });
        }
        Ok(Self {
            action,
            version,
            region,
            timestamp: seconds(&timestamp)?,
            token: given("Token").map(Zeroizing::new),
            proof: Proof::V1 { secret_id, signature, method: given("SignatureMethod"), parameters },
        })
    }
}

/// Whether the presence of an `Authorization` header selects TC3.
pub(crate) fn uses_tc3(head: &Head) -> bool {
    head.headers.bytes("authorization").is_some()
}

/// Whether the body is a form.
pub(crate) fn is_form(head: &Head) -> bool {
    media_type(head).as_deref() == Some("application/x-www-form-urlencoded")
}

/// The media type of the body without its parameters, in lower case.
pub(crate) fn media_type(head: &Head) -> Option<String> {
    let value = head.headers.get("content-type")?;
    let media_type = value.split(';').next().unwrap_or_default();
    Some(media_type.trim().to_ascii_lowercase())
}

// Unverified: GetRegions without a region; the lenient answer.
fn region(action: &str, region: Option<String>) -> Result<Option<String>, Refusal> {
    if region.is_none() && action != WITHOUT_REGION { Err(Refusal::Missing("Region")) } else { Ok(region) }
}

fn seconds(text: &str) -> Result<i64, Refusal> {
    let refusal = || Refusal::WrongType { path: "Timestamp".to_owned(), expected: "uint64" };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refusal());
    }
    text.parse().map_err(|_| refusal())
}

/// Removes a parameter that has a value.
fn take(parameters: &mut Vec<Parameter>, name: &str) -> Option<String> {
    let position = parameters.iter().position(|found| found.name == name)?;
    let value: Zeroizing<String> = parameters.remove(position).value;
    Some(value.to_string()).filter(|value| !value.is_empty())
}
