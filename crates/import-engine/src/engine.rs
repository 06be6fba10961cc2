//! The engine: holds its tools; each use case is a file in `operations/`.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::chance::Chance;
use crate::clock::{Clock, Timestamp};
use crate::error::Error;
use crate::key::{Key, KeyOperation, MaterialId};
use crate::key_pairs::{KeyPairs, PoolDepths};
use crate::last_uses::LastUses;
use crate::loaded_keys::LoadedKeys;
use crate::material::Material;
use crate::operations::rotate::Stale;
use crate::outside::OutsideKeys;
use crate::policy::{Policies, Policy};
use crate::primitives::LoadedKey;
use crate::sealing::{Purpose, Sealing, place};
use crate::spec::KeyUsage;
use crate::store::{Store, StoreError};
use crate::tenant::{KeyId, Scope, Tenant};

/// How often a change that lost a race is tried again before the caller is told to.
pub(crate) const ATTEMPTS: u32 = 40;

/// What can be set about an engine.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many bad blobs a set of import parameters survives.
    pub failure_budget: u32,
    /// Whether tenants have domain clocks. Without, the domain lives in real time and no clock is
    /// looked up.
    pub domain_clocks: bool,
    /// How many wrapping keys of each kind to keep ready.
    pub pool_depths: PoolDepths,
    /// How many slow computations may run at once.
    pub parallelism: usize,
    /// How many parsed keys to keep in memory.
    pub loaded_keys: usize,
    /// How many access keys a principal may have, those that have ended not counted: whoever makes
    /// temporary ones without end is stopped.
    pub access_keys_per_principal: u64,
}

/// Keys, import, wrapping, expiry: the rules that all vendors share.
pub struct Engine {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) sealing: Arc<Sealing>,
    pub(crate) options: Options,
    pub(crate) uses: LastUses,
    clock: Arc<dyn Clock>,
    policies: Policies,
    key_pairs: Arc<KeyPairs>,
    loaded: LoadedKeys,
    slow_lane: Arc<Semaphore>,
    outside: HashMap<&'static str, Arc<dyn OutsideKeys>>,
}

impl Engine {
    /// An engine over its tools. Wrapping keys come from [`Engine::key_pairs`], whose fillers the
    /// caller starts.
    ///
    /// # Errors
    /// [`Error::Internal`] if the master key has the wrong length.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        master_key: Material,
        policies: Policies,
        options: Options,
    ) -> Result<Self, Error> {
        let sealing = Arc::new(Sealing::new(master_key, chance.clone())?);
        let key_pairs =
            Arc::new(KeyPairs::new(store.clone(), sealing.clone(), chance.clone(), options.pool_depths.clone()));
        let loaded = LoadedKeys::new(options.loaded_keys);
        let slow_lane = Arc::new(Semaphore::new(options.parallelism.max(1)));
        Ok(Self {
            store,
            chance,
            sealing,
            options,
            uses: LastUses::default(),
            clock,
            policies,
            key_pairs,
            loaded,
            slow_lane,
            outside: HashMap::new(),
        })
    }

    /// The same engine, for a vendor whose tenants may have keys that somebody else keeps.
    #[must_use]
    pub fn with_outside(mut self, vendor: &'static str, keys: Arc<dyn OutsideKeys>) -> Self {
        self.outside.insert(vendor, keys);
        self
    }

    /// Who reaches the keys that somebody else keeps for a tenant.
    pub(crate) fn outside(&self, tenant: &Tenant) -> Result<&Arc<dyn OutsideKeys>, Error> {
        let found = self.outside.get(tenant.vendor.as_str());
        found.ok_or_else(|| Error::internal(format!("nobody reaches outside keys of {}", tenant.vendor)))
    }

    /// The pool of wrapping keys.
    pub fn key_pairs(&self) -> &Arc<KeyPairs> {
        &self.key_pairs
    }

    /// The instant that the tenant's domain clock shows.
    pub async fn now(&self, tenant: &Tenant) -> Result<Timestamp, Error> {
        let real = self.clock.now();
        if self.options.domain_clocks { Ok(self.store.domain_clock(tenant).await?.show(real)) } else { Ok(real) }
    }

    /// The instant that the clock of a tenant shows, when that of `here` shows `now`.
    pub(crate) async fn now_there(&self, here: &Tenant, now: Timestamp, there: &Tenant) -> Result<Timestamp, Error> {
        if here == there { Ok(now) } else { self.now(there).await }
    }

    /// The real time, whatever a tenant's domain clock shows.
    pub fn real_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The vendor's rules in a scope.
    pub fn policy(&self, scope: &Scope) -> Result<&'static Policy, Error> {
        self.policies.of(scope)
    }

    /// The key as it is at `now`. A rotation that fell due is made first: by whoever looks at the key,
    /// or at a copy of it, next, once, under the revision that was read.
    pub(crate) async fn load(&self, scope: &Scope, id: &KeyId, now: Timestamp, policy: &Policy) -> Result<Key, Error> {
        let key = self.load_rotated(scope, id, now, policy).await?;
        let Some(primary) = key.primary_to_rotate(now) else { return Ok(key) };
        let there = self.now_there(&scope.tenant, now, &primary.tenant).await?;
        match self.load_rotated(&primary, id, there, policy).await {
            Ok(_) => self.load_rotated(scope, id, now, policy).await,
            Err(Error::KeyNotFound(_)) => Ok(key),
            Err(error) => Err(error),
        }
    }

    async fn load_rotated(&self, scope: &Scope, id: &KeyId, now: Timestamp, policy: &Policy) -> Result<Key, Error> {
        for attempt in 0..ATTEMPTS {
            let stored = self.store.key(scope, id).await?;
            let key = stored.and_then(|key| key.at(now, policy)).ok_or_else(|| Error::KeyNotFound(id.clone()))?;
            let Some((mut rotated, bytes)) = self.after_due_rotations(&key, now).await? else { return Ok(key) };
            match self.commit_rotation(&rotated, &bytes, now).await? {
                Ok(()) => {
                    rotated.revision += 1;
                    return Ok(rotated);
                }
                Err(Stale) => self.back_off(attempt).await?,
            }
        }
        Err(Error::Busy)
    }

    /// Changes a key by a pure function, again from the start whenever somebody else was quicker,
    /// so that the loser of a race gets the answer it would have got by arriving second.
    pub(crate) async fn change<F, R>(&self, scope: &Scope, id: &KeyId, transition: F) -> Result<Key, R>
    where
        F: Fn(Key, Timestamp, &Policy) -> Result<Key, R> + Send + Sync,
        R: From<Error>,
    {
        let policy = self.policy(scope)?;
        let mut has_swept = false;
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let before = self.load(scope, id, now, policy).await?;
            let mut after = transition(before.clone(), now, policy)?;
            if after == before {
                return Ok(after);
            }
            match self.store.commit_key(&after, &[]).await {
                Ok(()) => {
                    after.revision += 1;
                    return Ok(after);
                }
                Err(StoreError::Stale) => self.back_off(attempt).await?,
                Err(StoreError::AlreadyExists) if has_swept => {
                    return Err(Error::NameTaken(after.name.unwrap_or_default()).into());
                }
                Err(StoreError::AlreadyExists) => {
                    // The name may belong to a key whose deletion is due and which no sweep has met.
                    self.sweep_tenant(&scope.tenant, now).await?;
                    has_swept = true;
                }
                Err(error) => return Err(Error::from(error).into()),
            }
        }
        Err(Error::Busy.into())
    }

    /// Waits a little, longer with each attempt and by chance, so that many who lost the same race
    /// do not meet again.
    pub(crate) async fn back_off(&self, attempt: u32) -> Result<(), Error> {
        let mut byte = [0u8; 1];
        self.chance.fill(&mut byte)?;
        let longest_micros = 500u64 << attempt.min(6);
        let wait = longest_micros * u64::from(byte[0]) / 255;
        tokio::time::sleep(std::time::Duration::from_micros(wait)).await;
        Ok(())
    }

    /// A key that may be used for an operation, with its current material ready for use. Looks at
    /// the store each time: a key that another replica disabled or emptied is refused at once.
    pub(crate) async fn usable(
        &self,
        scope: &Scope,
        id: &KeyId,
        operation: KeyOperation,
        usage: KeyUsage,
    ) -> Result<(Key, MaterialId, Arc<LoadedKey>), Error> {
        let key = self.permitted(scope, id, operation, usage).await?;
        let material = match key.current_material() {
            Some(material) if material.present => material.id.clone(),
            // The state table let a key without material through; there is still nothing to use.
            _ => return Err(Error::WrongState { key: key.id.clone(), state: key.state, operation }),
        };
        let loaded = self.loaded_key(&key, &material).await?;
        Ok((key, material, loaded))
    }

    /// A key whose state and usage permit an operation, in the order in which the vendor checks. For
    /// callers that must know the key's kind before they can say what to do with it.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongUsage`], [`Error::WrongState`].
    pub async fn permitted(
        &self,
        scope: &Scope,
        id: &KeyId,
        operation: KeyOperation,
        usage: KeyUsage,
    ) -> Result<Key, Error> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        let key = self.load(scope, id, now, policy).await?;
        let fits = if key.usage == usage {
            Ok(())
        } else {
            Err(Error::WrongUsage { key: key.id.clone(), spec: key.spec, usage: key.usage, operation })
        };
        if policy.usage_before_state {
            fits?;
            key.require(operation, policy)?;
        } else {
            key.require(operation, policy)?;
            fits?;
        }
        Ok(key)
    }

    /// One material of a key, unsealed and parsed. Only this immutable thing is cached; whether it
    /// may be used is asked anew each time.
    pub(crate) async fn loaded_key(&self, key: &Key, material: &MaterialId) -> Result<Arc<LoadedKey>, Error> {
        let address = (key.scope.clone(), key.id.clone(), material.clone());
        if let Some(loaded) = self.loaded.get(&address) {
            return Ok(loaded);
        }
        let sealed = self.store.sealed_material(&key.scope, &key.id, material).await?;
        // It was there a moment ago: somebody deleted it in between.
        let sealed = sealed.ok_or_else(|| Error::KeyNotFound(key.id.clone()))?;
        let place = place(&key.scope, &key.id, &material.0);
        let bytes = self.sealing.open(Purpose::Material, &place, &sealed.0).map_err(Error::internal)?;
        let spec = key.spec;
        let loaded = self.compute(spec.is_asymmetric(), move || LoadedKey::load(spec, &bytes)).await?;
        Ok(self.loaded.put(address, loaded))
    }

    /// Forgets the parsed materials of a key that was disabled, emptied or deleted.
    pub(crate) fn forget(&self, key: &Key) {
        for material in &key.materials {
            self.forget_material(key, &material.id);
        }
    }

    /// Forgets one parsed material of a key.
    pub(crate) fn forget_material(&self, key: &Key, material: &MaterialId) {
        self.loaded.remove(&(key.scope.clone(), key.id.clone(), material.clone()));
    }

    /// Runs a computation: here if it is quick, on a blocking thread if it is slow, at most as many
    /// slow ones at once as there are cores.
    pub(crate) async fn compute<T, F>(&self, slow: bool, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, Error> + Send + 'static,
    {
        if !slow {
            return work();
        }
        let permit = self.slow_lane.clone().acquire_owned().await.map_err(Error::internal)?;
        let result = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        result.await.map_err(Error::internal)?
    }

    /// A place in the slow lane, for a use case that must hold it over several steps.
    pub(crate) async fn slow_place(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Error> {
        self.slow_lane.clone().acquire_owned().await.map_err(Error::internal)
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("options", &self.options).finish_non_exhaustive()
    }
}
