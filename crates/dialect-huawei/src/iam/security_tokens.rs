//! `POST /v3.0/OS-CREDENTIAL/securitytokens`: temporary access keys, of oneself or of an agency.

use dialect::admin::Unanswered;
use dialect::http::Response;
use dialect::principals::{Administration, Session};
use import_engine::{Error, Tenant};
use serde::Deserialize;
use serde_json::{Value, json};

use super::agencies::{AssumeRole, assume};
use super::{Desk, MALFORMED, response};
use crate::VENDOR;
use crate::errors::{IamRefusal, Refusal};
use crate::identity::Identity;
use crate::staff::{ISSUING, RULES, SESSION_SECONDS, credential};
use dialect::{Kept, SecretText};

const FORBIDDEN: Refusal = Refusal::Iam(IamRefusal::Forbidden);

#[derive(Deserialize)]
struct Wanted {
    auth: Auth,
}

#[derive(Deserialize)]
struct Auth {
    identity: Method,
}

#[derive(Deserialize)]
struct Method {
    methods: Vec<String>,
    token: Option<Token>,
    assume_role: Option<AssumeRole>,
}

#[derive(Default, Deserialize)]
struct Token {
    id: Option<SecretText>,
    duration_seconds: Option<i64>,
}

/// Makes temporary credentials.
///
/// # Errors
/// IAM's refusals.
pub(super) async fn issue(desk: &Desk<'_>) -> Result<Response, Refusal> {
    let body = desk.body()?;
    let Auth { identity } = Wanted::deserialize(body.value()).map_err(|_| MALFORMED)?.auth;
    let is = |method: &str| identity.methods.iter().any(|known| known == method);
    let made = if is("assume_role") {
        let wanted = identity.assume_role.ok_or(MALFORMED)?;
        let seconds = checked(wanted.duration_seconds)?;
        let caller = desk.caller().await?;
        let assumed = assume(desk, &caller, wanted).await?;
        make(desk, &assumed.identity, seconds, assumed.session).await?
    } else if is("token") {
        let Token { id, duration_seconds } = identity.token.unwrap_or_default();
        let seconds = checked(duration_seconds)?;
        // A token in the body has precedence.
        let caller = match &id {
            Some(token) => desk.authenticator.by_token(desk.engine, desk.request.received_at, token.expose()).await?,
            None => desk.caller().await?,
        };
        // Or they would never end.
        if caller.is_temporary() {
            return Err(FORBIDDEN);
        }
        let session = caller.identity().session.clone().unwrap_or_default();
        make(desk, caller.identity(), seconds, session).await?
    } else {
        return Err(MALFORMED);
    };
    response(201, json!({ "credential": made }))
}

/// How long they last.
fn checked(seconds: Option<i64>) -> Result<i64, Refusal> {
    let (least, most) = SESSION_SECONDS;
    let seconds = seconds.unwrap_or(least);
    if (least..=most).contains(&seconds) { Ok(seconds) } else { Err(MALFORMED) }
}

async fn make(desk: &Desk<'_>, identity: &Identity, seconds: i64, name: String) -> Result<Value, Refusal> {
    let tenant = Tenant::new(VENDOR, identity.holder.home());
    let common = Administration::new(desk.engine, desk.directory.common(), &tenant, &RULES);
    // Roots and what the settings name have no row before they need one.
    common.obtain(&identity.member).await.map_err(|unanswered| match unanswered {
        Unanswered::Engine(error) => error.into(),
        _ => FORBIDDEN,
    })?;
    let session = Session { name, access_id: identity.access_id.clone().unwrap_or_default() };
    let text = session.to_text()?;
    match ISSUING.issue(desk.engine, &tenant, &identity.member, Some(seconds), &text).await {
        Ok(issued) => issued.map(|issued| credential(&issued)).ok_or(FORBIDDEN),
        Err(Error::TooManyRecords(_)) => Err(FORBIDDEN),
        Err(error) => Err(error.into()),
    }
}
