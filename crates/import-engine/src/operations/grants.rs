//! Grants: rights to use a key that somebody has besides what its policy says.
//!
//! What a grant allows and on which conditions is the dialect's matter, and so is asking for them;
//! here they are kept, counted, found and taken back.

use crate::chance::Chance;
use crate::clock::Timestamp;
use crate::engine::{ATTEMPTS, Engine};
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::store::{Grant, GrantPlace, StoreError};
use crate::tenant::{KeyId, Scope};

/// How many grants are looked through in one go.
const BATCH: u32 = 500;

/// What a new grant shall be. See [`Grant`] for its fields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewGrant {
    /// A friendly name; empty if it has none. An equal grant of the same name is not made twice.
    pub name: String,
    /// Who gets the right.
    pub grantee: String,
    /// Who may give it up besides the grantee.
    pub retiring: Option<String>,
    /// Who gives it.
    pub issuer: String,
    /// What it allows and on which conditions: the dialect's own JSON text.
    pub terms: String,
}

/// One page of grants.
#[derive(Clone, Debug)]
pub struct GrantPage {
    /// The grants of this page.
    pub grants: Vec<Grant>,
    /// Whether there are more.
    pub truncated: bool,
}

/// What a grant comes to before it is stored.
enum Prospect {
    /// It is there already.
    Known(Box<Grant>),
    /// It can be stored.
    New(Box<Key>, Timestamp),
}

impl Engine {
    /// Gives somebody a grant of a key, if `fits`, which sees the key, does not refuse. A grant with
    /// a name, equal in everything to one that the key has, is that one.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], what `fits` refuses, [`Error::TooManyGrants`].
    pub async fn create_grant<R: From<Error>>(
        &self,
        scope: &Scope,
        id: &KeyId,
        new: &NewGrant,
        fits: impl Fn(&Key) -> Result<(), R> + Send + Sync,
    ) -> Result<Grant, R> {
        let grant_id = grant_id(self.chance.as_ref())?;
        for attempt in 0..ATTEMPTS {
            let (key, now) = match self.prospect(scope, id, new, &fits).await? {
                Prospect::Known(grant) => return Ok(*grant),
                Prospect::New(key, now) => (key, now),
            };
            let new = new.clone();
            let grant = Grant {
                scope: key.scope,
                key: key.id,
                id: grant_id.clone(),
                name: new.name,
                grantee: new.grantee,
                retiring: new.retiring,
                issuer: new.issuer,
                terms: new.terms,
                created_at: now,
            };
            match self.store.insert_grant(&grant, key.revision).await {
                Ok(()) => return Ok(grant),
                Err(StoreError::Stale) => self.back_off(attempt).await?,
                Err(error) => return Err(Error::from(error).into()),
            }
        }
        Err(Error::Busy.into())
    }

    /// Says what [`Engine::create_grant`] would, without making anything.
    ///
    /// # Errors
    /// As there.
    pub async fn try_grant<R: From<Error>>(
        &self,
        scope: &Scope,
        id: &KeyId,
        new: &NewGrant,
        fits: impl Fn(&Key) -> Result<(), R> + Send + Sync,
    ) -> Result<(), R> {
        self.prospect(scope, id, new, &fits).await.map(|_| ())
    }

    async fn prospect<R: From<Error>>(
        &self,
        scope: &Scope,
        id: &KeyId,
        new: &NewGrant,
        fits: &(impl Fn(&Key) -> Result<(), R> + Send + Sync),
    ) -> Result<Prospect, R> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        let key = self.load(scope, id, now, policy).await?;
        key.require(KeyOperation::Grant, policy)?;
        fits(&key)?;
        if !new.name.is_empty() {
            let named = self.store.grants_named(scope, id, &new.name).await.map_err(Error::from)?;
            if let Some(known) = named.into_iter().find(|grant| is_same(grant, new)) {
                return Ok(Prospect::Known(Box::new(known)));
            }
        }
        let count = self.store.count_grants(scope, id).await.map_err(Error::from)?;
        if count >= u64::from(policy.grants_per_key) {
            return Err(Error::TooManyGrants(key.id).into());
        }
        Ok(Prospect::New(Box::new(key), now))
    }

    /// The most grants that any one key of the scope has.
    pub async fn most_grants_of_a_key(&self, scope: &Scope) -> Result<u64, Error> {
        let counts = self.store.grant_counts(scope).await?;
        let living = self.all_keys(scope).await?;
        let is_living = |id: &KeyId| living.iter().any(|key| key.id == *id);
        Ok(counts.into_iter().filter(|(id, _)| is_living(id)).map(|(_, count)| count).max().unwrap_or(0))
    }

    /// One grant of a key.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::GrantNotFound`].
    pub async fn grant(&self, scope: &Scope, key: &KeyId, id: &str) -> Result<Grant, Error> {
        self.describe_key(scope, key).await?;
        self.store.grant(scope, key, id).await?.ok_or_else(|| Error::GrantNotFound(id.to_owned()))
    }

    /// The grant of an identifier, of whichever key of a scope it is.
    pub async fn grant_of_any_key(&self, scope: &Scope, id: &str) -> Result<Option<Grant>, Error> {
        Ok(self.store.grant_of_any_key(scope, id).await?)
    }

    /// Takes a grant back, whatever the state of its key.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::GrantNotFound`].
    pub async fn remove_grant(&self, scope: &Scope, key: &KeyId, id: &str) -> Result<(), Error> {
        self.describe_key(scope, key).await?;
        let found = self.store.remove_grant(scope, key, id).await?;
        if found { Ok(()) } else { Err(Error::GrantNotFound(id.to_owned())) }
    }

    /// Up to `limit` grants of a key after an identifier, of one grantee or of all, in the order of
    /// identifiers.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`].
    pub async fn list_grants(
        &self,
        scope: &Scope,
        key: &KeyId,
        grantee: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<GrantPage, Error> {
        self.describe_key(scope, key).await?;
        // One more than asked tells whether there are more.
        let grants = self.store.grants_after(scope, key, grantee, after, limit.saturating_add(1)).await?;
        page(grants, limit)
    }

    /// Up to `limit` grants after a place that somebody may give up, of the keys of all the vendor's
    /// accounts in a region.
    pub async fn list_retirable_grants(
        &self,
        vendor: &str,
        region: &str,
        retiring: &str,
        after: Option<&GrantPlace>,
        limit: u32,
    ) -> Result<GrantPage, Error> {
        let wanted = usize::try_from(limit).map_err(Error::internal)?;
        let mut grants: Vec<Grant> = Vec::new();
        let mut after = after.cloned();
        // Grants of one key follow each other: what was found out about it holds for all of them.
        let mut last: Option<(Scope, KeyId, bool)> = None;
        loop {
            let rows = self.store.retirable_grants_after(vendor, region, retiring, after.as_ref(), BATCH).await?;
            after = rows.last().map(Grant::place);
            let is_last = rows.len() < usize::try_from(BATCH).map_err(Error::internal)?;
            for grant in rows {
                let known = last.as_ref().filter(|(scope, key, _)| *scope == grant.scope && *key == grant.key);
                let lives = match known {
                    Some((_, _, lives)) => *lives,
                    None => self.lives(&grant.scope, &grant.key).await?,
                };
                last = Some((grant.scope.clone(), grant.key.clone(), lives));
                grants.extend(lives.then_some(grant));
                if grants.len() > wanted {
                    return page(grants, limit);
                }
            }
            if is_last {
                return page(grants, limit);
            }
        }
    }

    /// The first grant that somebody has of a key and that will do.
    pub async fn find_grant(
        &self,
        scope: &Scope,
        key: &KeyId,
        grantee: &str,
        will_do: impl Fn(&Grant) -> bool + Send + Sync,
    ) -> Result<Option<Grant>, Error> {
        let mut after: Option<String> = None;
        loop {
            let grants = self.store.grants_after(scope, key, Some(grantee), after.as_deref(), BATCH).await?;
            let is_last = grants.len() < usize::try_from(BATCH).map_err(Error::internal)?;
            after = grants.last().map(|grant| grant.id.clone());
            let found = grants.into_iter().find(&will_do);
            if found.is_some() || is_last {
                return Ok(found);
            }
        }
    }

    async fn lives(&self, scope: &Scope, key: &KeyId) -> Result<bool, Error> {
        match self.describe_key(scope, key).await {
            Ok(_) => Ok(true),
            Err(Error::KeyNotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn is_same(grant: &Grant, new: &NewGrant) -> bool {
    grant.name == new.name
        && grant.grantee == new.grantee
        && grant.retiring == new.retiring
        && grant.issuer == new.issuer
        && grant.terms == new.terms
}

fn page(mut grants: Vec<Grant>, limit: u32) -> Result<GrantPage, Error> {
    let limit = usize::try_from(limit).map_err(Error::internal)?;
    let truncated = grants.len() > limit;
    grants.truncate(limit);
    Ok(GrantPage { grants, truncated })
}

/// 64 hex digits, by which nobody finds a grant that was not told to them.
fn grant_id(chance: &dyn Chance) -> Result<String, Error> {
    let mut bytes = [0u8; 32];
    chance.fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}
