//! Who is behind an access key id: the credentials of the settings, the public ones, and those that
//! were issued through the admin API.

use std::sync::Arc;

use dialect::{Credentials, Kept, principals};
use import_engine::{Engine, Error, Material, Tenant, Timestamp};

use crate::VENDOR;
use crate::accounts::{Identity, Secret, look_up};
use crate::administration::ISSUING;
use crate::caller::{Caller, Record, Session, principal_arn};

/// Everybody who may call.
#[derive(Debug)]
pub(crate) struct Directory(principals::Directory);

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
        Self(principals::Directory::new(VENDOR, &ISSUING, credentials, engine))
    }

    /// What all vendors have.
    pub fn common(&self) -> &principals::Directory {
        &self.0
    }

    /// Whether signatures are not looked at.
    pub fn is_open(&self) -> bool {
        self.0.is_open()
    }

    /// Whoever has an access key id.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn find(&self, access_id: &str) -> Result<Option<Found>, Error> {
        if let Some(issued) = self.0.issued(access_id).await? {
            return self.issued(issued).map(Some);
        }
        let Some(Identity { account, secret, is_public }) = look_up(self.0.credentials(), access_id) else {
            return Ok(None);
        };
        let holder = match self.0.credentials().holder(VENDOR, access_id) {
            Some(name) => {
                let configured = self.0.configured(&Tenant::new(VENDOR, account.as_str()), name);
                let record = configured.map(Record::of).transpose()?.unwrap_or_default();
                Holder::Principal(Box::new(Held { name: name.to_owned(), record, session: None }))
            }
            None => Holder::Root { is_trusted: is_public || self.is_open() },
        };
        Ok(Some(Found { account, secret, token: None, is_expired: false, holder }))
    }

    fn issued(&self, found: principals::Found) -> Result<Found, Error> {
        let session = match found.expires_at {
            Some(_) => Some((Session::of(&found.session)?, found.issued_at)),
            None => None,
        };
        let record = Record::of(&found.attributes)?;
        let holder = Holder::Principal(Box::new(Held { name: found.principal, record, session }));
        let account = found.tenant.account;
        if self.is_open() {
            return Ok(Found { account, secret: Secret::Unchecked, token: None, is_expired: false, holder });
        }
        let (token, is_expired) = (found.token, found.is_expired);
        Ok(Found { account, secret: Secret::Known(found.secret), token, is_expired, holder })
    }

    /// The ARNs of all users and roles that an account is known to have.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn arns(&self, partition: &str, account: &str) -> Result<Vec<String>, Error> {
        let all = self.0.all(&Tenant::new(VENDOR, account)).await?;
        let arn = |(name, attributes): (String, String)| {
            Ok(principal_arn(partition, account, &name, &Record::of(&attributes)?.path))
        };
        all.into_iter().map(arn).collect()
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
