//! Who is behind an access id: the credentials of the settings, the public ones, and those that were
//! issued through the admin API.

use std::sync::Arc;

use dialect::principals::{self, User};
use dialect::{Credentials, Kept, Trust};
use import_engine::{Engine, Error, Material, Tenant, constant_time_eq};

use crate::VENDOR;
use crate::accounts::{Claimant, claimant};
use crate::identity::Identity;
use crate::staff::ISSUING;

/// Everybody who may call.
#[derive(Debug)]
pub(crate) struct Directory(principals::Directory);

/// Somebody who is known.
#[derive(Debug)]
pub(crate) struct Known {
    /// The account: a Uin.
    pub account: String,
    /// Who they are, if they prove it.
    pub identity: Identity,
    /// What signs; `None` where signatures are not checked.
    pub secret: Option<Material>,
    /// The token that has to come along, if the credentials are temporary.
    pub token: Option<Material>,
    /// Whether they are past their end.
    pub is_expired: bool,
}

impl Directory {
    /// The credentials of the settings and, with an engine, those that were issued.
    pub fn new(credentials: Arc<Credentials>, engine: Option<Arc<Engine>>) -> Self {
        Self(principals::Directory::new(VENDOR, &ISSUING, credentials, engine))
    }

    /// What all vendors have.
    pub fn common(&self) -> &principals::Directory {
        &self.0
    }

    /// Whoever has an access id.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn find(&self, access_id: &str) -> Result<Option<Known>, Error> {
        if let Some(issued) = self.0.issued(access_id).await? {
            return self.issued(issued).map(Some);
        }
        let Some(Claimant { account, secret }) = claimant(self.0.credentials(), access_id) else { return Ok(None) };
        let identity = match self.0.credentials().holder(VENDOR, access_id) {
            Some(name) => {
                let configured = self.0.configured(&Tenant::new(VENDOR, account.as_str()), name);
                Identity::of(&account, name, configured.map(User::of).transpose()?.unwrap_or_default())
            }
            None => Identity::root(&account),
        };
        Ok(Some(Known { account, identity, secret, token: None, is_expired: false }))
    }

    /// Whether a token is one that is good now, whoever it comes with.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn is_good_token(&self, token: &str) -> Result<bool, Error> {
        let Some(access_id) = ISSUING.named_by(token) else { return Ok(false) };
        let own = self.0.issued(&access_id).await?.filter(|found| !found.is_expired).and_then(|found| found.token);
        Ok(own.is_some_and(|own| constant_time_eq(own.expose(), token.as_bytes())))
    }

    /// Where signatures are not looked at, neither tokens nor ends are.
    fn issued(&self, found: principals::Found) -> Result<Known, Error> {
        let account = found.tenant.account;
        let identity = Identity::of(&account, &found.principal, User::of(&found.attributes)?);
        if self.0.credentials().trust() == Trust::Open {
            return Ok(Known { account, identity, secret: None, token: None, is_expired: false });
        }
        let (secret, token, is_expired) = (Some(found.secret), found.token, found.is_expired);
        Ok(Known { account, identity, secret, token, is_expired })
    }
}
