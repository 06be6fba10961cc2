//! Locking an access id out after failures in a row.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use import_engine::Timestamp;
use lru::LruCache;

/// How many access ids are remembered. The one that was not tried for longest is forgotten first.
const ROOM: usize = 16_384;

/// Who has failed lately. Known to this gateway only.
pub struct Lockout {
    failures_max: u32,
    seconds: i64,
    failed: Mutex<LruCache<String, Failures>>,
}

#[derive(Clone, Copy)]
struct Failures {
    in_a_row: u32,
    last_at: Timestamp,
}

impl Lockout {
    /// After so many failures in a row an access id is locked out for so many seconds.
    pub fn new(failures_max: u32, seconds: i64) -> Self {
        let room = NonZeroUsize::new(ROOM).unwrap_or(NonZeroUsize::MIN);
        Self { failures_max, seconds, failed: Mutex::new(LruCache::new(room)) }
    }

    /// Whether an access id is locked out. One whose time is over begins anew.
    pub fn holds(&self, access_id: &str, now: Timestamp) -> bool {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(failures) = failed.get(access_id).copied() else { return false };
        if failures.in_a_row < self.failures_max {
            return false;
        }
        let is_over = failures.last_at.plus_seconds(self.seconds) <= now;
        if is_over {
            failed.pop(access_id);
        }
        !is_over
    }

    /// Notes a failure. Of known access ids only, so that nobody fills the memory with others.
    pub fn note_failure(&self, access_id: &str, now: Timestamp) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let in_a_row = failed.get(access_id).map_or(0, |failures| failures.in_a_row).saturating_add(1);
        failed.put(access_id.to_owned(), Failures { in_a_row, last_at: now });
    }

    /// Notes a success: what failed before no longer counts.
    pub fn note_success(&self, access_id: &str) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).pop(access_id);
    }
}

impl std::fmt::Debug for Lockout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lockout")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_lock_out_for_a_while() {
        let (lockout, at) = (Lockout::new(3, 300), Timestamp::from_seconds);
        for second in 0..2 {
            lockout.note_failure("a", at(second));
            assert!(!lockout.holds("a", at(second)));
        }
        lockout.note_success("a");
        for second in 0..3 {
            assert!(!lockout.holds("a", at(second)));
            lockout.note_failure("a", at(second));
        }
        assert!(lockout.holds("a", at(3)));
        assert!(!lockout.holds("b", at(3)));
        assert!(lockout.holds("a", at(301)));
        assert!(!lockout.holds("a", at(302)));
        lockout.note_failure("a", at(303));
        assert!(!lockout.holds("a", at(303)));
    }
}
