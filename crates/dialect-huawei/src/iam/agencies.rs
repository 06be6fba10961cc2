//! Taking on an agency: acting for another domain, which has said to whom it entrusts what.

use dialect::principals::is_name;
use serde::Deserialize;

use super::{Desk, MALFORMED};
use crate::accounts::Holder;
use crate::auth::Caller;
use crate::errors::{IamRefusal, Refusal};
use crate::identity::Identity;
use crate::staff::AGENCY;

/// What lets a user take agencies on: the older action and the newer one.
const ACTIONS: [&str; 2] = ["iam:tokens:assume", "sts:agencies:assume"];
/// What a session is called that nobody has named.
const UNNAMED: &str = "agency-session";

/// The agency that is to be taken on.
#[derive(Deserialize)]
pub(super) struct AssumeRole {
    agency_name: Option<String>,
    domain_name: Option<String>,
    domain_id: Option<String>,
    /// How long temporary credentials are to last.
    pub duration_seconds: Option<i64>,
    session_user: Option<SessionUser>,
}

#[derive(Deserialize)]
struct SessionUser {
    name: Option<String>,
}

/// An agency that somebody has taken on.
pub(super) struct Assumed {
    /// The home account of the agency's domain.
    pub home: String,
    /// The session's name.
    pub session: String,
    /// Who they are now.
    pub identity: Identity,
}

/// Lets a caller take an agency on.
///
/// # Errors
/// [`IamRefusal::Malformed`]; [`IamRefusal::Forbidden`] if there is no such agency, if it does not
/// trust the caller's domain, or if the caller may not take agencies on.
// Unverified: that an agency that is not there is told like one that may not be taken on.
pub(super) async fn assume(desk: &Desk<'_>, caller: &Caller, wanted: AssumeRole) -> Result<Assumed, Refusal> {
    const FORBIDDEN: Refusal = Refusal::Iam(IamRefusal::Forbidden);
    let name = wanted.agency_name.filter(|name| is_name(name)).ok_or(MALFORMED)?;
    let session = wanted.session_user.and_then(|user| user.name).unwrap_or_else(|| UNNAMED.to_owned());
    if !is_name(&session) || (wanted.domain_name.is_none() && wanted.domain_id.is_none()) {
        return Err(MALFORMED);
    }
    let who = caller.identity();
    if who.is_agency() || !who.may(&ACTIONS) {
        return Err(FORBIDDEN);
    }
    let home = match (&wanted.domain_name, &wanted.domain_id) {
        (Some(domain), _) => desk.directory.home_of(domain),
        // An id alone does not lead to a domain's home, unless it is the caller's own.
        (None, Some(id)) if *id == who.holder.domain() => Some(who.holder.home()),
        (None, _) => None,
    };
    let home = home.ok_or(FORBIDDEN)?;
    if wanted.domain_id.is_some_and(|id| id != Holder::of_account(&home).domain()) {
        return Err(FORBIDDEN);
    }
    let agency = desk.directory.agency(&home, &name).await?.ok_or(FORBIDDEN)?;
    let names = [who.holder.domain(), who.holder.domain_name(), who.holder.home()];
    if !agency.trusted_accounts.iter().any(|trusted| names.contains(trusted)) {
        return Err(FORBIDDEN);
    }
    let principal = format!("{name}/{session}");
    let member = format!("{AGENCY}{name}");
    let identity = Identity::of(Holder::of_account(&home), &principal, &member, agency, session.clone());
    Ok(Assumed { home, session, identity })
}
