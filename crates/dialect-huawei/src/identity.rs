//! Who calls, as everything that names a caller shows them.

use dialect::Call;
use dialect::principals::{ROOT, Standing, USER, User};
use import_engine::Error;

use crate::accounts::Holder;
use crate::staff::AGENCY;

/// A caller, once proven.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Identity {
    /// Which projects are theirs.
    pub holder: Holder,
    /// The access id or user name that they came with.
    pub principal: String,
    /// The name of the principal that they are in the home of their domain.
    pub member: String,
    /// The access id of the settings, or the public one, that all this stems from, if it does.
    pub access_id: Option<String>,
    /// Their id as a user: 32 hex digits.
    pub user_id: String,
    /// Their name as a user; of an agency, the agency's.
    pub user_name: String,
    /// Of an agency: the session's name.
    pub session: Option<String>,
    /// What they may do in their own projects.
    pub standing: Standing,
}

impl Identity {
    /// The account's own user, who may do everything.
    pub(crate) fn root(holder: Holder, principal: &str) -> Self {
        let (user_id, user_name) = (holder.root_id(), holder.root_name(principal));
        let (principal, member) = (principal.to_owned(), ROOT.to_owned());
        let standing = Standing::Root;
        Self { holder, principal, member, access_id: None, user_id, user_name, session: None, standing }
    }

    /// A user or an agency of the holder's domain.
    pub(crate) fn of(holder: Holder, principal: &str, member: &str, user: User, session: String) -> Self {
        let agency = member.strip_prefix(AGENCY);
        let user_name = agency.or_else(|| member.strip_prefix(USER)).unwrap_or(member).to_owned();
        Self {
            holder,
            principal: principal.to_owned(),
            member: member.to_owned(),
            access_id: None,
            user_id: user.id,
            user_name,
            session: agency.map(|_| session),
            standing: Standing::Limited(user.rights),
        }
    }

    /// The same identity, which stems from an access id of the settings or a public one.
    #[must_use]
    pub(crate) fn stemming_from(mut self, access_id: &str) -> Self {
        self.access_id = Some(access_id.to_owned());
        self
    }

    /// Whether they act as an agency, and so for somebody of another domain.
    pub(crate) fn is_agency(&self) -> bool {
        self.session.is_some()
    }

    /// Whether they may do, in their own projects, what goes by one or several names.
    pub(crate) fn may(&self, actions: &[&str]) -> bool {
        self.standing.allows(actions)
    }

    /// Whether they may do everything.
    pub(crate) fn is_root(&self) -> bool {
        self.standing == Standing::Root
    }

    /// The name of their kind and theirs, as URNs have it.
    pub(crate) fn urn(&self) -> String {
        let domain = self.holder.domain();
        match &self.session {
            Some(session) => format!("sts::{domain}:assumed-agency:{}/{session}", self.user_name),
            None => format!("iam::{domain}:user:{}", self.user_name),
        }
    }
}

/// Who sends a call.
///
/// # Errors
/// [`Error::Internal`] if authentication said nothing: a slip that its first test finds.
pub(crate) fn of(call: &Call) -> Result<&Identity, Error> {
    call.caller.identity::<Identity>().ok_or_else(|| Error::internal("the call has no caller of this dialect"))
}
