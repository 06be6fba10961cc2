//! Parsed keys kept in memory: a parsed RSA key is twice as quick as one that is parsed per call.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use crate::key::MaterialId;
use crate::primitives::LoadedKey;
use crate::tenant::{KeyId, Scope};

/// Names one material of one key.
pub(crate) type Address = (Scope, KeyId, MaterialId);

/// A bounded cache of unsealed, parsed, immutable material. Says nothing about whether it may be
/// used: that is asked of the store on every call.
pub(crate) struct LoadedKeys(Mutex<LruCache<Address, Arc<LoadedKey>>>);

impl LoadedKeys {
    /// Room for so many.
    pub fn new(room: usize) -> Self {
        Self(Mutex::new(LruCache::new(NonZeroUsize::new(room).unwrap_or(NonZeroUsize::MIN))))
    }

    pub fn get(&self, address: &Address) -> Option<Arc<LoadedKey>> {
        self.cache().get(address).cloned()
    }

    pub fn put(&self, address: Address, loaded: LoadedKey) -> Arc<LoadedKey> {
        let loaded = Arc::new(loaded);
        self.cache().put(address, loaded.clone());
        loaded
    }

    pub fn remove(&self, address: &Address) {
        self.cache().pop(address);
    }

    fn cache(&self) -> MutexGuard<'_, LruCache<Address, Arc<LoadedKey>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
