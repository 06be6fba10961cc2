//! Giving a key new material, because it is due or because somebody asks.

use crate::clock::Timestamp;
use crate::engine::{ATTEMPTS, Engine};
use crate::error::Error;
use crate::key::{Expiry, Key, MaterialId, MaterialRecord, MaterialRole};
use crate::multi_region::member;
use crate::policy::Policy;
use crate::primitives::{identity, public_key};
use crate::sealing::{Purpose, place};
use crate::spec::Origin;
use crate::store::{ChangedKey, SealedMaterial, StoreError};
use crate::tenant::{KeyId, Scope};

/// Somebody else was quicker.
pub(crate) struct Stale;

impl Engine {
    /// Lets a key's material be replaced every so many days, or changes how many.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::NotRotatable`], [`Error::OriginUnfit`], [`Error::WrongState`],
    /// [`Error::RotationPeriod`].
    pub async fn set_rotation(&self, scope: &Scope, id: &KeyId, period_days: u32) -> Result<Key, Error> {
        self.change_schedule(scope, id, |key, now, policy| key.set_rotation(period_days, now, policy)).await
    }

    /// Lets a key keep its material until somebody asks for another.
    ///
    /// # Errors
    /// As [`Engine::set_rotation`].
    pub async fn stop_rotation(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        self.change_schedule(scope, id, |key, _, policy| key.stop_rotation(policy)).await
    }

    /// [`Engine::set_rotation`] of a key that is not rotated yet.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], those of [`Key::start_rotation`].
    pub async fn start_rotation(&self, scope: &Scope, id: &KeyId, period_days: u32) -> Result<Key, Error> {
        self.change_schedule(scope, id, |key, now, policy| key.start_rotation(period_days, now, policy)).await
    }

    /// [`Engine::set_rotation`] of a key that is rotated already.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], those of [`Key::change_rotation`].
    pub async fn change_rotation(&self, scope: &Scope, id: &KeyId, period_days: u32) -> Result<Key, Error> {
        self.change_schedule(scope, id, |key, now, policy| key.change_rotation(period_days, now, policy)).await
    }

    /// [`Engine::stop_rotation`] of a key that is rotated.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], those of [`Key::end_rotation`].
    pub async fn end_rotation(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        self.change_schedule(scope, id, |key, _, policy| key.end_rotation(policy)).await
    }

    /// Gives a key other material at once: fresh material, or what was imported to be rotated to.
    /// What the key had before stays, to open what was made with it.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], those of [`Key::require_rotation`], [`Error::NothingToRotateTo`].
    pub async fn rotate_key(&self, scope: &Scope, id: &KeyId) -> Result<Key, Error> {
        let policy = self.policy(scope)?;
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let key = self.load(scope, id, now, policy).await?;
            key.require_rotation(now, policy)?;
            let (mut after, sealed) = match key.origin {
                Origin::Generated => {
                    let (fresh, sealed) = self.fresh_record(&key, now).await?;
                    (key.rotated_on_demand(fresh, now, policy), vec![sealed])
                }
                Origin::Imported => {
                    self.require_brought_everywhere(&key, now).await?;
                    (key.rotated_to_pending(now)?, Vec::new())
                }
                origin @ (Origin::Module | Origin::Outside) => {
                    return Err(Error::OriginUnfit { key: key.id, origin });
                }
            };
            match self.commit_rotation(&after, &sealed, now).await? {
                Ok(()) => {
                    after.revision += 1;
                    return Ok(after);
                }
                Err(Stale) => self.back_off(attempt).await?,
            }
        }
        Err(Error::Busy)
    }

    /// Stores a key that was rotated, and its copies in other regions with it: all of them or none.
    pub(crate) async fn commit_rotation(
        &self,
        after: &Key,
        bytes: &[SealedMaterial],
        now: Timestamp,
    ) -> Result<Result<(), Stale>, Error> {
        let outcome = if after.multi_region.is_none() {
            self.store.commit_key(after, bytes).await
        } else {
            let mut changed = Vec::new();
            for member in self.load_members(&after.scope, &after.id, now).await? {
                if member.scope == after.scope {
                    changed.push(ChangedKey { key: after.clone(), materials: bytes.to_vec() });
                } else {
                    let materials = self.resealed(after, bytes, &member.scope)?;
                    changed.push(ChangedKey { key: member.rotated_with(after), materials });
                }
            }
            self.store.commit_members(&changed, None).await
        };
        match outcome {
            Ok(()) => Ok(Ok(())),
            Err(StoreError::Stale) => Ok(Err(Stale)),
            Err(error) => Err(error.into()),
        }
    }

    /// Bytes of a key, sealed to the place of its copy in another region.
    pub(crate) fn resealed(
        &self,
        key: &Key,
        bytes: &[SealedMaterial],
        to: &Scope,
    ) -> Result<Vec<SealedMaterial>, Error> {
        let reseal = |material: &SealedMaterial| {
            let id = &material.id;
            let here = place(&key.scope, &key.id, &id.0);
            let plain = self.sealing.open(Purpose::Material, &here, &material.sealed.0).map_err(Error::internal)?;
            let sealed = self.sealing.seal(Purpose::Material, &place(to, &key.id, &id.0), plain.expose())?;
            Ok(SealedMaterial { id: id.clone(), sealed })
        };
        bytes.iter().map(reseal).collect()
    }

    /// Refuses unless the material that waits was brought to all copies of the key.
    async fn require_brought_everywhere(&self, key: &Key, now: Timestamp) -> Result<(), Error> {
        let waiting = key.materials.iter().find(|material| material.role == MaterialRole::PendingRotation);
        let Some(waiting) = waiting.filter(|_| key.multi_region.is_some()) else { return Ok(()) };
        let members = self.load_members(&key.scope, &key.id, now).await?;
        let has_it = |member: &Key| member.material(&waiting.id).is_some_and(|material| material.present);
        if members.iter().all(has_it) { Ok(()) } else { Err(Error::NothingToRotateTo(key.id.clone())) }
    }

    /// The key, with material that waits for a rotation told apart by whether all copies of the key
    /// have it.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`].
    pub async fn with_waiting_told(&self, mut key: Key) -> Result<Key, Error> {
        let now = self.now(&key.scope.tenant).await?;
        match self.require_brought_everywhere(&key, now).await {
            Ok(()) => {}
            Err(Error::NothingToRotateTo(_)) => {
                let waiting = key.materials.iter_mut().filter(|material| !material.role.is_permanent());
                waiting.for_each(|material| material.role = MaterialRole::PendingReplication);
            }
            Err(error) => return Err(error),
        }
        Ok(key)
    }

    /// A copy of a key learns of material that its primary was given, as soon as it is brought to it.
    pub(crate) async fn with_material_of_primary(
        &self,
        mut key: Key,
        id: &MaterialId,
        now: Timestamp,
    ) -> Result<Key, Error> {
        let Some(regions) = key.multi_region.as_ref().filter(|_| key.is_replica() && key.material(id).is_none()) else {
            return Ok(key);
        };
        let primary = regions.primary.clone();
        let there = self.now_there(&key.scope.tenant, now, &primary.tenant).await?;
        let primary = match self.load(&primary, &key.id, there, self.policy(&primary)?).await {
            Err(Error::KeyNotFound(_)) => return Ok(key),
            other => other?,
        };
        if let Some(known) = primary.material(id) {
            let (expiry, description) = (Expiry::Never, String::new());
            key.materials.push(MaterialRecord { present: false, expiry, description, ..known.clone() });
        }
        Ok(key)
    }

    /// Changes when a key is rotated, and its copies in other regions with it.
    async fn change_schedule<F>(&self, scope: &Scope, id: &KeyId, transition: F) -> Result<Key, Error>
    where
        F: Fn(Key, Timestamp, &Policy) -> Result<Key, Error> + Send + Sync,
    {
        let is_single = self.describe_key(scope, id).await?.multi_region.is_none();
        // A key that can get copies at any time is looked at as one that may have some by now.
        if is_single && !self.policy(scope)?.replicas.any_key {
            return self.change(scope, id, transition).await;
        }
        self.change_members(scope, id, |members, now, policy| {
            let schedule = transition(member(members, &scope.region)?.clone(), now, policy)?.rotation;
            members.iter_mut().for_each(|member| member.rotation = schedule);
            Ok(())
        })
        .await
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
        let id = self.sealing.fingerprint(key.home(), &key.id, &identity(key.spec, &material)?)?;
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
