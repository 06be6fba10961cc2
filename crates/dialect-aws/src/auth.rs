//! Who calls: Signature Version 4 in the header or the query form, against the credentials.
//!
//! The order of checks is that of AWS's own front end, as far as it is known: form, time, signed
//! host, algorithm, credential, access key id, signed headers, session token and its end, signature.

use std::sync::Arc;

use dialect::Verified;
use dialect::http::{Head, Request};
use dialect::signature::{sha256_hex, signatures_equal};
use import_engine::{Tenant, Timestamp, constant_time_eq};

use crate::VENDOR;
use crate::accounts::Secret;
use crate::directory::{Directory, Found};
use crate::errors::Refusal;
use crate::identifiers::is_region;
use crate::settings::Settings;
use crate::sigv4::{
    ALGORITHM, Credential, Presented, TERMINATOR, Unreadable, basic_time, canonical_request, parse_time, signature,
};

/// The service's name in a credential scope.
const SERVICE: &str = "kms";

/// Why a caller is not who they say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Unproven {
    /// There is no readable signature.
    Unreadable(Unreadable),
    /// The request's time is not in the basic format of ISO 8601.
    TimeFormat(String),
    /// The request is too old: its time, the earliest that would do, the present, and the window.
    Expired {
        /// The request's time.
        time: String,
        /// The earliest that would do.
        earliest: String,
        /// The present.
        now: String,
        /// The window in seconds.
        window_seconds: i64,
    },
    /// The request is from the future.
    NotYetCurrent {
        /// The request's time.
        time: String,
        /// The latest that would do.
        latest: String,
        /// The present.
        now: String,
        /// The window in seconds.
        window_seconds: i64,
    },
    /// The host is not signed.
    HostNotSigned,
    /// Another algorithm.
    Algorithm(String),
    /// The credential does not have five words.
    CredentialForm(String),
    /// Faults of the credential's scope, in the service's sentences' order.
    Scope(Vec<ScopeFault>),
    /// Nobody has this access key id, or a session token does not belong to it.
    UnknownClient,
    /// The temporary credentials are past their end.
    ExpiredToken,
    /// A header that has to be signed is not.
    HeaderNotSigned(String),
    /// The signature is another one.
    Signature,
}

/// What can be wrong with a credential's scope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum ScopeFault {
    /// No region, or none that is served.
    Region,
    /// Another service.
    Service,
    /// It does not end as it should.
    Terminator(String),
    /// Its date is not that of the request's time.
    Date {
        /// The scope's.
        scope: String,
        /// The request's.
        request: String,
        /// The request's time.
        time: String,
    },
}

impl From<Unproven> for Refusal {
    fn from(unproven: Unproven) -> Self {
        Self::Unproven(unproven)
    }
}

/// Proves the caller. The only place where a [`Verified`] is made in this dialect.
///
/// # Errors
/// [`Refusal::Unproven`], or a fault of the cryptographic library.
pub(crate) async fn authenticate(
    request: &Request,
    directory: &Directory,
    settings: &Settings,
) -> Result<Verified, Refusal> {
    let head = &request.head;
    let is_open = directory.is_open();
    let presented = match Presented::read(head) {
        Err(Unreadable::HeaderLacks { parts, header, .. }) if is_open && parts.is_empty() => {
            // Only the time is missing, which nobody looks at here.
            return open_without_time(&header, directory, settings).await;
        }
        other => other.map_err(Unproven::Unreadable)?,
    };
    let time = if is_open { None } else { Some(check_time(&presented, request.received_at, settings)?) };
    if !presented.signed_headers.iter().any(|name| name == "host") {
        return Err(Unproven::HostNotSigned.into());
    }
    let credential = read_credential(&presented.algorithm, &presented.credential)?;
    check_scope(&credential, time, settings)?;
    let found = directory.find(credential.access_id).await?.ok_or(Unproven::UnknownClient)?;
    if let Secret::Known(secret) = &found.secret {
        check_signed_headers(head, &presented)?;
        check_token(&found, presented.session_token.as_deref())?;
        if content_hash_differs(request) {
            return Err(Unproven::Signature.into());
        }
        let canonical = canonical_request(head, &presented, &settings.signed_host, &request.body);
        let stamp = time.map(basic_time).unwrap_or_default();
        let calculated = signature(secret.expose(), &credential, &stamp, &canonical)?;
        if !signatures_equal(&calculated, &presented.signature) {
            return Err(Unproven::Signature.into());
        }
    }
    attest(&found, &credential)
}

fn attest(found: &Found, credential: &Credential<'_>) -> Result<Verified, Refusal> {
    let caller = found.caller(credential.region)?;
    let tenant = Tenant::new(VENDOR, found.account.as_str());
    Ok(Verified::attest(tenant, credential.region, credential.access_id).with_identity(Arc::new(caller)))
}

/// Temporary credentials come with their token, and lasting ones without any. Unverified: that the
/// token is told before a wrong signature.
fn check_token(found: &Found, presented: Option<&str>) -> Result<(), Unproven> {
    match (&found.token, presented) {
        (None, None) => Ok(()),
        (Some(token), Some(presented)) if constant_time_eq(token.expose(), presented.as_bytes()) => {
            if found.is_expired { Err(Unproven::ExpiredToken) } else { Ok(()) }
        }
        _ => Err(Unproven::UnknownClient),
    }
}

/// Open authentication of a header that is complete but comes without a time.
async fn open_without_time(header: &str, directory: &Directory, settings: &Settings) -> Result<Verified, Refusal> {
    let (algorithm, rest) = header.split_once(' ').unwrap_or_default();
    let credential = rest.split(',').find_map(|part| part.trim().strip_prefix("Credential=")).unwrap_or_default();
    let credential = read_credential(algorithm, credential)?;
    check_scope(&credential, None, settings)?;
    let found = directory.find(credential.access_id).await?.ok_or(Unproven::UnknownClient)?;
    attest(&found, &credential)
}

fn read_credential<'a>(algorithm: &str, credential: &'a str) -> Result<Credential<'a>, Unproven> {
    if algorithm != ALGORITHM {
        return Err(Unproven::Algorithm(algorithm.to_owned()));
    }
    Credential::parse(credential).ok_or_else(|| Unproven::CredentialForm(credential.to_owned()))
}

/// The request's time, if it is recent enough in real time.
fn check_time(presented: &Presented, now: Timestamp, settings: &Settings) -> Result<Timestamp, Unproven> {
    let time = parse_time(&presented.time).ok_or_else(|| Unproven::TimeFormat(presented.time.clone()))?;
    let skew = i64::from(settings.clock_skew_seconds);
    // A request that was signed ahead of its use is good for as long as it says.
    let age_max = presented.lifetime_seconds.unwrap_or(skew);
    if time < Timestamp::from_seconds(now.seconds()).plus_seconds(-age_max) {
        return Err(Unproven::Expired {
            time: basic_time(time),
            earliest: basic_time(now.plus_seconds(-age_max)),
            now: basic_time(now),
            window_seconds: age_max,
        });
    }
    if time > now.plus_seconds(skew) {
        return Err(Unproven::NotYetCurrent {
            time: basic_time(time),
            latest: basic_time(now.plus_seconds(skew)),
            now: basic_time(now),
            window_seconds: skew,
        });
    }
    Ok(time)
}

fn check_scope(credential: &Credential<'_>, time: Option<Timestamp>, settings: &Settings) -> Result<(), Unproven> {
    let mut faults = Vec::new();
    let is_served = settings.regions.is_empty() || settings.regions.iter().any(|region| region == credential.region);
    if !is_served || !is_region(credential.region) {
        faults.push(ScopeFault::Region);
    }
    if credential.service != SERVICE {
        faults.push(ScopeFault::Service);
    }
    if credential.terminator != TERMINATOR {
        faults.push(ScopeFault::Terminator(credential.terminator.to_owned()));
    }
    if let Some(stamp) = time.map(basic_time) {
        let date = stamp.get(..8).unwrap_or_default();
        if credential.date != date {
            let (scope, request) = (credential.date.to_owned(), date.to_owned());
            faults.push(ScopeFault::Date { scope, request, time: stamp });
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Unproven::Scope(faults)) }
}

/// Every `x-amz-*` header has to be signed: the target names the operation, and an unsigned one
/// could be exchanged on the way. Unverified how strictly AWS does it. `x-amz-user-agent`, which
/// means nothing to the service, is let through.
fn check_signed_headers(head: &Head, presented: &Presented) -> Result<(), Unproven> {
    let unsigned = head.headers.iter().map(|(name, _)| name).find(|name| {
        name.starts_with("x-amz-")
            && *name != "x-amz-user-agent"
            && !presented.signed_headers.iter().any(|signed| signed == name)
    });
    match unsigned {
        Some(name) => Err(Unproven::HeaderNotSigned(name.to_owned())),
        None => Ok(()),
    }
}

/// Whether the request states a hash of its body that is not the body's. The signature is checked
/// over the bytes received in any case; `UNSIGNED-PAYLOAD` is not a thing here.
fn content_hash_differs(request: &Request) -> bool {
    let stated = request.head.headers.bytes("x-amz-content-sha256");
    stated.is_some_and(|stated| stated != sha256_hex(&request.body).as_bytes())
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
