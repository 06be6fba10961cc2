//! Keys in several regions.

use crate::clock::Timestamp;
use crate::engine::{ATTEMPTS, Engine};
use crate::error::Error;
use crate::key::Key;
use crate::multi_region::{self, NewReplica, member};
use crate::policy::Policy;
use crate::sealing::{Purpose, place};
use crate::store::{ChangedKey, SealedMaterial, StoreError};
use crate::tenant::{KeyId, Scope};

impl Engine {
    /// A key with its copies in other regions, itself among them, each as it is now, in the order
    /// of regions. A key that can live in one region only is alone.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`] if the scope has no such key.
    pub async fn members(&self, scope: &Scope, id: &KeyId) -> Result<Vec<Key>, Error> {
        let now = self.now(&scope.tenant).await?;
        self.load_members(scope, id, now).await
    }

    /// Makes a copy of a primary in another region, which may be another tenant's of the vendor: whether
    /// the caller may make keys there is for the dialect to say. Generated material comes with it; imported
    /// material does where the vendor has it so, and must otherwise be brought once more, and be the
    /// same. Until it has settled, the copy is being made; the answer is how it is then.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::NotPrimary`], [`Error::WrongState`], [`Error::OriginUnfit`],
    /// [`Error::MemberExists`], [`Error::TooManyKeys`], [`Error::NameTaken`].
    pub async fn replicate_key(&self, scope: &Scope, id: &KeyId, new: NewReplica) -> Result<Key, Error> {
        let policy = self.policy(scope)?;
        let mut has_swept = false;
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let there = self.now_there(&scope.tenant, now, &new.scope.tenant).await?;
            let mut members = self.load_members(scope, id, now).await?;
            if policy.replicas.any_key {
                multi_region::begin(&mut members, scope);
            }
            let key = multi_region::replica(&members, &scope.region, new.clone(), there, policy)?;
            self.require_room_for_key(&key.scope, there, None).await?;
            let materials = self.reseal(member(&members, &scope.region)?, &key.scope, &key).await?;
            let copy = ChangedKey { key, materials };
            match self.store.commit_members(&unchanged(members), Some(&copy)).await {
                Ok(()) => return Ok(copy.key),
                Err(StoreError::Stale) => self.back_off(attempt).await?,
                Err(StoreError::AlreadyExists) if has_swept => {
                    return Err(match (self.store.key(&new.scope, id).await?, new.name) {
                        (None, Some(name)) => Error::NameTaken(name),
                        _ => Error::MemberExists { key: id.clone(), region: new.scope.region },
                    });
                }
                Err(StoreError::AlreadyExists) => {
                    // An earlier copy, or a key of the name, whose deletion is due and which no sweep has met.
                    self.sweep_tenant(&new.scope.tenant, there).await?;
                    has_swept = true;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }

    /// Makes the replica in another region the primary, and the primary a replica. Both are being
    /// updated for so many seconds.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::NotPrimary`], [`Error::WrongState`],
    /// [`Error::AlreadyPrimary`], [`Error::NoReplica`], [`Error::ReplicaState`].
    pub async fn move_primary(
        &self,
        scope: &Scope,
        id: &KeyId,
        region: &str,
        settling_seconds: u32,
    ) -> Result<Key, Error> {
        self.change_members(scope, id, |members, now, policy| {
            let settled = now.plus_seconds(settling_seconds.into());
            multi_region::move_primary(members, &scope.region, region, settled, policy)
        })
        .await
    }

    /// Changes a key together with its copies in other regions, as [`Engine::change`] does one key
    /// alone. All of them are stored, changed or not, so that whatever was decided by looking at
    /// one still holds.
    pub(crate) async fn change_members<F>(&self, scope: &Scope, id: &KeyId, transition: F) -> Result<Key, Error>
    where
        F: Fn(&mut [Key], Timestamp, &Policy) -> Result<(), Error> + Send + Sync,
    {
        let policy = self.policy(scope)?;
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let mut members = self.load_members(scope, id, now).await?;
            transition(&mut members, now, policy)?;
            let mut after = member(&members, &scope.region)?.clone();
            match self.store.commit_members(&unchanged(members), None).await {
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

    /// The members of a key, each as it is when its own tenant's clock is asked.
    pub(crate) async fn load_members(&self, scope: &Scope, id: &KeyId, now: Timestamp) -> Result<Vec<Key>, Error> {
        let mut members = Vec::new();
        for key in self.store.members(scope, id).await? {
            let policy = self.policy(&key.scope)?;
            let there = self.now_there(&scope.tenant, now, &key.scope.tenant).await?;
            members.extend(key.at(there, policy));
        }
        if members.iter().any(|member| member.scope == *scope) {
            Ok(members)
        } else {
            Err(Error::KeyNotFound(id.clone()))
        }
    }

    /// The bytes of a key's materials that are there in a copy of it, sealed to the copy's place.
    async fn reseal(&self, from: &Key, to: &Scope, copy: &Key) -> Result<Vec<SealedMaterial>, Error> {
        let mut resealed = Vec::new();
        for material in copy.materials.iter().filter(|material| material.present) {
            let id = &material.id;
            let sealed = self.store.sealed_material(&from.scope, &from.id, id).await?;
            // It was there a moment ago: somebody deleted it in between.
            let sealed = sealed.ok_or_else(|| Error::KeyNotFound(from.id.clone()))?;
            let here = place(&from.scope, &from.id, &id.0);
            let bytes = self.sealing.open(Purpose::Material, &here, &sealed.0).map_err(Error::internal)?;
            let there = place(to, &from.id, &id.0);
            let sealed = self.sealing.seal(Purpose::Material, &there, bytes.expose())?;
            resealed.push(SealedMaterial { id: id.clone(), sealed });
        }
        Ok(resealed)
    }
}

fn unchanged(members: Vec<Key>) -> Vec<ChangedKey> {
    members.into_iter().map(|key| ChangedKey { key, materials: Vec::new() }).collect()
}
