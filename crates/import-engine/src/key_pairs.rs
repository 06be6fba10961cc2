//! Fresh key pairs without waiting for a prime: a pool that is filled ahead of demand.
//!
//! Pairs lie sealed in the store, so they survive a restart and are shared by replicas; taking one
//! removes it for good. When the pool is empty, callers wait in line, first come first served, and
//! the fillers serve the line before they refill the pool. Nothing is generated on a caller's
//! thread.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use crate::chance::{Chance, row_id};
use crate::error::Error;
use crate::material::Material;
use crate::primitives::generate_wrapping_pair;
use crate::sealing::{Purpose, Sealing};
use crate::spec::WrappingKeySpec;
use crate::store::{Store, StoredKeyPair};

/// How long a caller waits for a pair before it is told to try again.
const WAIT: Duration = Duration::from_secs(45);
/// How many callers may wait for one kind. More are told at once to try again.
const LINE_MAX: usize = 4096;
/// How often an idle filler looks whether another replica has emptied the pool.
const LOOK: Duration = Duration::from_secs(5);

/// A key pair in the open.
#[derive(Debug)]
pub struct KeyPair {
    /// `SubjectPublicKeyInfo`, DER.
    pub public_key: Vec<u8>,
    /// PKCS#8, DER.
    pub private_key: Material,
}

/// How many pairs of each kind to keep ready.
pub type PoolDepths = Vec<(WrappingKeySpec, u64)>;

/// The pool and the line before it.
pub struct KeyPairs {
    store: Arc<dyn Store>,
    sealing: Arc<Sealing>,
    chance: Arc<dyn Chance>,
    depths: PoolDepths,
    lines: Mutex<HashMap<WrappingKeySpec, Line>>,
    wake: Notify,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<oneshot::Sender<KeyPair>>,
    /// Pairs being generated for this line right now.
    in_the_making: usize,
}

impl KeyPairs {
    /// A pool over a store. It stays empty until a [`KeyPairs::fill`] runs.
    pub fn new(store: Arc<dyn Store>, sealing: Arc<Sealing>, chance: Arc<dyn Chance>, depths: PoolDepths) -> Self {
        Self { store, sealing, chance, depths, lines: Mutex::default(), wake: Notify::new() }
    }

    /// A pair that nobody else ever gets.
    ///
    /// # Errors
    /// [`Error::Busy`] if none came in time.
    pub async fn take(&self, spec: WrappingKeySpec) -> Result<KeyPair, Error> {
        let nobody_waits = self.lines().get(&spec).is_none_or(|line| line.waiting.is_empty());
        if nobody_waits && let Some(stored) = self.store.take_key_pair(spec).await? {
            self.wake.notify_one();
            return self.open(&stored);
        }
        let (sender, receiver) = oneshot::channel();
        {
            let mut lines = self.lines();
            let line = lines.entry(spec).or_default();
            line.waiting.retain(|waiting| !waiting.is_closed());
            if line.waiting.len() >= LINE_MAX {
                return Err(Error::Busy);
            }
            line.waiting.push_back(sender);
        }
        self.wake.notify_waiters();
        self.wake.notify_one();
        match tokio::time::timeout(WAIT, receiver).await {
            Ok(Ok(pair)) => Ok(pair),
            Ok(Err(_)) | Err(_) => Err(Error::Busy),
        }
    }

    /// Adds a pair that was made elsewhere to the pool. Published vectors come with their own
    /// private keys; this is how they go through the same doors as any other pair.
    pub async fn stock(&self, spec: WrappingKeySpec, pair: KeyPair) -> Result<(), Error> {
        let id = row_id(self.chance.as_ref())?;
        let private_key = self.sealing.seal(Purpose::Pool, &pool_place(spec, &id), pair.private_key.expose())?;
        Ok(self.store.put_key_pair(&StoredKeyPair { id, spec, public_key: pair.public_key, private_key }).await?)
    }

    /// How many pairs of each kind are ready now, and how many should be.
    pub async fn depths(&self) -> Result<Vec<(WrappingKeySpec, u64, u64)>, Error> {
        let mut depths = Vec::new();
        for &(spec, wanted) in &self.depths {
            depths.push((spec, self.store.count_key_pairs(spec).await?, wanted));
        }
        Ok(depths)
    }

    /// Serves the line and, as the `lead` filler, keeps the pool full. Runs until dropped. Several
    /// may run; only one should lead, so that an idle server occupies one core at most.
    pub async fn fill(self: Arc<Self>, lead: bool) {
        loop {
            match self.fill_once(lead).await {
                Ok(true) => {}
                Ok(false) => {
                    let _ = tokio::time::timeout(LOOK, self.wake.notified()).await;
                }
                Err(error) => {
                    tracing::error!(cause = ?error, "cannot fill the pool of wrapping keys");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    /// Makes one pair if one is wanted; answers whether it did.
    async fn fill_once(&self, lead: bool) -> Result<bool, Error> {
        if let Some(spec) = self.claim_demand() {
            let made = self.make(spec).await;
            if let Some(line) = self.lines().get_mut(&spec) {
                line.in_the_making = line.in_the_making.saturating_sub(1);
            }
            self.hand_out(spec, made?).await?;
            return Ok(true);
        }
        if lead && let Some(spec) = self.claim_gap().await? {
            let pair = self.make(spec).await?;
            self.hand_out(spec, pair).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// A kind for which more callers wait than pairs are being made.
    fn claim_demand(&self) -> Option<WrappingKeySpec> {
        let mut lines = self.lines();
        for (&spec, line) in lines.iter_mut() {
            line.waiting.retain(|waiting| !waiting.is_closed());
            if line.waiting.len() > line.in_the_making {
                line.in_the_making += 1;
                return Some(spec);
            }
        }
        None
    }

    /// The kind whose pool is emptiest in proportion.
    async fn claim_gap(&self) -> Result<Option<WrappingKeySpec>, Error> {
        let mut gaps = self.depths().await?;
        gaps.retain(|(_, ready, wanted)| ready < wanted);
        Ok(gaps.into_iter().min_by_key(|(_, ready, wanted)| ready * 1000 / wanted).map(|(spec, _, _)| spec))
    }

    async fn make(&self, spec: WrappingKeySpec) -> Result<KeyPair, Error> {
        let (public_key, private_key) =
            tokio::task::spawn_blocking(move || generate_wrapping_pair(spec)).await.map_err(Error::internal)??;
        Ok(KeyPair { public_key, private_key })
    }

    /// Gives a pair to the first who waits, or to the pool.
    async fn hand_out(&self, spec: WrappingKeySpec, mut pair: KeyPair) -> Result<(), Error> {
        while let Some(first) = self.first_in_line(spec) {
            match first.send(pair) {
                Ok(()) => return Ok(()),
                // Whoever waited has gone; the next one gets it.
                Err(returned) => pair = returned,
            }
        }
        self.stock(spec, pair).await
    }

    fn first_in_line(&self, spec: WrappingKeySpec) -> Option<oneshot::Sender<KeyPair>> {
        self.lines().get_mut(&spec)?.waiting.pop_front()
    }

    fn open(&self, stored: &StoredKeyPair) -> Result<KeyPair, Error> {
        let place = pool_place(stored.spec, &stored.id);
        let private_key = self.sealing.open(Purpose::Pool, &place, &stored.private_key.0).map_err(Error::internal)?;
        Ok(KeyPair { public_key: stored.public_key.clone(), private_key })
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<WrappingKeySpec, Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Pairs in the pool have no tenant: its two words stand empty.
fn pool_place(spec: WrappingKeySpec, id: &str) -> [&str; 4] {
    ["", "", spec.word(), id]
}
