//! Who is behind an access key id: the credentials of the settings, the public ones, and those that
//! were issued through the admin API.

use std::sync::Arc;

use dialect::Credentials;
use import_engine::{Engine, Error, Material, Tenant, Timestamp};

use crate::VENDOR;
use crate::accounts::{Identity, Secret, look_up};
use crate::caller::{Caller, ROOT, Record, Session, principal_arn};

/// How the ids of lasting access keys begin that are issued here.
pub(crate) const LASTING: &str = "AKIA";
/// How the ids of temporary access keys begin.
pub(crate) const TEMPORARY: &str = "ASIA";
/// How long the ids are that are issued here.
pub(crate) const ID_LENGTH: usize = 20;

/// Everybody who may call.
#[derive(Debug)]
pub(crate) struct Directory {
    credentials: Arc<Credentials>,
    /// Knows whom the admin API has issued credentials to.
    engine: Option<Arc<Engine>>,
}

/// What is known of an access key id.
pub(crate) struct Found {
    /// The account: twelve digits.
    pub account: String,
    /// What signatures are to be checked with.
    pub secret: Secret,
    /// The token that has to come along, if the credentials are temporary.
    pub token: Option<Material>,
    /// Whether they are past their end.
    pub is_expired: bool,
    holder: Holder,
}

enum Holder {
    Root { is_trusted: bool },
    Principal(Box<Held>),
}

/// A principal's credentials.
struct Held {
    name: String,
    record: Record,
    session: Option<(Session, Timestamp)>,
}

impl Directory {
    /// The credentials of the settings and, with an engine, those that were issued.
    pub fn new(credentials: Arc<Credentials>, engine: Option<Arc<Engine>>) -> Self {
        Self { credentials, engine }
    }

    /// Whether signatures are not looked at.
    pub fn is_open(&self) -> bool {
        self.credentials.trust() == dialect::Trust::Open
    }

    /// Whoever has an access key id.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn find(&self, access_id: &str) -> Result<Option<Found>, Error> {
        if self.credentials.configured(VENDOR, access_id).is_none()
            && is_issued_form(access_id)
            && let Some(engine) = &self.engine
            && let Some(found) = self.issued(engine, access_id).await?
        {
            return Ok(Some(found));
        }
        let Some(Identity { account, secret, is_public }) = look_up(&self.credentials, access_id) else {
            return Ok(None);
        };
        let holder = match self.credentials.holder(VENDOR, access_id) {
            Some(name) => {
                let record = self.configured_record(&account, name)?.unwrap_or_default();
                Holder::Principal(Box::new(Held { name: name.to_owned(), record, session: None }))
            }
            None => Holder::Root { is_trusted: is_public || self.is_open() },
        };
        Ok(Some(Found { account, secret, token: None, is_expired: false, holder }))
    }

    async fn issued(&self, engine: &Engine, access_id: &str) -> Result<Option<Found>, Error> {
        let Some(key) = engine.access_key(VENDOR, access_id).await? else { return Ok(None) };
        let tenant = &key.principal.tenant;
        let is_expired = match key.expires_at {
            Some(end) => end <= engine.now(tenant).await?,
            None => false,
        };
        let session = match key.expires_at {
            Some(_) => Some((Session::of(&key.attributes)?, key.created_at)),
            None => None,
        };
        // What the settings say of a principal may have changed since.
        let record = match self.configured_record(&tenant.account, &key.principal.name)? {
            Some(record) => record,
            None => Record::of(&key.principal.attributes)?,
        };
        let holder = Holder::Principal(Box::new(Held { name: key.principal.name.clone(), record, session }));
        let account = tenant.account.clone();
        if self.is_open() {
            return Ok(Some(Found { account, secret: Secret::Unchecked, token: None, is_expired: false, holder }));
        }
        Ok(Some(Found { account, secret: Secret::Known(key.secret), token: key.token, is_expired, holder }))
    }

    /// The ARNs of all users and roles that an account is known to have.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn arns(&self, partition: &str, account: &str) -> Result<Vec<String>, Error> {
        let tenant = Tenant::new(VENDOR, account);
        let mut arns = Vec::new();
        for name in self.credentials.principals(&tenant) {
            let record = self.configured_record(account, name)?.unwrap_or_default();
            arns.push(principal_arn(partition, account, name, &record.path));
        }
        let issued = match &self.engine {
            Some(engine) => engine.principals(&tenant).await?,
            None => Vec::new(),
        };
        for principal in issued.iter().filter(|principal| principal.name != ROOT) {
            let record = Record::of(&principal.attributes)?;
            arns.push(principal_arn(partition, account, &principal.name, &record.path));
        }
        Ok(arns)
    }

    /// What the settings say of a principal.
    pub fn configured(&self, tenant: &Tenant, name: &str) -> Option<&str> {
        self.credentials.principal(tenant, name)
    }

    fn configured_record(&self, account: &str, name: &str) -> Result<Option<Record>, Error> {
        self.credentials.principal(&Tenant::new(VENDOR, account), name).map(Record::of).transpose()
    }
}

impl Found {
    /// Who it is, calling in a region.
    ///
    /// # Errors
    /// [`Error::Internal`] for a record that cannot be.
    pub fn caller(&self, region: &str) -> Result<Caller, Error> {
        match &self.holder {
            Holder::Root { is_trusted } => Ok(Caller::root(&self.account, region, *is_trusted)),
            Holder::Principal(held) => {
                let Held { name, record, session } = held.as_ref();
                let session = session.as_ref().map(|(session, issued_at)| (session, *issued_at));
                Caller::principal(&self.account, region, name, record, session)
            }
        }
    }
}

/// Whether an id looks like those that are issued here.
fn is_issued_form(access_id: &str) -> bool {
    access_id.len() == ID_LENGTH && (access_id.starts_with(LASTING) || access_id.starts_with(TEMPORARY))
}
