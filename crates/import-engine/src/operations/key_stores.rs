//! Key stores of a tenant's own.

use crate::clock::Timestamp;
use crate::engine::{ATTEMPTS, Engine};
use crate::error::Error;
use crate::key_store::{Connection, ConnectionState, KeyStore, KeyStoreKind};
use crate::material::Material;
use crate::outside::OutsideFault;
use crate::sealing::Purpose;
use crate::store::StoreError;
use crate::tenant::Scope;

/// What a new key store shall be.
#[derive(Debug)]
pub struct NewKeyStore {
    /// Its identifier, in the vendor's form, which nobody has had.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What stands behind it.
    pub kind: KeyStoreKind,
    /// What no other store of the scope may have too.
    pub claim: String,
    /// The dialect's own JSON text.
    pub attributes: String,
    /// With what it is asked.
    pub secret: Material,
}

/// What of a key store is to change; what is absent stays.
#[derive(Default, Debug)]
pub struct KeyStoreChange {
    /// Its name.
    pub name: Option<String>,
    /// What no other store of the scope may have too.
    pub claim: Option<String>,
    /// The dialect's own JSON text.
    pub attributes: Option<String>,
    /// With what it is asked.
    pub secret: Option<Material>,
}

impl Engine {
    /// Makes a key store, which is not connected. At most `most` of them are in a scope.
    ///
    /// # Errors
    /// [`Error::TooManyKeyStores`], [`Error::KeyStoreNameTaken`], [`Error::KeyStoreClaimTaken`].
    pub async fn create_key_store(&self, scope: &Scope, new: NewKeyStore, most: usize) -> Result<KeyStore, Error> {
        let now = self.now(&scope.tenant).await?;
        let store = KeyStore {
            scope: scope.clone(),
            id: new.id,
            name: new.name,
            kind: new.kind,
            claim: new.claim,
            attributes: new.attributes,
            connection: Connection::none(now),
            created_at: now,
            revision: 1,
        };
        let sealed = self.sealing.seal(Purpose::KeyStore, &place(scope, &store.id), new.secret.expose())?;
        for attempt in 0..ATTEMPTS {
            let others = self.store.key_stores(scope).await?;
            if others.len() >= most {
                return Err(Error::TooManyKeyStores);
            }
            require_free(&store, &others)?;
            match self.store.insert_key_store(&store, &sealed).await {
                Ok(()) => return Ok(store),
                // Somebody was quicker: the next look sees whose name or claim it is.
                Err(StoreError::AlreadyExists) => self.back_off(attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }

    /// All key stores of a scope as they are now, by identifier.
    pub async fn list_key_stores(&self, scope: &Scope) -> Result<Vec<KeyStore>, Error> {
        let now = self.now(&scope.tenant).await?;
        Ok(self.store.key_stores(scope).await?.into_iter().map(|store| store.at(now)).collect())
    }

    /// A key store as it is now.
    ///
    /// # Errors
    /// [`Error::KeyStoreNotFound`].
    pub async fn key_store(&self, scope: &Scope, id: &str) -> Result<KeyStore, Error> {
        let now = self.now(&scope.tenant).await?;
        self.key_store_at(scope, id, now).await
    }

    /// With what a key store is asked.
    ///
    /// # Errors
    /// [`Error::KeyStoreNotFound`].
    pub async fn key_store_secret(&self, scope: &Scope, id: &str) -> Result<Material, Error> {
        let sealed = self.store.key_store_secret(scope, id).await?;
        let sealed = sealed.ok_or_else(|| Error::KeyStoreNotFound(id.to_owned()))?;
        self.sealing.open(Purpose::KeyStore, &place(scope, id), &sealed.0).map_err(Error::internal)
    }

    /// What keeps the other side of a store from serving us, if anything does. The secret is the
    /// stored one unless another is given.
    ///
    /// # Errors
    /// [`Error::KeyStoreNotFound`].
    pub async fn probe_key_store(
        &self,
        store: &KeyStore,
        secret: Option<&Material>,
    ) -> Result<Option<OutsideFault>, Error> {
        let outside = self.outside(&store.scope.tenant)?;
        let probed = match secret {
            Some(secret) => outside.probe(store, secret).await,
            None => outside.probe(store, &self.key_store_secret(&store.scope, &store.id).await?).await,
        };
        Ok(probed.err())
    }

    /// Begins to connect a store. Whether it will be connected or fail is known already; it shows
    /// once `settling_seconds` of the domain clock are over.
    ///
    /// # Errors
    /// [`Error::KeyStoreNotFound`], [`Error::KeyStoreState`].
    pub async fn connect_key_store(
        &self,
        scope: &Scope,
        id: &str,
        fault: Option<String>,
        settling_seconds: i64,
    ) -> Result<KeyStore, Error> {
        let change = |store: KeyStore, now: Timestamp, _: &[KeyStore]| {
            store.connect(now.plus_seconds(settling_seconds), fault.clone())
        };
        self.change_key_store(scope, id, None, change).await
    }

    /// Begins to disconnect a store.
    ///
    /// # Errors
    /// [`Error::KeyStoreNotFound`], [`Error::KeyStoreState`].
    pub async fn disconnect_key_store(
        &self,
        scope: &Scope,
        id: &str,
        settling_seconds: i64,
    ) -> Result<KeyStore, Error> {
        let change =
            |store: KeyStore, now: Timestamp, _: &[KeyStore]| store.disconnect(now.plus_seconds(settling_seconds));
        self.change_key_store(scope, id, None, change).await
    }

    /// Changes what a store is, if its connection is in one of `states`.
    ///
    /// # Errors
    /// [`Error::KeyStoreNotFound`], [`Error::KeyStoreState`], [`Error::KeyStoreNameTaken`],
    /// [`Error::KeyStoreClaimTaken`].
    pub async fn update_key_store(
        &self,
        scope: &Scope,
        id: &str,
        states: &[ConnectionState],
        change: KeyStoreChange,
    ) -> Result<KeyStore, Error> {
        let KeyStoreChange { name, claim, attributes, secret } = change;
        let apply = |mut store: KeyStore, _: Timestamp, others: &[KeyStore]| {
            store.require(states)?;
            store.name = name.clone().unwrap_or(store.name);
            store.claim = claim.clone().unwrap_or(store.claim);
            store.attributes = attributes.clone().unwrap_or(store.attributes);
            require_free(&store, others)?;
            Ok(store)
        };
        self.change_key_store(scope, id, secret.as_ref(), apply).await
    }

    /// Removes a store that is disconnected and has no keys.
    ///
    /// # Errors
    /// [`Error::KeyStoreNotFound`], [`Error::KeyStoreState`], [`Error::KeyStoreHoldsKeys`].
    pub async fn delete_key_store(&self, scope: &Scope, id: &str) -> Result<(), Error> {
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let store = self.key_store_at(scope, id, now).await?;
            store.require(&[ConnectionState::Disconnected])?;
            // Keys whose deletion is due are gone, whether or not a sweep has met them.
            self.sweep_tenant(&scope.tenant, now).await?;
            if self.store.count_residents(scope, id).await? > 0 {
                return Err(Error::KeyStoreHoldsKeys(id.to_owned()));
            }
            match self.store.remove_key_store(&store).await {
                Ok(()) => return Ok(()),
                // It changed, or a key moved in.
                Err(StoreError::Stale) => self.back_off(attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }

    pub(crate) async fn key_store_at(&self, scope: &Scope, id: &str, now: Timestamp) -> Result<KeyStore, Error> {
        let found = self.store.key_store(scope, id).await?;
        Ok(found.ok_or_else(|| Error::KeyStoreNotFound(id.to_owned()))?.at(now))
    }

    async fn change_key_store<F>(
        &self,
        scope: &Scope,
        id: &str,
        secret: Option<&Material>,
        transition: F,
    ) -> Result<KeyStore, Error>
    where
        F: Fn(KeyStore, Timestamp, &[KeyStore]) -> Result<KeyStore, Error> + Send + Sync,
    {
        let sealed = match secret {
            Some(secret) => Some(self.sealing.seal(Purpose::KeyStore, &place(scope, id), secret.expose())?),
            None => None,
        };
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let before = self.key_store_at(scope, id, now).await?;
            let others = self.store.key_stores(scope).await?;
            let mut after = transition(before.clone(), now, &others)?;
            if after == before && sealed.is_none() {
                return Ok(after);
            }
            match self.store.commit_key_store(&after, sealed.as_ref()).await {
                Ok(()) => {
                    after.revision += 1;
                    return Ok(after.at(now));
                }
                Err(StoreError::Stale | StoreError::AlreadyExists) => self.back_off(attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }
}

/// Refuses a name or a claim that another store has.
fn require_free(store: &KeyStore, all: &[KeyStore]) -> Result<(), Error> {
    let others = || all.iter().filter(|other| other.id != store.id);
    if others().any(|other| other.name == store.name) {
        return Err(Error::KeyStoreNameTaken(store.name.clone()));
    }
    if others().any(|other| other.claim == store.claim) {
        return Err(Error::KeyStoreClaimTaken(store.claim.clone()));
    }
    Ok(())
}

fn place<'a>(scope: &'a Scope, id: &'a str) -> [&'a str; 4] {
    [&scope.tenant.vendor, &scope.tenant.account, &scope.region, id]
}
