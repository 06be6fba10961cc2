//! `POST /v3/auth/tokens`: a token for a user name and a password, or for an agency.

use dialect::http::Response;
use dialect::principals::is_name;
use import_engine::constant_time_eq;
use serde::Deserialize;
use serde_json::{Value, json};

use super::agencies::{AssumeRole, assume};
use super::{Desk, MALFORMED, NOT_THEIRS, is_region, response};
use crate::accounts::{Holder, PLAIN_DOMAIN, Secret, is_project_id};
use crate::errors::{IamRefusal, Refusal};
use crate::identity::Identity;
use crate::pass::{Bearer, Pass};
use crate::texts::iso_date;
use dialect::SecretText;

#[derive(Deserialize)]
struct Wanted {
    auth: Auth,
}

#[derive(Deserialize)]
struct Auth {
    identity: Method,
    scope: Option<Scope>,
}

#[derive(Deserialize)]
struct Method {
    methods: Vec<String>,
    password: Option<Password>,
    assume_role: Option<AssumeRole>,
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
struct Scope {
    project: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    id: Option<String>,
    name: Option<String>,
}

/// Somebody who gets a token.
struct Proven {
    method: &'static str,
    bearer: Bearer,
    identity: Identity,
    /// The name of their domain, as it is shown.
    domain: String,
    /// Of an agency: who has taken it on.
    by: Option<Identity>,
}

/// Makes a token.
///
/// # Errors
/// IAM's refusals.
pub(super) async fn issue(desk: &Desk<'_>) -> Result<Response, Refusal> {
    let body = desk.body()?;
    let Auth { identity, scope } = Wanted::deserialize(body.value()).map_err(|_| MALFORMED)?.auth;
    let is = |method: &str| identity.methods.iter().any(|known| known == method);
    let proven = match (identity.password, identity.assume_role) {
        (Some(password), _) if is("password") => by_password(desk, password.user).await?,
        (_, Some(agency)) if is("assume_role") => by_agency(desk, agency).await?,
        _ => return Err(MALFORMED),
    };
    let project = wanted_project(desk, &proven.identity.holder, scope.and_then(|scope| scope.project))?;
    let id = project.as_ref().map(|project| project.id.clone());
    let region = project.as_ref().filter(|project| project.is_named).map(|project| project.name.clone());
    let pass = Pass::new(proven.bearer.clone(), id, region, desk.request.received_at);
    let token = shown(desk, &proven, &pass, project.as_ref());
    let sealed = pass.seal(desk.engine)?;
    Ok(response(201, json!({ "token": token }))?.header("x-subject-token", sealed))
}

/// A user by name and password. An access id that lasts is a user name as well, and its secret the
/// password.
async fn by_password(desk: &Desk<'_>, user: User) -> Result<Proven, Refusal> {
    const WRONG: Refusal = Refusal::Iam(IamRefusal::WrongPassword);
    let name = user.name.filter(|name| !name.is_empty()).ok_or(MALFORMED)?;
    let told = user.password.expose().as_bytes();
    let (domain_id, domain_name) = user.domain.map_or((None, None), |domain| (domain.id, domain.name));
    if let Some(known) = desk.directory.find(&name).await?.filter(|known| known.expires_at.is_none()) {
        let is_right = match &known.secret {
            Secret::Any => true,
            Secret::Is(secret) => is_right(desk, &name, secret.expose(), told),
        };
        if is_right {
            let identity = known.identity;
            // Whatever the caller calls it.
            let own = || if identity.is_root() { name.clone() } else { identity.holder.domain_name() };
            let domain = domain_name.filter(|_| identity.is_root()).unwrap_or_else(own);
            let bearer = Bearer::AccessId(name);
            return Ok(Proven { method: "password", bearer, identity, domain, by: None });
        }
    }
    let by_name = || desk.directory.domain_id_of(domain_name.as_deref().unwrap_or(PLAIN_DOMAIN));
    let domain_id = domain_id.or_else(by_name).filter(|id| is_project_id(id)).ok_or(WRONG)?;
    if !is_name(&name) {
        return Err(WRONG);
    }
    let found = desk.directory.user(desk.engine, &domain_id, &name).await?;
    let who = format!("{domain_id}/{name}");
    let found = found.filter(|found| is_right(desk, &who, found.password.expose(), told)).ok_or(WRONG)?;
    let user_id = found.identity.user_id.clone();
    let (home, name, session, password) = (found.account, found.name, String::new(), Some(found.version));
    let bearer = Bearer::Member { home, name, user_id, session, password };
    let domain = found.identity.holder.domain_name();
    Ok(Proven { method: "password", bearer, identity: found.identity, domain, by: None })
}

/// Whether a password is the right one. Whoever is locked out is not told so: no password is right.
// Unverified: that wrong passwords count towards the lockout of access ids, and that it is not told.
fn is_right(desk: &Desk<'_>, who: &str, password: &[u8], told: &[u8]) -> bool {
    let now = desk.request.received_at;
    if desk.authenticator.is_locked_out(who, now) {
        return false;
    }
    let is_right = constant_time_eq(password, told);
    desk.authenticator.note(who, is_right, now);
    is_right
}

/// An agency, for somebody who proves who they are in the usual ways.
async fn by_agency(desk: &Desk<'_>, wanted: AssumeRole) -> Result<Proven, Refusal> {
    let caller = desk.caller().await?;
    let assumed = assume(desk, &caller, wanted).await?;
    let name = assumed.identity.member.clone();
    let user_id = assumed.identity.user_id.clone();
    let bearer = Bearer::Member { home: assumed.home, name, user_id, session: assumed.session, password: None };
    let domain = assumed.identity.holder.domain_name();
    let by = Some(caller.identity().clone());
    Ok(Proven { method: "assume_role", bearer, identity: assumed.identity, domain, by })
}

/// What the answer says about the token.
fn shown(desk: &Desk<'_>, proven: &Proven, pass: &Pass, project: Option<&Project>) -> Value {
    let identity = &proven.identity;
    let domain = json!({ "id": identity.holder.domain(), "name": proven.domain });
    let name = match (&identity.session, identity.is_root()) {
        (Some(_), _) => format!("{}/{}", proven.domain, identity.user_name),
        (None, true) => identity.principal.clone(),
        (None, false) => identity.user_name.clone(),
    };
    // Unverified: what stands for rights that are no role.
    let role = if identity.is_root() { "te_admin" } else { "custom" };
    let wants_catalog = desk.parameter("nocatalog").is_none();
    let catalog = match project {
        Some(project) if wants_catalog => desk.catalog(&project.name, &project.id),
        _ => json!([]),
    };
    let mut token = json!({
        "methods": [proven.method],
        "issued_at": iso_date(desk.request.received_at),
        "expires_at": iso_date(pass.expires_at()),
        "user": { "id": identity.user_id, "name": name, "password_expires_at": "", "domain": domain },
        "roles": [{ "id": "0", "name": role }],
        "catalog": catalog,
    });
    match project {
        Some(project) => {
            token["project"] = json!({ "id": project.id, "name": project.name, "domain": domain });
        }
        None => token["domain"] = domain,
    }
    if let Some(by) = &proven.by {
        let domain = json!({ "id": by.holder.domain(), "name": by.holder.domain_name() });
        let user = json!({ "id": by.user_id, "name": by.user_name, "password_expires_at": "", "domain": domain });
        token["assumed_by"] = json!({ "user": user });
    }
    token
}

struct Project {
    id: String,
    /// The region, by which projects are named.
    name: String,
    /// Whether it was asked for by its name.
    is_named: bool,
}

/// The project that a token is to be for; none if it is for the domain.
fn wanted_project(desk: &Desk<'_>, holder: &Holder, wanted: Option<Named>) -> Result<Option<Project>, Refusal> {
    match wanted {
        None => Ok(None),
        Some(Named { id: Some(id), name }) => {
            if !is_project_id(&id) || holder.account(&id).is_none() {
                return Err(NOT_THEIRS);
            }
            Ok(Some(Project { id, name: name.unwrap_or_else(|| desk.settings.region.clone()), is_named: false }))
        }
        Some(Named { id: None, name: Some(name) }) if is_region(&name) => {
            Ok(Some(Project { id: holder.project_in(&name), name, is_named: true }))
        }
        Some(_) => Err(NOT_THEIRS),
    }
}
