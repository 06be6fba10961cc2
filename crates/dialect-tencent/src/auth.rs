//! Who calls: the signature `TC3-HMAC-SHA256` and the older `HmacSHA1` and `HmacSHA256`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use dialect::Verified;
use dialect::http::Request;
use dialect::signature::{hmac_sha1, hmac_sha256, sha256_hex, signatures_equal};
use import_engine::{Error, Material, Tenant, constant_time_eq};
use zeroize::Zeroizing;

use crate::VENDOR;
use crate::arrival::{Arrival, Proof};
use crate::authorization::{ALGORITHM, Authorization, TERMINATOR};
use crate::directory::{Directory, Known};
use crate::errors::Refusal;
use crate::form::Parameter;
use crate::seen_signatures::{Mark, SeenSignatures, Sight};
use crate::settings::Settings;

/// The service in a credential scope.
const SERVICE: &str = "kms";

/// Stands for the hash of a body that is left unsigned.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// A caller who was let in.
#[derive(Debug, PartialEq)]
pub(crate) struct Admitted {
    /// Who it is.
    pub caller: Verified,
    /// What to forget of the signature if the request does not reach its action.
    pub mark: Option<Mark>,
}

/// Proves callers.
pub(crate) struct Authenticator {
    directory: Arc<Directory>,
    strict_service: bool,
    skew_seconds: i64,
    seen: SeenSignatures,
}

impl Authenticator {
    /// For everybody in a directory.
    pub fn new(directory: Arc<Directory>, settings: &Settings) -> Self {
        let skew_seconds = settings.clock_skew_seconds;
        // Dated ahead as far as may be, a signature is good for twice the skew.
        let seen = SeenSignatures::new(settings.remembered_signatures, skew_seconds.saturating_mul(2));
        Self { directory, strict_service: settings.strict_service, skew_seconds, seen }
    }

    /// The caller, if the request proves one. The only place where one is attested.
    ///
    /// # Errors
    /// In this order: a malformed proof, a timestamp out of the window, an unknown access id, the wrong
    /// token of a temporary one, a wrong signature, a token where there should be none.
    pub async fn authenticate(&self, request: &Request, arrival: &Arrival) -> Result<Admitted, Refusal> {
        if let Proof::Tc3(authorization) = &arrival.proof {
            self.require_service(request, &authorization.service)?;
        }
        let off = request.received_at.seconds().abs_diff(arrival.timestamp);
        if off > self.skew_seconds.unsigned_abs() {
            return Err(Refusal::SignatureExpire { server_time: request.received_at.seconds() });
        }
        let principal = match &arrival.proof {
            // Unverified: the code for a scope of another day.
            Proof::Tc3(authorization) if authorization.date != day(arrival.timestamp) => {
                return Err(Refusal::InvalidAuthorization("`Date` in Credential is not the day of `X-TC-Timestamp`"));
            }
            Proof::Tc3(authorization) => &authorization.secret_id,
            Proof::V1 { secret_id, .. } => secret_id,
        };
        if !is_access_id(principal) {
            return Err(Refusal::InvalidSecretId);
        }
        let known = self.directory.find(principal).await?.ok_or(Refusal::SecretIdNotFound)?;
        let mut mark = None;
        if let Some(secret) = &known.secret {
            let token = arrival.token.as_ref().map_or("", |token| token.as_str());
            if known.token.is_some() && !is_own_token(&known, token)? {
                return Err(self.of_wrong_token(token).await?);
            }
            mark = self.require_signature(request, arrival, secret)?;
            if known.token.is_none() && !token.is_empty() {
                // Its signature has served for nothing.
                mark.iter().for_each(|mark| self.forget(mark));
                return Err(self.of_wrong_token(token).await?);
            }
        }
        let region = arrival.region.clone().unwrap_or_default();
        let caller = Verified::attest(Tenant::new(VENDOR, known.account), region, principal)
            .with_identity(Arc::new(known.identity));
        Ok(Admitted { caller, mark })
    }

    /// What is said of a token that is not the access id's own.
    // Unverified: that a good one, of another access id, stands for another secret.
    async fn of_wrong_token(&self, token: &str) -> Result<Refusal, Error> {
        let is_good = self.directory.is_good_token(token).await?;
        Ok(if is_good { Refusal::SignatureFailure } else { Refusal::TokenFailure })
    }

    /// Takes back that a signature was seen: its request did not reach an action.
    pub fn forget(&self, mark: &Mark) {
        self.seen.forget(mark);
    }

    /// Refuses a signature for another service. Some SDKs take the first label of the host for the
    /// service's name, whatever it is.
    fn require_service(&self, request: &Request, service: &str) -> Result<(), Refusal> {
        let host = request.head.headers.get("host").unwrap_or_default();
        let label = host.split('.').next().unwrap_or_default();
        let is_label = service == label || Some(service.as_bytes()) == without_port(label.as_bytes());
        if service == SERVICE || (is_label && !self.strict_service) {
            Ok(())
        } else {
            Err(Refusal::InvalidAuthorization("`Service` in Credential not valid."))
        }
    }

    fn require_signature(
        &self,
        request: &Request,
        arrival: &Arrival,
        secret: &Material,
    ) -> Result<Option<Mark>, Refusal> {
        match &arrival.proof {
            Proof::Tc3(authorization) => {
                require_tc3(request, arrival.timestamp, authorization, secret)?;
                let headers = &request.head.headers;
                let sight = Sight {
                    secret_id: &authorization.secret_id,
                    signature: &authorization.signature,
                    target: (&arrival.action, arrival.region.as_deref().unwrap_or_default(), &arrival.version),
                    trace_id: headers.get("x-tc-traceid"),
                    is_from_sdk: headers.get("x-tc-requestclient").is_some_and(|client| client.starts_with("SDK_")),
                };
                self.seen.admit(&sight, request.received_at)
            }
            Proof::V1 { signature, method, parameters, .. } => {
                // Action, region and version are among what is signed here.
                require_v1(request, method.as_deref(), parameters, signature, secret).map(|()| None)
            }
        }
    }
}

/// Whether temporary credentials come with their own token, which TC3 does not sign, before their end.
/// The vendor finds their secret through it, so it is looked at before the signature.
// Unverified: that, and that a temporary access id without a token is an unknown one.
fn is_own_token(known: &Known, sent: &str) -> Result<bool, Refusal> {
    if sent.is_empty() {
        return Err(Refusal::SecretIdNotFound);
    }
    let is_own = known.token.as_ref().is_some_and(|token| constant_time_eq(token.expose(), sent.as_bytes()));
    Ok(is_own && !known.is_expired)
}

fn require_tc3(
    request: &Request,
    timestamp: i64,
    authorization: &Authorization,
    secret: &Material,
) -> Result<(), Refusal> {
    let scope = format!("{}/{}/{TERMINATOR}", authorization.date, authorization.service);
    let key = tc3_key(secret, &authorization.date, &authorization.service)?;
    let payload_hash = payload_hash(request);
    let host = request.head.headers.bytes("host").unwrap_or_default();
    // Some SDKs sign the host without its port, some values as they are rather than in lower case.
    for host in std::iter::once(host).chain(without_port(host)) {
        for lower_case in [true, false] {
            let canonical = canonical_request(request, &authorization.signed_headers, host, lower_case, &payload_hash)?;
            let text = format!("{ALGORITHM}\n{timestamp}\n{scope}\n{}", sha256_hex(&canonical));
            let calculated = hex::encode(hmac_sha256(&key, text.as_bytes())?);
            if signatures_equal(&calculated, &authorization.signature) {
                return Ok(());
            }
        }
    }
    Err(Refusal::SignatureFailure)
}

fn tc3_key(secret: &Material, date: &str, service: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut start = Zeroizing::new(Vec::with_capacity(3 + secret.len()));
    start.extend_from_slice(b"TC3");
    start.extend_from_slice(secret.expose());
    let date = Zeroizing::new(hmac_sha256(&start, date.as_bytes())?);
    let service = Zeroizing::new(hmac_sha256(&date, service.as_bytes())?);
    Ok(Zeroizing::new(hmac_sha256(&service, TERMINATOR.as_bytes())?))
}

/// The hash of what is signed of the body. A GET has none: what comes with one is neither signed nor read.
fn payload_hash(request: &Request) -> String {
    // Unverified: that any other value is ignored.
    if request.head.headers.get("x-tc-content-sha256") == Some(UNSIGNED_PAYLOAD) {
        return sha256_hex(UNSIGNED_PAYLOAD.as_bytes());
    }
    sha256_hex(if request.head.method == "GET" { &[] } else { &request.body })
}

fn canonical_request(
    request: &Request,
    signed_headers: &[String],
    host: &[u8],
    lower_case: bool,
    payload_hash: &str,
) -> Result<Vec<u8>, Refusal> {
    let head = &request.head;
    // The query of a POST is never part of it.
    let query = if head.method == "GET" { head.query.as_str() } else { "" };
    let mut text = format!("{}\n/\n{query}\n", head.method).into_bytes();
    for name in signed_headers {
        let name = name.trim().to_ascii_lowercase();
        let value = if name == "host" { Some(host) } else { head.headers.bytes(&name) };
        let value = value.ok_or(Refusal::InvalidAuthorization("a signed header is missing"))?;
        if head.headers.is_repeated(&name) {
            return Err(Refusal::InvalidAuthorization("a signed header is repeated"));
        }
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        let value = value.trim_ascii();
        if lower_case {
            text.extend_from_slice(String::from_utf8_lossy(value).to_lowercase().as_bytes());
        } else {
            text.extend_from_slice(value);
        }
        text.push(b'\n');
    }
    text.extend_from_slice(format!("\n{}\n{payload_hash}", signed_headers.join(";")).as_bytes());
    Ok(text)
}

fn require_v1(
    request: &Request,
    method: Option<&str>,
    parameters: &[Parameter],
    signature: &str,
    secret: &Material,
) -> Result<(), Refusal> {
    let hmac = match method {
        None | Some("HmacSHA1") => hmac_sha1,
        Some("HmacSHA256") => hmac_sha256,
        // Unverified: the code for an unknown method.
        Some(_) => return Err(Refusal::SignatureFailure),
    };
    let host = request.head.headers.bytes("host").unwrap_or_default();
    for host in std::iter::once(host).chain(without_port(host)) {
        let text = v1_text(&request.head.method, host, parameters);
        if signatures_equal(&STANDARD.encode(hmac(secret.expose(), &text)?), signature) {
            return Ok(());
        }
    }
    Err(Refusal::SignatureFailure)
}

/// What a parameter signature covers: all parameters, sorted by name, with their raw values.
fn v1_text(method: &str, host: &[u8], parameters: &[Parameter]) -> Zeroizing<Vec<u8>> {
    let mut sorted: Vec<&Parameter> = parameters.iter().collect();
    sorted.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    let length: usize = sorted.iter().map(|found| found.name.len() + found.value.len() + 2).sum();
    let mut text = Zeroizing::new(Vec::with_capacity(method.len() + host.len() + 2 + length));
    text.extend_from_slice(method.as_bytes());
    text.extend_from_slice(host);
    text.extend_from_slice(b"/");
    for (index, parameter) in sorted.into_iter().enumerate() {
        text.push(if index == 0 { b'?' } else { b'&' });
        text.extend_from_slice(parameter.name.as_bytes());
        text.push(b'=');
        text.extend_from_slice(parameter.value.as_bytes());
    }
    text
}

/// A host without its port, if it has one.
fn without_port(host: &[u8]) -> Option<&[u8]> {
    let colon = host.iter().rposition(|byte| *byte == b':')?;
    let (name, port) = host.split_at_checked(colon)?;
    (port.len() > 1 && port.iter().skip(1).all(u8::is_ascii_digit)).then_some(name)
}

/// The UTC day of a timestamp.
fn day(timestamp: i64) -> String {
    DateTime::from_timestamp(timestamp, 0).map(|time| time.format("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// Whether text has the form of an access id.
fn is_access_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
