//! Who is calling: request signatures and IAM tokens.
//!
//! The order of checks is the gateway's, as its messages suggest: algorithm and form of the header,
//! access id, date, signature; then the project, which is the service's business.

use std::sync::Arc;

use dialect::Verified;
use dialect::http::Request;
use dialect::lockout::Lockout;
use dialect::signature::{sha256_hex, signatures_equal};
use import_engine::{Engine, Tenant, Timestamp, constant_time_eq};

use crate::VENDOR;
use crate::accounts::{Holder, Secret};
use crate::codes::Code;
use crate::directory::{Directory, Known};
use crate::errors::{Doubt, Refusal};
use crate::identity::Identity;
use crate::pass::{Bearer, Pass};
use crate::settings::Settings;
use crate::signing::{Parsed, canonical_request, parse, signature};
use crate::texts::parse_basic_date;

/// What stands in place of the body's hash if the client left the body unsigned.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
/// What may stand in place of the body's hash.
const CONTENT_HASH: &str = "x-sdk-content-sha256";
const DATE: &str = "x-sdk-date";
const TOKEN: &str = "x-auth-token";
/// What temporary access ids come with. Clients may add it after they have signed.
const SECURITY_TOKEN: &str = "x-security-token";

/// Headers that decide who calls, and so must not stand twice.
const DECISIVE: [&str; 6] = ["authorization", DATE, TOKEN, SECURITY_TOKEN, CONTENT_HASH, "host"];

/// After how many failures in a row an access id is locked out, and for how many seconds.
const LOCKOUT: (u32, i64) = (5, 300);

/// Somebody who has proven to hold an access id or a user name. Made in this file only.
#[derive(Debug)]
pub(crate) struct Caller {
    identity: Identity,
    /// The region that the signature names, if it names one.
    region: Option<String>,
    /// What a token is for, if it was one that proved it.
    scope: Option<TokenScope>,
    /// Whether the credentials end by themselves; tokens do not count.
    is_temporary: bool,
}

/// What a token is for.
#[derive(Debug)]
struct TokenScope {
    project: Option<String>,
    region: Option<String>,
}

impl Caller {
    /// Who it is.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Which projects are theirs.
    pub(crate) fn holder(&self) -> &Holder {
        &self.identity.holder
    }

    /// Whether they came with temporary credentials.
    pub(crate) fn is_temporary(&self) -> bool {
        self.is_temporary
    }

    /// The region that the signature names, if it names one.
    pub(crate) fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The caller within the project that the path names.
    ///
    /// # Errors
    /// KMS.0321 if the project is not theirs, or the token is for another one; KMS.0305 if the
    /// token's project is of another region than the host.
    // Unverified for signed requests: the code for tokens is used.
    pub(crate) fn in_project(
        self,
        project: &str,
        host: Option<&str>,
        settings: &Settings,
    ) -> Result<Verified, Refusal> {
        if let Some(scope) = &self.scope {
            if scope.project.as_deref() != Some(project) {
                return Err(Code::ForeignProject.into());
            }
            let by_host = region_of_host(host, settings);
            if scope.region.as_ref().zip(by_host).is_some_and(|(token, host)| token != host) {
                return Err(Code::TokenRegion.into());
            }
        }
        let account = self.holder().account(project).ok_or(Code::ForeignProject)?;
        let region = self.region_of(project, host, settings).to_owned();
        let principal = self.identity.principal.clone();
        Ok(Verified::attest(Tenant::new(VENDOR, account), region, principal).with_identity(Arc::new(self.identity)))
    }

    /// The region of a call. At the vendor it is the host's, and each project lies in one region.
    /// Here it is the one that the signature names (the derived one does), else the one in the host
    /// (`kms.cn-east-3.example.com`), else the one for which the project was told to the caller
    /// (`GET /v3/projects?name=REGION`), else that of the settings.
    fn region_of<'a>(&'a self, project: &str, host: Option<&str>, settings: &'a Settings) -> &'a str {
        let by_project = || settings.regions.iter().find(|region| self.holder().is_told(project, region));
        let by_host = || region_of_host(host, settings);
        self.region.as_ref().or_else(by_host).or_else(by_project).unwrap_or(&settings.region)
    }
}

fn region_of_host<'a>(host: Option<&str>, settings: &'a Settings) -> Option<&'a String> {
    host.and_then(|host| settings.regions.iter().find(|region| host.split('.').any(|label| label == *region)))
}

/// Proves callers.
#[derive(Debug)]
pub(crate) struct Authenticator {
    directory: Arc<Directory>,
    /// None if nobody is locked out.
    lockout: Option<Lockout>,
}

impl Authenticator {
    /// For everybody in a directory.
    pub(crate) fn new(directory: Arc<Directory>, settings: &Settings) -> Self {
        let lockout = settings.lockout.then(|| Lockout::new(LOCKOUT.0, LOCKOUT.1));
        Self { directory, lockout }
    }

    /// Proves who sent a request.
    ///
    /// # Errors
    /// The gateway's refusals; KMS.0301 to KMS.0303 for tokens that get past it.
    pub(crate) async fn authenticate(
        &self,
        engine: &Engine,
        settings: &Settings,
        request: &Request,
    ) -> Result<Caller, Refusal> {
        let headers = &request.head.headers;
        if let Some(twice) = DECISIVE.into_iter().find(|name| headers.is_repeated(name)) {
            return Err(Refusal::Ambiguous(twice));
        }
        // Present, but no text: of no known form.
        match (headers.bytes("authorization"), headers.bytes(TOKEN)) {
            (Some(header), _) => match std::str::from_utf8(header) {
                Ok(header) => self.by_signature(settings, request, header).await,
                Err(_) => Err(Refusal::Unauthenticated(Doubt::Form)),
            },
            (None, Some([])) | (None, None) => Err(Refusal::Unauthenticated(Doubt::NoCredentials)),
            (None, Some(token)) => {
                let token = std::str::from_utf8(token).ok().filter(|token| is_token(token)).ok_or(Code::TokenForm)?;
                self.by_token(engine, request.received_at, token).await
            }
        }
    }

    async fn by_signature(&self, settings: &Settings, request: &Request, header: &str) -> Result<Caller, Refusal> {
        let doubt = |doubt| Err(Refusal::Unauthenticated(doubt));
        let authorization = match parse(header) {
            Parsed::Known(authorization) => authorization,
            Parsed::OtherAlgorithm(name) => return doubt(Doubt::Algorithm(name.to_owned())),
            Parsed::Malformed => return doubt(Doubt::Form),
        };
        let access_id = authorization.access_id;
        let Some(known) = self.directory.find(access_id).await? else {
            return doubt(Doubt::AccessId(access_id.to_owned()));
        };
        let now = request.received_at;
        if self.is_locked_out(access_id, now) {
            return doubt(Doubt::LockedOut);
        }
        check_security_token(&known, access_id, request)?;
        if !authorization.signed_headers.split(';').any(|name| name == DATE) {
            return doubt(Doubt::Form);
        }
        let Some((date, signed_at)) =
            request.head.headers.get(DATE).and_then(|date| Some((date, parse_basic_date(date)?)))
        else {
            return doubt(Doubt::Form);
        };
        let apart = now.seconds().saturating_sub(signed_at.seconds()).saturating_abs();
        if apart > settings.clock_skew_seconds {
            return doubt(Doubt::Clock { signed: date.to_owned(), now });
        }
        // Unverified: what is said of a region that is not served.
        let is_ours =
            |region: &str| settings.region == region || settings.regions.iter().any(|served| served == region);
        if authorization.scope.is_some_and(|scope| !date.starts_with(scope.date) || !is_ours(scope.region)) {
            return doubt(Doubt::Form);
        }
        if let Secret::Is(secret) = &known.secret {
            let mut shown = String::new();
            let mut is_right = false;
            for payload in payload_hashes(request) {
                let canonical = canonical_request(&request.head, authorization.signed_headers, &payload);
                let Some(canonical) = canonical else { return doubt(Doubt::Form) };
                let calculated = signature(secret.expose(), &authorization, date, &canonical)?;
                is_right |= signatures_equal(&calculated, &authorization.signature.to_ascii_lowercase());
                shown = String::from_utf8_lossy(&canonical).into_owned();
            }
            self.note(access_id, is_right, now);
            if !is_right {
                return doubt(Doubt::Signature(shown));
            }
        }
        let region = authorization.scope.map(|scope| scope.region.to_owned());
        let is_temporary = known.expires_at.is_some();
        Ok(Caller { identity: known.identity, region, scope: None, is_temporary })
    }

    /// Whether somebody has failed too often of late. They go by an access id, or by domain and name.
    pub(crate) fn is_locked_out(&self, who: &str, now: Timestamp) -> bool {
        self.lockout.as_ref().is_some_and(|lockout| lockout.holds(who, now))
    }

    /// Remembers who failed, for the lockout.
    pub(crate) fn note(&self, who: &str, is_right: bool, now: Timestamp) {
        match &self.lockout {
            Some(lockout) if is_right => lockout.note_success(who),
            Some(lockout) => lockout.note_failure(who, now),
            None => {}
        }
    }

    /// Whoever has a token.
    ///
    /// # Errors
    /// The gateway's refusal for one that is none; KMS.0302 and KMS.0303.
    pub(crate) async fn by_token(&self, engine: &Engine, now: Timestamp, token: &str) -> Result<Caller, Refusal> {
        match Pass::open(engine, token)? {
            Some(pass) => self.admit(now, pass).await,
            None => Err(Refusal::Unauthenticated(Doubt::Token)),
        }
    }

    /// Whom a genuine token lets in. Form and genuineness are the gateway's to see, age and project
    /// the service's.
    // Unverified: that a token whose user is gone, or has another password by now, is an unknown one to the service.
    async fn admit(&self, now: Timestamp, pass: Pass) -> Result<Caller, Refusal> {
        let expires_at = pass.expires_at();
        let identity = match &pass.bearer {
            Bearer::AccessId(access_id) => self.directory.find(access_id).await?.map(|known| known.identity),
            Bearer::Member { home, name, user_id, session, password } => {
                let has_password = match password {
                    Some(version) => self.directory.has_password(home, name, version).await?,
                    None => true,
                };
                let member = if has_password { self.directory.member(home, name, session).await? } else { None };
                member.filter(|member| member.user_id == *user_id)
            }
        };
        let identity = identity.ok_or(Code::TokenUnknown)?;
        if expires_at <= now {
            return Err(Code::TokenOver.into());
        }
        let scope = TokenScope { project: pass.project, region: pass.region };
        Ok(Caller { identity, region: None, scope: Some(scope), is_temporary: false })
    }
}

/// Temporary credentials come with their security token, and lasting ones without any.
// Unverified: all three refusals. The gateway finds temporary access ids by their tokens, so that one
// without is unknown.
fn check_security_token(known: &Known, access_id: &str, request: &Request) -> Result<(), Refusal> {
    if matches!(known.secret, Secret::Any) {
        return Ok(());
    }
    match (&known.token, request.head.headers.bytes(SECURITY_TOKEN)) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(Refusal::Unauthenticated(Doubt::AccessId(access_id.to_owned()))),
        (Some(token), Some(sent)) if constant_time_eq(token.expose(), sent) => {
            if known.is_expired {
                Err(Refusal::TokenMustBeRenewed)
            } else {
                Ok(())
            }
        }
        _ => Err(Refusal::Unauthenticated(Doubt::Token)),
    }
}

/// Whether a text has none but the characters of tokens.
fn is_token(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte))
}

/// What may stand for the body in the canonical request, the likelier last.
///
/// A client may put a text in place of the hash. It is believed only if it says that the body is
/// unsigned or if it is the body's hash: anything else would let one signature go with any body.
fn payload_hashes(request: &Request) -> Vec<String> {
    let hash = sha256_hex(&request.body);
    match request.head.headers.get(CONTENT_HASH) {
        Some(UNSIGNED) if request.body.is_empty() => vec![UNSIGNED.to_owned(), hash],
        Some(UNSIGNED) => vec![UNSIGNED.to_owned()],
        _ => vec![hash],
    }
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
