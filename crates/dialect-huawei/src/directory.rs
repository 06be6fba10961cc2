//! Who is behind an access id, a user name or a token: the settings' credentials, the public ones,
//! and those that were issued.

use std::sync::Arc;

use dialect::principals::{self, ROOT, Session, USER, User};
use dialect::{Credentials, Kept};
use import_engine::{Engine, Error, Material, Tenant, Timestamp};
use serde::{Deserialize, Serialize};

use crate::VENDOR;
use crate::accounts::{Holder, PLAIN_DOMAIN, Secret, domain_of, holder, home, resolve_account};
use crate::identity::Identity;
use crate::staff::{AGENCY, ISSUING};

/// Everybody who may call.
#[derive(Debug)]
pub(crate) struct Directory(principals::Directory);

/// Somebody who is known.
#[derive(Debug)]
pub(crate) struct Known {
    /// Who they are, if they prove it.
    pub identity: Identity,
    /// What proves it.
    pub secret: Secret,
    /// The security token that has to come along, if the credentials are temporary.
    pub token: Option<Material>,
    /// From when on they are no longer good, if they are temporary.
    pub expires_at: Option<Timestamp>,
    /// Whether that is over.
    pub is_expired: bool,
}

impl Directory {
    /// The credentials of the settings and, with an engine, those that were issued.
    pub(crate) fn new(credentials: Arc<Credentials>, engine: Option<Arc<Engine>>) -> Self {
        Self(principals::Directory::new(VENDOR, &ISSUING, credentials, engine))
    }

    /// What all vendors have.
    pub(crate) fn common(&self) -> &principals::Directory {
        &self.0
    }

    /// Whoever has an access id.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(crate) async fn find(&self, access_id: &str) -> Result<Option<Known>, Error> {
        if let Some(found) = self.0.issued(access_id).await? {
            return self.issued(access_id, found);
        }
        let Some((holder, secret)) = holder(self.0.credentials(), access_id) else { return Ok(None) };
        let identity = match (self.0.credentials().holder(VENDOR, access_id), &holder) {
            (Some(name), Holder::Project(project)) => {
                let user = self.0.configured(&Tenant::new(VENDOR, project.as_str()), name).map(User::of).transpose()?;
                Identity::of(holder, access_id, name, user.unwrap_or_default(), String::new())
            }
            _ => Identity::root(holder, access_id).stemming_from(access_id),
        };
        Ok(Some(Known { identity, secret, token: None, expires_at: None, is_expired: false }))
    }

    /// Whoever has an access id that was issued.
    fn issued(&self, access_id: &str, found: principals::Found) -> Result<Option<Known>, Error> {
        let session = Session::of(&found.session)?;
        let identity = if session.access_id.is_empty() {
            let holder = Holder::of_account(&found.tenant.account);
            identity(holder, access_id, &found.principal, &found.attributes, session.name)?
        } else {
            // A credential that is taken away takes with it what stems from it.
            match holder(self.0.credentials(), &session.access_id) {
                Some((holder, _)) => Identity::root(holder, access_id).stemming_from(&session.access_id),
                None => return Ok(None),
            }
        };
        let secret = if self.0.is_open() { Secret::Any } else { Secret::Is(found.secret) };
        let token = found.token.filter(|_| !self.0.is_open());
        let (expires_at, is_expired) = (found.expires_at, found.is_expired && !self.0.is_open());
        Ok(Some(Known { identity, secret, token, expires_at, is_expired }))
    }

    /// A user or an agency by its home account and its name in there.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(crate) async fn member(&self, account: &str, name: &str, session: &str) -> Result<Option<Identity>, Error> {
        let attributes = self.0.attributes(&Tenant::new(VENDOR, account), name).await?;
        let short = name.split_once('/').map_or(name, |(_, short)| short);
        let holder = || Holder::of_account(account);
        attributes.map(|text| identity(holder(), short, name, &text, session.to_owned())).transpose()
    }

    /// An agency by its home account and its name, and whom it trusts.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(crate) async fn agency(&self, account: &str, name: &str) -> Result<Option<User>, Error> {
        let name = format!("{AGENCY}{name}");
        self.0.attributes(&Tenant::new(VENDOR, account), &name).await?.as_deref().map(User::of).transpose()
    }

    /// The home account of the domain of this name: a public access id, a project, or an access id
    /// of the settings.
    pub(crate) fn home_of(&self, domain: &str) -> Option<String> {
        resolve_account(self.0.credentials(), domain).map(|account| home(&account))
    }

    /// The id of the domain of this name.
    pub(crate) fn domain_id_of(&self, domain: &str) -> Option<String> {
        if domain == PLAIN_DOMAIN {
            return Some(domain_of(""));
        }
        self.home_of(domain).map(|home| Holder::of_account(&home).domain())
    }

    /// The user of a name in a domain, with the password, if they were given one.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(crate) async fn user(&self, engine: &Engine, domain_id: &str, name: &str) -> Result<Option<LogIn>, Error> {
        let Some(key) = engine.access_key(VENDOR, &password_id(domain_id, name)).await? else { return Ok(None) };
        let account = key.principal.tenant.account;
        let found = self.member(&account, &key.principal.name, "").await?;
        let Password { version } = Password::of(&key.attributes)?;
        Ok(found.map(|identity| LogIn { account, name: key.principal.name, identity, password: key.secret, version }))
    }

    /// Whether a user of an account still has the password of this version.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(crate) async fn has_password(&self, account: &str, name: &str, version: &str) -> Result<bool, Error> {
        let Some(engine) = self.0.engine() else { return Ok(false) };
        let id = password_id(&Holder::of_account(account).domain(), name.strip_prefix(USER).unwrap_or(name));
        let Some(key) = engine.access_key(VENDOR, &id).await? else { return Ok(false) };
        let is_theirs = key.principal.tenant.account == account && key.principal.name == name;
        Ok(is_theirs && Password::of(&key.attributes)?.version == version)
    }
}

/// A user who may log in.
#[derive(Debug)]
pub(crate) struct LogIn {
    /// The home account.
    pub account: String,
    /// The principal's name there.
    pub name: String,
    /// Who it is, once the password was told.
    pub identity: Identity,
    /// The password.
    pub password: Material,
    /// Which one it is.
    pub version: String,
}

/// What is kept with a password.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Password {
    /// Drawn anew for each, so that the tokens of an earlier one end with it.
    pub version: String,
}

impl Kept for Password {}

/// The id under which a password is kept among the access keys. It is none that a signature can
/// name: those are not of the form of access ids.
pub(crate) fn password_id(domain_id: &str, name: &str) -> String {
    format!("password/{domain_id}/{name}")
}

fn identity(holder: Holder, principal: &str, name: &str, attributes: &str, session: String) -> Result<Identity, Error> {
    if name == ROOT {
        return Ok(Identity::root(holder, principal));
    }
    Ok(Identity::of(holder, principal, name, User::of(attributes)?, session))
}
