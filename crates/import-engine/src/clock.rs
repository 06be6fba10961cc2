//! What time it is. The only file of the workspace that asks the operating system.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The instant a whole number of seconds after 1970. Saturates instead of overflowing.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Whole milliseconds since 1970, rounded down.
    pub const fn milliseconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// This instant without what is finer than a millisecond. Ends that callers are told are kept
    /// so, because no vendor tells more: what is over is over at the very instant that was told.
    #[must_use]
    pub const fn whole_milliseconds(self) -> Self {
        Self(self.milliseconds().saturating_mul(1_000))
    }

    /// This instant moved by a number of seconds. Saturates instead of overflowing.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

/// Tells the time. A use case reads it once, on its first line.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The operating system's clock: signatures, TLS and the `Date` header live in it.
#[derive(Clone, Copy, Default, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one permitted look at the wall clock")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until it is moved. For tests.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows this instant.
    pub fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Moves the hands forward.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// How a tenant's domain clock relates to the real one.
///
/// Token age, expiry, deletion windows and every timestamp in a body live in the domain clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DomainClock {
    /// It shows the real time.
    #[default]
    Real,
    /// It runs, ahead of (or behind) the real time by so many microseconds.
    Offset(i64),
    /// It stands still at an instant.
    Frozen(Timestamp),
}

impl DomainClock {
    /// What this clock shows while the real one shows `real`.
    pub const fn show(self, real: Timestamp) -> Timestamp {
        match self {
            Self::Real => real,
            Self::Offset(micros) => Timestamp(real.0.saturating_add(micros)),
            Self::Frozen(at) => at,
        }
    }
}
