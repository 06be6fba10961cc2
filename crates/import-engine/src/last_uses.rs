//! The last uses of keys that are not stored yet.
//!
//! A use costs its caller an entry in a table in memory and nothing else. The table is stored every
//! now and then, and when the server stops; other servers on the same store see a use after that.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::clock::Timestamp;
use crate::store::KeyUse;
use crate::tenant::{KeyId, Scope};

/// For how many keys uses are kept at the most before they are stored.
pub(crate) const ROOM: usize = 4096;

/// The table.
#[derive(Default)]
pub(crate) struct LastUses {
    table: Mutex<HashMap<(Scope, KeyId), KeyUse>>,
    /// Since when uses have been kept, in real time.
    pub since: OnceLock<Timestamp>,
}

impl LastUses {
    /// Keeps a use, unless there is no room; answers whether it did.
    pub fn keep(&self, key_use: &KeyUse) -> bool {
        let mut table = self.table();
        let address = (key_use.scope.clone(), key_use.key.clone());
        if table.len() >= ROOM && !table.contains_key(&address) {
            return false;
        }
        table.insert(address, key_use.clone());
        true
    }

    /// The last use of a key that is not stored.
    pub fn of(&self, scope: &Scope, key: &KeyId) -> Option<KeyUse> {
        self.table().get(&(scope.clone(), key.clone())).cloned()
    }

    /// Everything that is not stored.
    pub fn all(&self) -> Vec<KeyUse> {
        self.table().values().cloned().collect()
    }

    /// Drops what was stored, except where something newer has come in the meantime.
    pub fn stored(&self, uses: Vec<KeyUse>) {
        let mut table = self.table();
        for key_use in uses {
            let address = (key_use.scope.clone(), key_use.key.clone());
            if table.get(&address) == Some(&key_use) {
                table.remove(&address);
            }
        }
    }

    fn table(&self) -> MutexGuard<'_, HashMap<(Scope, KeyId), KeyUse>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Tenant;

    fn use_of(key: &str, request: &str) -> KeyUse {
        KeyUse {
            scope: Scope::new(Tenant::new("v", "a"), "r"),
            key: key.into(),
            operation: "sign".into(),
            used_at: Timestamp(1),
            noted_at: Timestamp(2),
            request: request.into(),
            event: "e".into(),
        }
    }

    #[test]
    fn what_came_meanwhile_stays() {
        let uses = LastUses::default();
        assert!(uses.keep(&use_of("k", "1")) && uses.keep(&use_of("l", "1")));
        let taken = uses.all();
        assert!(uses.keep(&use_of("k", "2")));
        uses.stored(taken);
        assert_eq!(uses.all(), [use_of("k", "2")]);
        assert_eq!(uses.of(&use_of("l", "").scope, &"l".into()), None);
    }

    #[test]
    fn there_is_an_end_to_it() {
        let uses = LastUses::default();
        for number in 0..ROOM {
            assert!(uses.keep(&use_of(&number.to_string(), "1")));
        }
        assert!(!uses.keep(&use_of("one more", "1")));
        assert!(uses.keep(&use_of("7", "2")));
        assert_eq!(uses.all().len(), ROOM);
    }
}
