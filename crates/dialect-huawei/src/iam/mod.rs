//! The calls to the identity service that clients make before their first KMS call: which project
//! is mine in this region, which domain, a token please, temporary credentials please. One listener
//! serves both services; their paths do not meet.

mod agencies;
mod security_tokens;
mod tokens;

use dialect::Failure;
use dialect::http::{Request, Response};
use dialect::json::Body;
use dialect::signature::pairs;
use import_engine::{Engine, Error};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::accounts::{Holder, hash_id};
use crate::auth::{Authenticator, Caller};
use crate::directory::Directory;
use crate::errors::{IamRefusal, Refusal};
use crate::settings::Settings;

const MALFORMED: Refusal = Refusal::Iam(IamRefusal::Malformed);
const NOT_THEIRS: Refusal = Refusal::Iam(IamRefusal::Unauthenticated);

/// One of the calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum IamCall {
    /// `GET /v3/projects`
    Projects,
    /// `GET /v3/auth/domains`
    Domains,
    /// `GET /v3/auth/catalog`
    Catalog,
    /// `GET /v5/caller-identity`
    CallerIdentity,
    /// `POST /v3/auth/tokens`
    Tokens,
    /// `POST /v3.0/OS-CREDENTIAL/securitytokens`
    SecurityTokens,
    /// `POST /v3.0/OS-AUTH/id-token/tokens`
    FederatedTokens,
}

impl IamCall {
    /// The call that a request is, if it is one.
    pub(crate) fn find(method: &str, path: &str) -> Option<Self> {
        match (method, path) {
            ("GET", "/v3/projects") => Some(Self::Projects),
            ("GET", "/v3/auth/domains") => Some(Self::Domains),
            ("GET", "/v3/auth/catalog") => Some(Self::Catalog),
            ("GET", "/v5/caller-identity") => Some(Self::CallerIdentity),
            ("POST", "/v3/auth/tokens") => Some(Self::Tokens),
            ("POST", "/v3.0/OS-CREDENTIAL/securitytokens") => Some(Self::SecurityTokens),
            ("POST", "/v3.0/OS-AUTH/id-token/tokens") => Some(Self::FederatedTokens),
            _ => None,
        }
    }

    /// The name under which it is logged.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Projects => "iam projects",
            Self::Domains => "iam domains",
            Self::Catalog => "iam catalog",
            Self::CallerIdentity => "iam caller-identity",
            Self::Tokens => "iam tokens",
            Self::SecurityTokens => "iam securitytokens",
            Self::FederatedTokens => "iam id-token tokens",
        }
    }
}

/// What every call has at hand.
pub(crate) struct Desk<'a> {
    pub engine: &'a Engine,
    pub directory: &'a Directory,
    pub authenticator: &'a Authenticator,
    pub settings: &'a Settings,
    /// The URL under which the client has reached this server.
    pub base: &'a str,
    pub request: &'a Request,
}

impl Desk<'_> {
    /// Answers a call.
    ///
    /// # Errors
    /// IAM's refusals, and the gateway's.
    pub(crate) async fn answer(&self, call: IamCall) -> Result<Response, Refusal> {
        let answer = match call {
            IamCall::Tokens => return tokens::issue(self).await,
            IamCall::SecurityTokens => return security_tokens::issue(self).await,
            // No identity provider is known here whose assertions could be believed.
            IamCall::FederatedTokens => return Err(Refusal::Iam(IamRefusal::NoProvider)),
            IamCall::Projects => self.projects(&self.caller().await?),
            IamCall::Domains => self.domains(&self.caller().await?),
            IamCall::Catalog => self.own_catalog(&self.caller().await?),
            IamCall::CallerIdentity => caller_identity(&self.caller().await?),
        };
        response(200, answer)
    }

    /// Who sent the request.
    async fn caller(&self) -> Result<Caller, Refusal> {
        self.authenticator.authenticate(self.engine, self.settings, self.request).await
    }

    /// The body, which must be JSON.
    fn body(&self) -> Result<Body, Refusal> {
        Body::parse(&self.request.body).map_err(|_| MALFORMED)
    }

    /// A value of the query string.
    fn parameter(&self, name: &str) -> Option<String> {
        let query = &self.request.head.query;
        let (_, value) = pairs(query, false).into_iter().find(|(known, _)| known == name.as_bytes())?;
        String::from_utf8(value.unwrap_or_default()).ok()
    }

    /// Exactly one project for a name: clients stumble over none and over several.
    fn projects(&self, caller: &Caller) -> Value {
        let wanted = self.parameter("name").unwrap_or_else(|| self.settings.region.clone());
        let project = is_region(&wanted).then(|| self.project(caller.holder(), &wanted));
        let projects: Vec<Value> = project.into_iter().collect();
        json!({
            "links": { "self": format!("{}/v3/projects", self.base), "previous": null, "next": null },
            "projects": projects,
        })
    }

    fn project(&self, holder: &Holder, region: &str) -> Value {
        let (id, domain) = (holder.project_in(region), holder.domain());
        json!({
            "is_domain": false,
            "description": "",
            "links": { "self": format!("{}/v3/projects/{id}", self.base) },
            "enabled": true,
            "id": id,
            "parent_id": domain,
            "domain_id": domain,
            "name": region,
        })
    }

    fn domains(&self, caller: &Caller) -> Value {
        let id = caller.holder().domain();
        json!({
            "domains": [{
                "description": "",
                "enabled": true,
                "id": id,
                "links": { "self": format!("{}/v3/domains/{id}", self.base) },
                "name": caller.holder().domain_name(),
            }],
            "links": { "self": format!("{}/v3/auth/domains", self.base), "previous": null, "next": null },
        })
    }

    fn own_catalog(&self, caller: &Caller) -> Value {
        let region = caller.region().unwrap_or(&self.settings.region);
        let project = caller.holder().project_in(region);
        json!({
            "catalog": self.catalog(region, &project),
            "links": { "self": format!("{}/v3/auth/catalog", self.base), "previous": null, "next": null },
        })
    }

    fn catalog(&self, region: &str, project: &str) -> Value {
        json!([{
            "type": "kms",
            "id": hash_id(&["service", "kms"]),
            "name": "kms",
            "endpoints": [{
                "id": hash_id(&["endpoint", "kms", region]),
                "interface": "public",
                "region": region,
                "region_id": region,
                "url": format!("{}/v1.0/{project}", self.base),
            }],
        }])
    }
}

fn caller_identity(caller: &Caller) -> Value {
    let identity = caller.identity();
    let id = match &identity.session {
        Some(session) => format!("{}:{session}", identity.user_id),
        None => identity.user_id.clone(),
    };
    json!({
        "account_id": identity.holder.domain(),
        "principal_urn": identity.urn(),
        "principal_id": id,
    })
}

/// An answer as JSON. It may hold a secret: whatever held it is wiped.
fn response(status: u16, answer: Value) -> Result<Response, Refusal> {
    let answer = Body::from_value(answer);
    let text = serde_json::to_vec(answer.value()).map_err(Error::internal)?;
    Ok(Response::new(status, "application/json", Zeroizing::new(text)))
}

/// Whether a text can be the name of a region, and so of its project.
fn is_region(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Refusals of a signature or token are the gateway's with IAM as well, except for tokens, which
/// IAM reads itself.
pub(crate) fn in_iam_words(refusal: Refusal) -> Refusal {
    use crate::codes::Code;
    use crate::errors::Doubt;
    match refusal {
        Refusal::Unauthenticated(Doubt::Token | Doubt::NoCredentials)
        | Refusal::Service(Code::TokenOver | Code::TokenUnknown | Code::TokenForm) => {
            Refusal::Iam(IamRefusal::Unauthenticated)
        }
        Refusal::Failure(Failure::Malformed(_)) => Refusal::Iam(IamRefusal::Malformed),
        other => other,
    }
}
