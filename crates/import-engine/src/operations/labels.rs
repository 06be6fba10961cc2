//! Labels: names that keys go by besides their identifiers.

use crate::engine::{ATTEMPTS, Engine};
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::store::{Label, StoreError};
use crate::tenant::{KeyId, Scope};

/// One page of labels.
#[derive(Clone, Debug)]
pub struct LabelPage {
    /// The labels of this page.
    pub labels: Vec<Label>,
    /// Whether there are more.
    pub truncated: bool,
}

impl Engine {
    /// The label of a name.
    ///
    /// # Errors
    /// [`Error::LabelNotFound`].
    pub async fn label(&self, scope: &Scope, name: &str) -> Result<Label, Error> {
        Ok(self.label_and_key(scope, name).await?.0)
    }

    /// Gives a key another label.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::TooManyLabels`], [`Error::NameTaken`].
    pub async fn create_label(&self, scope: &Scope, name: &str, id: &KeyId) -> Result<Label, Error> {
        let policy = self.policy(scope)?;
        let mut has_swept = false;
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let key = self.load(scope, id, now, policy).await?;
            key.require(KeyOperation::Label, policy)?;
            self.require_room(&key).await?;
            let label =
                Label { scope: scope.clone(), name: name.to_owned(), key: key.id, created_at: now, updated_at: now };
            match self.store.insert_label(&label, key.revision).await {
                Ok(()) => return Ok(label),
                Err(StoreError::Stale) => self.back_off(attempt).await?,
                Err(StoreError::AlreadyExists) if has_swept => return Err(Error::NameTaken(name.to_owned())),
                Err(StoreError::AlreadyExists) => {
                    // The name may belong to a key whose deletion is due and which no sweep has met.
                    self.sweep_tenant(&scope.tenant, now).await?;
                    has_swept = true;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }

    /// Gives a label to another key, if `fits`, which sees the key that has it and the one that
    /// shall, does not refuse.
    ///
    /// # Errors
    /// [`Error::LabelNotFound`], [`Error::KeyNotFound`], [`Error::WrongState`], what `fits` refuses,
    /// [`Error::TooManyLabels`].
    pub async fn move_label<R: From<Error>>(
        &self,
        scope: &Scope,
        name: &str,
        id: &KeyId,
        fits: impl Fn(&Key, &Key) -> Result<(), R> + Send + Sync,
    ) -> Result<Label, R> {
        let policy = self.policy(scope)?;
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let (label, from) = self.label_and_key(scope, name).await?;
            let to = self.load(scope, id, now, policy).await?;
            to.require(KeyOperation::Label, policy)?;
            fits(&from, &to)?;
            if to.id != from.id {
                self.require_room(&to).await?;
            }
            let label = Label { key: to.id, updated_at: now, ..label };
            match self.store.move_label(&label, &from.id, to.revision).await {
                Ok(()) => return Ok(label),
                Err(StoreError::Stale) => self.back_off(attempt).await?,
                Err(error) => return Err(Error::from(error).into()),
            }
        }
        Err(Error::Busy.into())
    }

    /// Takes a label off its key, whatever the key's state.
    ///
    /// # Errors
    /// [`Error::LabelNotFound`].
    pub async fn delete_label(&self, scope: &Scope, name: &str) -> Result<(), Error> {
        self.label(scope, name).await?;
        let found = self.store.remove_label(scope, name).await?;
        if found { Ok(()) } else { Err(Error::LabelNotFound(name.to_owned())) }
    }

    /// Takes several labels off one key, or none if one of them is not there or another key's.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::LabelNotFound`].
    pub async fn delete_labels(&self, scope: &Scope, id: &KeyId, names: &[String]) -> Result<(), Error> {
        let policy = self.policy(scope)?;
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let key = self.load(scope, id, now, policy).await?;
            key.require(KeyOperation::Label, policy)?;
            match self.store.remove_labels(scope, &key.id, names, key.revision).await {
                Ok(None) => return Ok(()),
                Ok(Some(missing)) => return Err(Error::LabelNotFound(missing)),
                Err(StoreError::Stale) => self.back_off(attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }

    /// Up to `limit` labels after a name, of one key or of all, in the order of names.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`].
    pub async fn list_labels(
        &self,
        scope: &Scope,
        key: Option<&KeyId>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<LabelPage, Error> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        if let Some(id) = key {
            self.load(scope, id, now, policy).await?;
        }
        // One more than asked tells whether there are more.
        let mut labels = self.store.labels_after(scope, key, after, now, limit.saturating_add(1)).await?;
        let limit = usize::try_from(limit).map_err(Error::internal)?;
        let truncated = labels.len() > limit;
        labels.truncate(limit);
        Ok(LabelPage { labels, truncated })
    }

    async fn label_and_key(&self, scope: &Scope, name: &str) -> Result<(Label, Key), Error> {
        let not_found = || Error::LabelNotFound(name.to_owned());
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        let label = self.store.label(scope, name).await?.ok_or_else(not_found)?;
        match self.load(scope, &label.key, now, policy).await {
            Ok(key) => Ok((label, key)),
            Err(Error::KeyNotFound(_)) => Err(not_found()),
            Err(error) => Err(error),
        }
    }

    async fn require_room(&self, key: &Key) -> Result<(), Error> {
        let most = self.policy(&key.scope)?.labels_per_key;
        let count = self.store.count_labels(&key.scope, &key.id).await?;
        if count < u64::from(most) { Ok(()) } else { Err(Error::TooManyLabels(key.id.clone())) }
    }
}
