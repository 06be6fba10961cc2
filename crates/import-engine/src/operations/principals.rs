//! Who acts for a tenant, and the access keys that prove it.

use crate::clock::Timestamp;
use crate::engine::{ATTEMPTS, Engine};
use crate::error::Error;
use crate::material::Material;
use crate::sealing::Purpose;
use crate::store::{Principal, StoreError, StoredAccessKey};
use crate::tenant::Tenant;

/// An access key that shall be.
#[derive(Debug)]
pub struct NewAccessKey {
    /// For whom it acts.
    pub tenant: Tenant,
    /// Whose it is.
    pub principal: String,
    /// The id that travels with each request.
    pub id: String,
    /// The secret that signs.
    pub secret: Material,
    /// The token that has to come along, if one has to.
    pub token: Option<Material>,
    /// For how many seconds it is good; `None`: for ever.
    pub lifetime_seconds: Option<i64>,
    /// What else is to know: the dialect's own JSON text.
    pub attributes: String,
}

/// An access key, unsealed.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// Whose it is.
    pub principal: Principal,
    /// The secret that signs.
    pub secret: Material,
    /// The token that has to come along, if one has to.
    pub token: Option<Material>,
    /// When it was made, in the domain clock.
    pub created_at: Timestamp,
    /// From when on it is no longer good, in the domain clock.
    pub expires_at: Option<Timestamp>,
    /// What else is to know: the dialect's own JSON text.
    pub attributes: String,
}

impl Engine {
    /// One principal, if there is such a one.
    pub async fn principal(&self, tenant: &Tenant, name: &str) -> Result<Option<Principal>, Error> {
        Ok(self.store.principal(tenant, name).await?)
    }

    /// All principals of a tenant, in the order of names.
    pub async fn principals(&self, tenant: &Tenant) -> Result<Vec<Principal>, Error> {
        Ok(self.store.principals(tenant).await?)
    }

    /// Makes or changes a principal. `edit` gets the attributes that it has, if it is there, and
    /// answers those that it shall have; it may refuse in its own words.
    ///
    /// # Errors
    /// [`Error::Busy`], and what `edit` refuses.
    pub async fn edit_principal<R: From<Error>>(
        &self,
        tenant: &Tenant,
        name: &str,
        edit: impl Fn(Option<&str>) -> Result<String, R> + Send + Sync,
    ) -> Result<Principal, R> {
        for attempt in 0..ATTEMPTS {
            let now = self.now(tenant).await?;
            let before = self.store.principal(tenant, name).await.map_err(Error::from)?;
            let attributes = edit(before.as_ref().map(|principal| principal.attributes.as_str()))?;
            let (principal, outcome) = match before {
                Some(before) => {
                    let after = Principal { attributes, ..before };
                    let outcome = self.store.commit_principal(&after).await;
                    (Principal { revision: after.revision + 1, ..after }, outcome)
                }
                None => {
                    let (tenant, name) = (tenant.clone(), name.to_owned());
                    let new = Principal { tenant, name, created_at: now, attributes, revision: 1 };
                    let outcome = self.store.insert_principal(&new).await;
                    (new, outcome)
                }
            };
            match outcome {
                Ok(()) => return Ok(principal),
                Err(StoreError::Stale | StoreError::AlreadyExists) => self.back_off(attempt).await?,
                Err(error) => return Err(Error::from(error).into()),
            }
        }
        Err(Error::Busy.into())
    }

    /// Removes a principal and its access keys; answers whether there was one.
    pub async fn remove_principal(&self, tenant: &Tenant, name: &str) -> Result<bool, Error> {
        Ok(self.store.remove_principal(tenant, name).await?)
    }

    /// Makes an access key; answers when it ends, or nothing if there is no such principal.
    ///
    /// # Errors
    /// [`Error::NameTaken`] if the id is taken; [`Error::TooManyRecords`] if the principal has as
    /// many as there may be.
    pub async fn issue_access_key(&self, new: &NewAccessKey) -> Result<Option<StoredAccessKey>, Error> {
        self.require_room_for_access_key(new).await?;
        let key = self.sealed_access_key(new).await?;
        issued(self.store.insert_access_key(&key).await, key)
    }

    /// Makes an access key in place of the one that the principal has under this id, if it has.
    ///
    /// # Errors
    /// [`Error::NameTaken`] if the id is another principal's; then that one stays.
    pub async fn replace_access_key(&self, new: &NewAccessKey) -> Result<Option<StoredAccessKey>, Error> {
        let key = self.sealed_access_key(new).await?;
        issued(self.store.replace_access_key(&key).await, key)
    }

    /// Refuses one more than a principal may have. Those that have ended make room.
    async fn require_room_for_access_key(&self, new: &NewAccessKey) -> Result<(), Error> {
        let is_full = async || -> Result<bool, Error> {
            Ok(self.store.count_access_keys(&new.tenant, &new.principal).await?
                >= self.options.access_keys_per_principal)
        };
        if !is_full().await? {
            return Ok(());
        }
        let now = self.now(&new.tenant).await?;
        self.store.remove_expired_access_keys(&new.tenant, now).await?;
        if is_full().await? { Err(Error::TooManyRecords("access key".to_owned())) } else { Ok(()) }
    }

    async fn sealed_access_key(&self, new: &NewAccessKey) -> Result<StoredAccessKey, Error> {
        let now = self.now(&new.tenant).await?;
        let seal = |what: &str, secret: &Material| {
            self.sealing.seal(Purpose::AccessKey, &place(&new.tenant, &new.id, what), secret.expose())
        };
        Ok(StoredAccessKey {
            id: new.id.clone(),
            tenant: new.tenant.clone(),
            principal: new.principal.clone(),
            secret: seal("secret", &new.secret)?,
            token: new.token.as_ref().map(|token| seal("token", token)).transpose()?,
            created_at: now,
            expires_at: new.lifetime_seconds.map(|seconds| now.plus_seconds(seconds).whole_milliseconds()),
            attributes: new.attributes.clone(),
        })
    }

    /// The access key of an id at a vendor, if there is one. Whether it is past its end is for the
    /// caller to see.
    pub async fn access_key(&self, vendor: &str, id: &str) -> Result<Option<AccessKey>, Error> {
        let Some((key, principal)) = self.store.access_key(vendor, id).await? else { return Ok(None) };
        let open = |what: &str, sealed: &[u8]| {
            self.sealing
                .open(Purpose::AccessKey, &place(&key.tenant, &key.id, what), sealed)
                .map_err(|_| Error::internal("an access key that does not open"))
        };
        Ok(Some(AccessKey {
            secret: open("secret", &key.secret.0)?,
            token: key.token.as_ref().map(|token| open("token", &token.0)).transpose()?,
            created_at: key.created_at,
            expires_at: key.expires_at,
            attributes: key.attributes.clone(),
            principal,
        }))
    }

    /// The access keys of a principal, still sealed, in the order of ids.
    pub async fn access_keys(&self, tenant: &Tenant, principal: &str) -> Result<Vec<StoredAccessKey>, Error> {
        Ok(self.store.access_keys(tenant, principal).await?)
    }

    /// Removes an access key of a principal; answers whether there was one.
    pub async fn remove_access_key(&self, tenant: &Tenant, principal: &str, id: &str) -> Result<bool, Error> {
        Ok(self.store.remove_access_key(tenant, principal, id).await?)
    }
}

fn issued(stored: Result<(), StoreError>, key: StoredAccessKey) -> Result<Option<StoredAccessKey>, Error> {
    match stored {
        Ok(()) => Ok(Some(key)),
        Err(StoreError::Stale) => Ok(None),
        Err(StoreError::AlreadyExists) => Err(Error::NameTaken(key.id)),
        Err(error) => Err(error.into()),
    }
}

fn place<'a>(tenant: &'a Tenant, id: &'a str, what: &'a str) -> [&'a str; 4] {
    [&tenant.vendor, &tenant.account, id, what]
}
