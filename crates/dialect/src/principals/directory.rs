//! Who is behind an access id that was issued, and what is known of a tenant's principals.

use std::sync::Arc;

use import_engine::{Engine, Error, Material, Tenant, Timestamp};

use super::{Issuing, ROOT};
use crate::credentials::{Credentials, Trust};

/// Everybody who may call at one vendor.
#[derive(Debug)]
pub struct Directory {
    vendor: &'static str,
    issuing: &'static Issuing,
    credentials: Arc<Credentials>,
    /// Knows whom credentials were issued to.
    engine: Option<Arc<Engine>>,
}

/// An access id that was issued.
#[derive(Debug)]
pub struct Found {
    /// Whom it acts for.
    pub tenant: Tenant,
    /// The name of the principal whose it is.
    pub principal: String,
    /// What is kept of the principal: the dialect's own JSON text.
    pub attributes: String,
    /// The secret that signs.
    pub secret: Material,
    /// The token that has to come along, if one has to.
    pub token: Option<Material>,
    /// When it was issued, in the tenant's clock.
    pub issued_at: Timestamp,
    /// From when on it is no longer good, in the tenant's clock.
    pub expires_at: Option<Timestamp>,
    /// Whether that is over.
    pub is_expired: bool,
    /// What is kept with it: the dialect's own JSON text.
    pub session: String,
}

impl Directory {
    /// The credentials of the settings and, with an engine, those that were issued.
    pub fn new(
        vendor: &'static str,
        issuing: &'static Issuing,
        credentials: Arc<Credentials>,
        engine: Option<Arc<Engine>>,
    ) -> Self {
        Self { vendor, issuing, credentials, engine }
    }

    /// The credentials of the settings.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// How access keys look that are issued here.
    pub fn issuing(&self) -> &'static Issuing {
        self.issuing
    }

    /// What knows whom credentials were issued to, if anything does.
    pub fn engine(&self) -> Option<&Engine> {
        self.engine.as_deref()
    }

    /// Whether signatures are not looked at.
    pub fn is_open(&self) -> bool {
        self.credentials.trust() == Trust::Open
    }

    /// Whoever was issued an access id. One of the settings has precedence.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn issued(&self, access_id: &str) -> Result<Option<Found>, Error> {
        let Some(engine) = &self.engine else { return Ok(None) };
        if self.credentials.configured(self.vendor, access_id).is_some() || !self.issuing.could_be(access_id) {
            return Ok(None);
        }
        let Some(key) = engine.access_key(self.vendor, access_id).await? else { return Ok(None) };
        let principal = key.principal;
        let is_expired = match key.expires_at {
            Some(end) => end <= engine.now(&principal.tenant).await?,
            None => false,
        };
        // What the settings say of a principal may have changed since.
        let attributes = match self.configured(&principal.tenant, &principal.name) {
            Some(configured) => configured.to_owned(),
            None => principal.attributes,
        };
        Ok(Some(Found {
            tenant: principal.tenant,
            principal: principal.name,
            attributes,
            secret: key.secret,
            token: key.token,
            issued_at: key.created_at,
            expires_at: key.expires_at,
            is_expired,
            session: key.attributes,
        }))
    }

    /// What the settings say of a principal.
    pub fn configured(&self, tenant: &Tenant, name: &str) -> Option<&str> {
        self.credentials.principal(tenant, name)
    }

    /// What is kept of a principal, by the settings or by the admin API; nothing if there is none.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn attributes(&self, tenant: &Tenant, name: &str) -> Result<Option<String>, Error> {
        if let Some(configured) = self.configured(tenant, name) {
            return Ok(Some(configured.to_owned()));
        }
        match &self.engine {
            Some(engine) => Ok(engine.principal(tenant, name).await?.map(|principal| principal.attributes)),
            None => Ok(None),
        }
    }

    /// Names and attributes of all principals that a tenant is known to have, its root aside.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn all(&self, tenant: &Tenant) -> Result<Vec<(String, String)>, Error> {
        let configured = self.credentials.principals(tenant);
        let mut all: Vec<(String, String)> =
            configured.filter_map(|name| Some((name.to_owned(), self.configured(tenant, name)?.to_owned()))).collect();
        if let Some(engine) = &self.engine {
            let made = engine.principals(tenant).await?.into_iter();
            let made = made.filter(|principal| principal.name != ROOT);
            all.extend(made.map(|principal| (principal.name, principal.attributes)));
        }
        Ok(all)
    }
}
