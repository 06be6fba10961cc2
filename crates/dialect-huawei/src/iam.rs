//! The calls to the identity service that clients make before their first KMS call: which project
//! is mine in this region, which domain, a token please. One listener serves both services; their
//! paths do not meet.

use dialect::http::{Request, Response};
use dialect::json::Body;
use dialect::signature::pairs;
use dialect::{Credentials, Failure};
use import_engine::{Engine, constant_time_eq};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::accounts::{Holder, Secret, hash_id, holder, is_project_id};
use crate::auth::Caller;
use crate::errors::{IamRefusal, Refusal};
use crate::pass::Pass;
use crate::settings::Settings;
use crate::texts::{SecretText, iso_date};

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
        }
    }
}

/// Answers a call of somebody who has proven who they are.
pub(crate) fn answer(call: IamCall, caller: &Caller, settings: &Settings, base: &str, query: &str) -> Value {
    match call {
        IamCall::Projects => projects(caller, settings, base, query),
        IamCall::Domains => domains(caller, base),
        IamCall::Catalog => {
            let region = caller.region().unwrap_or(&settings.region);
            let project = caller.holder().project_in(region);
            json!({
                "catalog": catalog(base, region, &project),
                "links": { "self": format!("{base}/v3/auth/catalog"), "previous": null, "next": null },
            })
        }
        IamCall::CallerIdentity => {
            let domain = caller.holder().domain();
            let user = user_id(caller.principal());
            json!({
                "account_id": domain,
                "principal_urn": format!("iam::{domain}:user:{}", caller.principal()),
                "principal_id": user,
            })
        }
        // Proves its caller itself; see `token`.
        IamCall::Tokens => Value::Null,
    }
}

/// Exactly one project for a name: clients stumble over none and over several.
fn projects(caller: &Caller, settings: &Settings, base: &str, query: &str) -> Value {
    let wanted = parameter(query, "name").unwrap_or_else(|| settings.region.clone());
    let projects: Vec<Value> =
        is_region(&wanted).then(|| project(caller.holder(), &wanted, base)).into_iter().collect();
    json!({
        "links": { "self": format!("{base}/v3/projects"), "previous": null, "next": null },
        "projects": projects,
    })
}

fn project(holder: &Holder, region: &str, base: &str) -> Value {
    let (id, domain) = (holder.project_in(region), holder.domain());
    json!({
        "is_domain": false,
        "description": "",
        "links": { "self": format!("{base}/v3/projects/{id}") },
        "enabled": true,
        "id": id,
        "parent_id": domain,
        "domain_id": domain,
        "name": region,
    })
}

fn domains(caller: &Caller, base: &str) -> Value {
    let id = caller.holder().domain();
    json!({
        "domains": [{
            "description": "",
            "enabled": true,
            "id": id,
            "links": { "self": format!("{base}/v3/domains/{id}") },
            "name": caller.principal(),
        }],
        "links": { "self": format!("{base}/v3/auth/domains"), "previous": null, "next": null },
    })
}

fn catalog(base: &str, region: &str, project: &str) -> Value {
    json!([{
        "type": "kms",
        "id": hash_id(&["service", "kms"]),
        "name": "kms",
        "endpoints": [{
            "id": hash_id(&["endpoint", "kms", region]),
            "interface": "public",
            "region": region,
            "region_id": region,
            "url": format!("{base}/v1.0/{project}"),
        }],
    }])
}

#[derive(Deserialize)]
struct TokenRequest {
    auth: Auth,
}

#[derive(Deserialize)]
struct Auth {
    identity: Identity,
    scope: Option<TokenScope>,
}

#[derive(Deserialize)]
struct Identity {
    methods: Vec<String>,
    password: Option<Password>,
}

#[derive(Deserialize)]
struct Password {
    user: User,
}

#[derive(Deserialize)]
struct User {
    name: Option<String>,
    password: SecretText,
    domain: Option<Named>,
}

#[derive(Deserialize)]
struct TokenScope {
    project: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    id: Option<String>,
    name: Option<String>,
}

/// `POST /v3/auth/tokens` with a password: the user name is an access id, the password its secret.
///
/// # Errors
/// IAM's refusals.
pub(crate) fn token(
    engine: &Engine,
    credentials: &Credentials,
    settings: &Settings,
    base: &str,
    request: &Request,
) -> Result<Response, Refusal> {
    const MALFORMED: Refusal = Refusal::Iam(IamRefusal::Malformed);
    let body = Body::parse(&request.body).map_err(|_| MALFORMED)?;
    let asked = TokenRequest::deserialize(body.value()).map_err(|_| MALFORMED)?;
    let user = match asked.auth.identity {
        Identity { methods, password: Some(password) } if methods.iter().any(|method| method == "password") => {
            password.user
        }
        _ => return Err(MALFORMED),
    };
    let name = user.name.filter(|name| !name.is_empty()).ok_or(MALFORMED)?;
    let proven = match holder(credentials, &name) {
        Some((holder, Secret::Any)) => Some(holder),
        Some((holder, Secret::Is(secret))) => {
            constant_time_eq(secret.expose(), user.password.expose().as_bytes()).then_some(holder)
        }
        None => None,
    };
    let holder = proven.ok_or(Refusal::Iam(IamRefusal::WrongPassword))?;
    let project = wanted_project(&holder, settings, asked.auth.scope.and_then(|scope| scope.project))?;

    let pass = Pass::new(name.clone(), project.as_ref().map(|project| project.id.clone()), request.received_at);
    let domain_name = user.domain.and_then(|domain| domain.name).unwrap_or_else(|| name.clone());
    let domain = json!({ "id": holder.domain(), "name": domain_name });
    let mut token = json!({
        "methods": ["password"],
        "issued_at": iso_date(request.received_at),
        "expires_at": iso_date(pass.expires_at()),
        "user": { "id": user_id(&name), "name": name, "password_expires_at": "", "domain": domain },
        "roles": [{ "id": "0", "name": "te_admin" }],
    });
    let wants_catalog = parameter(&request.head.query, "nocatalog").is_none();
    if let Value::Object(members) = &mut token {
        let catalog = match &project {
            Some(project) if wants_catalog => catalog(base, &project.name, &project.id),
            _ => json!([]),
        };
        members.insert("catalog".to_owned(), catalog);
        match project {
            Some(project) => members
                .insert("project".to_owned(), json!({ "id": project.id, "name": project.name, "domain": domain })),
            None => members.insert("domain".to_owned(), domain),
        };
    }
    let text = serde_json::to_vec(&json!({ "token": token })).map_err(import_engine::Error::internal)?;
    let sealed = pass.seal(engine)?;
    Ok(Response::new(201, "application/json", Zeroizing::new(text)).header("x-subject-token", sealed))
}

struct Project {
    id: String,
    /// The region, by which projects are named.
    name: String,
}

/// The project that a token is to be for; none if it is for the domain.
fn wanted_project(holder: &Holder, settings: &Settings, wanted: Option<Named>) -> Result<Option<Project>, Refusal> {
    const NOT_THEIRS: Refusal = Refusal::Iam(IamRefusal::Unauthenticated);
    match wanted {
        None => Ok(None),
        Some(Named { id: Some(id), name }) => {
            if !is_project_id(&id) || holder.account(&id).is_none() {
                return Err(NOT_THEIRS);
            }
            Ok(Some(Project { id, name: name.unwrap_or_else(|| settings.region.clone()) }))
        }
        Some(Named { id: None, name: Some(name) }) if is_region(&name) => {
            Ok(Some(Project { id: holder.project_in(&name), name }))
        }
        Some(_) => Err(NOT_THEIRS),
    }
}

fn user_id(name: &str) -> String {
    hash_id(&["user", name])
}

/// Whether a text can be the name of a region, and so of its project.
fn is_region(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// A value of the query string.
fn parameter(query: &str, name: &str) -> Option<String> {
    let (_, value) = pairs(query, false).into_iter().find(|(known, _)| known == name.as_bytes())?;
    String::from_utf8(value.unwrap_or_default()).ok()
}

/// Refusals of a signature or token are the gateway's with IAM as well, except for tokens, which
/// IAM reads itself.
pub(crate) fn in_iam_words(refusal: Refusal) -> Refusal {
    use crate::codes::Code;
    use crate::errors::Doubt;
    match refusal {
        Refusal::Unauthenticated(Doubt::Token | Doubt::NoCredentials) | Refusal::Service(Code::TokenOver) => {
            Refusal::Iam(IamRefusal::Unauthenticated)
        }
        Refusal::Failure(Failure::Malformed(_)) => Refusal::Iam(IamRefusal::Malformed),
        other => other,
    }
}
