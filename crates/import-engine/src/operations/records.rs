//! Records: what a vendor's dialect keeps besides keys.
//!
//! What a record says is the dialect's matter; here they are kept, found, changed from what is
//! stored, and taken away, and their secrets are sealed. A record that is due, or whose key is, is
//! not there, whether or not a sweep has met it.

use crate::chance::{KeyIdForm, key_id};
use crate::clock::Timestamp;
use crate::engine::{ATTEMPTS, Engine};
use crate::error::Error;
use crate::material::Material;
use crate::sealing::Purpose;
use crate::store::{Record, SealedSecret, StoreError};
use crate::tenant::{KeyId, Scope};

/// Where the identifier of a new record comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RecordId {
    /// The dialect knows it.
    Known(String),
    /// A fresh one of this form.
    Fresh(KeyIdForm),
}

/// What a new record shall be. See [`Record`] for its fields.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// What it is, in the dialect's word.
    pub kind: &'static str,
    /// Its identifier.
    pub id: RecordId,
    /// A name that no other of its kind in the scope has.
    pub name: Option<String>,
    /// The key on which it hangs.
    pub key: Option<KeyId>,
    /// The dialect's own JSON text.
    pub attributes: String,
    /// When it vanishes by itself.
    pub due_at: Option<Timestamp>,
    /// Its secrets, each with its name.
    pub secrets: Vec<(&'static str, Material)>,
    /// How many of its kind may be in the scope, those not counted that will vanish by themselves;
    /// `None`: any number.
    pub most: Option<usize>,
}

impl Engine {
    /// Makes a record.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`] if the key on which it shall hang is not there,
    /// [`Error::TooManyRecords`], [`Error::RecordTaken`].
    pub async fn create_record(&self, scope: &Scope, new: NewRecord) -> Result<Record, Error> {
        let NewRecord { kind, id, name, key, attributes, due_at, secrets, most } = new;
        let now = self.now(&scope.tenant).await?;
        let id = match id {
            RecordId::Known(id) => id,
            RecordId::Fresh(form) => key_id(self.chance.as_ref(), form, now)?,
        };
        let (scope, kind) = (scope.clone(), kind.to_owned());
        let record = Record { scope, kind, id, name, key, attributes, created_at: now, due_at, revision: 1 };
        let mut sealed = Vec::with_capacity(secrets.len());
        for (name, secret) in &secrets {
            let place = place(&record.scope, &record.kind, &record.id, name);
            let sealed_secret = self.sealing.seal(Purpose::Record, &place, secret.expose())?;
            sealed.push(SealedSecret { name: (*name).to_owned(), sealed: sealed_secret });
        }
        for attempt in 0..ATTEMPTS {
            if let Some(key) = &record.key {
                self.describe_key(&record.scope, key).await?;
            }
            match self.store.insert_record(&record, &sealed, most).await {
                Ok(()) => return Ok(record),
                Err(StoreError::Full) => return Err(Error::TooManyRecords(record.kind)),
                Err(StoreError::AlreadyExists) => {
                    let Record { scope, kind, id, .. } = &record;
                    if self.store.record(scope, kind, id, now).await?.is_some() {
                        return Err(Error::RecordTaken { kind: kind.clone(), name: id.clone() });
                    }
                    self.require_free_name(&record).await?;
                }
                // The key vanished in between.
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
            self.back_off(attempt).await?;
        }
        Err(Error::Busy)
    }

    /// One record.
    ///
    /// # Errors
    /// [`Error::RecordNotFound`].
    pub async fn record(&self, scope: &Scope, kind: &str, id: &str) -> Result<Record, Error> {
        let now = self.now(&scope.tenant).await?;
        self.store.record(scope, kind, id, now).await?.ok_or_else(|| not_found(kind, id))
    }

    /// The record of a name, if there is one.
    pub async fn record_named(&self, scope: &Scope, kind: &str, name: &str) -> Result<Option<Record>, Error> {
        let now = self.now(&scope.tenant).await?;
        Ok(self.store.record_named(scope, kind, name, now).await?)
    }

    /// The scope's records of a kind, newest first: those of one key, or all.
    pub async fn records(&self, scope: &Scope, kind: &str, key: Option<&KeyId>) -> Result<Vec<Record>, Error> {
        let now = self.now(&scope.tenant).await?;
        Ok(self.store.records(scope, kind, key, now).await?)
    }

    /// One secret of a record.
    ///
    /// # Errors
    /// [`Error::RecordNotFound`] if there is no such record, or it has no secret of the name.
    pub async fn record_secret(&self, scope: &Scope, kind: &str, id: &str, name: &str) -> Result<Material, Error> {
        self.record(scope, kind, id).await?;
        let sealed = self.store.record_secret(scope, kind, id, name).await?.ok_or_else(|| not_found(kind, id))?;
        self.sealing.open(Purpose::Record, &place(scope, kind, id, name), &sealed.0).map_err(Error::internal)
    }

    /// Changes a record by a pure function of what is stored and of the instant, again whenever
    /// somebody else was quicker; whoever makes the change may refuse in their own words. Of what
    /// `edit` answers, name, attributes and due instant count; the rest of a record never changes.
    ///
    /// # Errors
    /// [`Error::RecordNotFound`], [`Error::RecordTaken`], [`Error::Busy`], and what `edit` refuses.
    pub async fn edit_record<R: From<Error>>(
        &self,
        scope: &Scope,
        kind: &str,
        id: &str,
        edit: impl Fn(Record, Timestamp) -> Result<Record, R> + Send + Sync,
    ) -> Result<Record, R> {
        let edited = self.edit_records(scope, kind, &[id], edit).await?;
        edited.into_iter().next().ok_or_else(|| not_found(kind, id).into())
    }

    /// [`Engine::edit_record`] of several, all or none.
    ///
    /// # Errors
    /// As there.
    pub async fn edit_records<R: From<Error>>(
        &self,
        scope: &Scope,
        kind: &str,
        ids: &[&str],
        edit: impl Fn(Record, Timestamp) -> Result<Record, R> + Send + Sync,
    ) -> Result<Vec<Record>, R> {
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let mut edited = Vec::with_capacity(ids.len());
            for id in ids {
                let found = self.store.record(scope, kind, id, now).await.map_err(Error::from)?;
                let before = found.ok_or_else(|| not_found(kind, id))?;
                let Record { name, attributes, due_at, .. } = edit(before.clone(), now)?;
                let after = Record { name, attributes, due_at, ..before.clone() };
                edited.push((after == before, after));
            }
            let mut changed: Vec<Record> =
                edited.iter().filter(|(is_same, _)| !is_same).map(|(_, record)| record.clone()).collect();
            // In one order, so that two callers who change the same do not wait for each other.
            changed.sort_by(|one, other| one.id.cmp(&other.id));
            match self.store.commit_records(&changed).await {
                Ok(()) => return Ok(edited.into_iter().map(as_stored).collect()),
                Err(StoreError::Stale) => {}
                Err(StoreError::AlreadyExists) => {
                    for record in &changed {
                        self.require_free_name(record).await?;
                    }
                }
                Err(error) => return Err(Error::from(error).into()),
            }
            self.back_off(attempt).await?;
        }
        Err(Error::Busy.into())
    }

    /// Removes a record with its secrets, if `may` does not refuse; answers what it was.
    ///
    /// # Errors
    /// [`Error::RecordNotFound`], [`Error::Busy`], and what `may` refuses.
    pub async fn remove_record<R: From<Error>>(
        &self,
        scope: &Scope,
        kind: &str,
        id: &str,
        may: impl Fn(&Record, Timestamp) -> Result<(), R> + Send + Sync,
    ) -> Result<Record, R> {
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let found = self.store.record(scope, kind, id, now).await.map_err(Error::from)?;
            let record = found.ok_or_else(|| not_found(kind, id))?;
            may(&record, now)?;
            match self.store.remove_record(&record).await {
                Ok(()) => return Ok(record),
                Err(StoreError::Stale) => self.back_off(attempt).await?,
                Err(error) => return Err(Error::from(error).into()),
            }
        }
        Err(Error::Busy.into())
    }

    /// Refuses a name that another record has which is still there. One that is due makes room.
    async fn require_free_name(&self, record: &Record) -> Result<(), Error> {
        let Record { scope, kind, id, name, .. } = record;
        let now = self.now(&scope.tenant).await?;
        if let Some(name) = name
            && self.store.record_named(scope, kind, name, now).await?.is_some_and(|other| other.id != *id)
        {
            return Err(Error::RecordTaken { kind: kind.clone(), name: name.clone() });
        }
        self.sweep_tenant(&scope.tenant, now).await?;
        Ok(())
    }
}

/// What the store holds once a change is stored. One that changed nothing was not.
fn as_stored((is_same, record): (bool, Record)) -> Record {
    Record { revision: record.revision + i64::from(!is_same), ..record }
}

fn not_found(kind: &str, id: &str) -> Error {
    Error::RecordNotFound { kind: kind.to_owned(), id: id.to_owned() }
}

fn place<'a>(scope: &'a Scope, kind: &'a str, id: &'a str, secret: &'a str) -> [&'a str; 6] {
    [&scope.tenant.vendor, &scope.tenant.account, &scope.region, kind, id, secret]
}
