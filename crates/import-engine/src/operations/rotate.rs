//! Giving a key new material, because it is due or because somebody asks.

use crate::clock::Timestamp;
use crate::engine::{ATTEMPTS, Engine};
use crate::error::Error;
use crate::key::{Expiry, Key, MaterialRecord, MaterialRole};
use crate::primitives::{identity, public_key};
use crate::sealing::{Purpose, place};
use crate::spec::Origin;
use crate::store::{SealedMaterial, StoreError};
use crate::tenant::{KeyId, Scope};

impl Engine {
    /// Lets a key's material be replaced every so many days, or changes how many.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::NotRotatable`], [`Error::OriginUnfit`], [`Error::WrongState`],
    /// [`Error::RotationPeriod`].
    pub async fn set_rotation(&self, scope: &Scope, id: &KeyId, period_days: u32) -> Result<Key, Error> {
        self.change(scope, id, |key, now, policy| key.set_rotation(period_days, now, policy)).await
    }

    /// Lets a key keep its material until somebody asks for another.
    ///
    /// # Errors
    /// As [`Engine::set_rotation`].
    pub async fn stop_rotation(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        self.change(scope, id, |key, _, policy| key.stop_rotation(policy)).await
    }

    /// Gives a key other material at once: fresh material, or what was imported to be rotated to.
    /// What the key had before stays, to open what was made with it.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::NotRotatable`], [`Error::OriginUnfit`], [`Error::WrongState`],
    /// [`Error::RotationLimit`], [`Error::RotationNear`], [`Error::NothingToRotateTo`].
    pub async fn rotate_key(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        let policy = self.policy(scope)?;
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let key = self.load(scope, id, now, policy).await?;
            key.require_rotation(now, policy)?;
            let (mut after, sealed) = match key.origin {
                Origin::Generated => {
                    let (fresh, sealed) = self.fresh_record(&key, now).await?;
                    (key.rotated_on_demand(fresh, now), vec![sealed])
                }
                Origin::Imported => (key.rotated_to_pending(now)?, Vec::new()),
                origin @ (Origin::Module | Origin::Outside) => {
                    return Err(Error::OriginUnfit { key: key.id, origin });
                }
            };
            match self.store.commit_key(&after, &sealed).await {
                Ok(()) => {
                    after.revision += 1;
                    return Ok(after);
                }
                Err(StoreError::Stale) => self.back_off(attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }

    /// The key after the rotations that fell due until `now`, each dated when it was due, and the
    /// bytes to be stored with it; `None` if none is due.
    pub(crate) async fn after_due_rotations(
        &self,
        key: &Key,
        now: Timestamp,
    ) -> Result<Option<(Key, Vec<SealedMaterial>)>, Error> {
        let due = key.due_rotations(now);
        if due.is_empty() {
            return Ok(None);
        }
        let mut after = key.clone();
        let mut bytes = Vec::with_capacity(due.len());
        for at in due {
            let (fresh, sealed) = self.fresh_record(&after, at).await?;
            after = after.rotated_as_due(fresh, at);
            bytes.push(sealed);
        }
        Ok(Some((after, bytes)))
    }

    /// Material that nobody has seen, for a key, as the newest of its materials.
    pub(crate) async fn fresh_record(
        &self,
        key: &Key,
        at: Timestamp,
    ) -> Result<(MaterialRecord, SealedMaterial), Error> {
        let material = self.fresh_material(key.spec).await?;
        let id = self.sealing.fingerprint(&key.scope.tenant, &key.id, &identity(key.spec, &material)?)?;
        let sealed = self.sealing.seal(Purpose::Material, &place(&key.scope, &key.id, &id.0), material.expose())?;
        let record = MaterialRecord {
            id: id.clone(),
            role: MaterialRole::Current,
            present: true,
            imported_at: at,
            expiry: Expiry::Never,
            description: String::new(),
            public_key: public_key(key.spec, &material)?,
            generation: key.next_generation(),
            rotated: None,
        };
        Ok((record, SealedMaterial { id, sealed }))
    }
}
