//! Signatures that were seen, and what for.
//!
//! The vendor's SDKs sign neither the action nor the region nor the version. Who overhears a
//! request could therefore send it again as another action with the same body, as long as its
//! timestamp is good. So a signature that has reached one of them is refused for another.
//!
//! One thing has to be let through: the timestamp has whole seconds, and so an honest client that
//! makes two different calls with the same body within a second (DisableKey and DescribeKey of one
//! key, say) signs both alike. Such calls are fresh requests of an SDK, shortly one after the
//! other; a copy made later is not.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use import_engine::Timestamp;

use crate::errors::Refusal;

/// How long after its first sight a signature may come from an honest client again, in
/// microseconds: the second that the timestamp leaves open, and as much for the way.
const FRESH_MICROS: i64 = 2_000_000;

/// To how many different targets a signature may go within that time.
const TARGETS_MAX: usize = 64;

/// What a request presents besides a valid signature.
pub(crate) struct Sight<'a> {
    /// The access id. It is not signed either, and two of them may share a secret.
    pub secret_id: &'a str,
    /// The signature that was verified.
    pub signature: &'a str,
    /// Action, region, version.
    pub target: (&'a str, &'a str, &'a str),
    /// `X-TC-TraceId`, which some SDKs make anew for each request.
    pub trace_id: Option<&'a str>,
    /// Whether `X-TC-RequestClient` names one of the vendor's SDKs, not all of which send a trace id.
    pub is_from_sdk: bool,
}

/// Stands for one remembered use of a signature.
#[derive(Debug, PartialEq)]
pub(crate) struct Mark {
    signature: u64,
    target: u64,
}

/// A bounded memory of signatures.
pub(crate) struct SeenSignatures {
    hasher: RandomState,
    /// Most signatures in one generation.
    generation_max: usize,
    /// How long a generation grows, in seconds: as long as any signature stays good.
    generation_seconds: i64,
    generations: Mutex<Generations>,
}

/// Two generations: when the young one is old or full, it becomes the old one, and the old one is
/// forgotten. So a signature is remembered for at least one generation's time.
struct Generations {
    young: HashMap<u64, Sighting>,
    old: HashMap<u64, Sighting>,
    turned_at: Timestamp,
}

struct Sighting {
    at: Timestamp,
    uses: Vec<Use>,
}

#[derive(Clone, Copy)]
struct Use {
    target: u64,
    trace_id: Option<u64>,
}

impl SeenSignatures {
    /// An empty memory for `capacity` signatures that are good for `lifetime_seconds` at most.
    pub fn new(capacity: usize, lifetime_seconds: i64) -> Self {
        let generations = Generations { young: HashMap::new(), old: HashMap::new(), turned_at: Timestamp(0) };
        Self {
            hasher: RandomState::new(),
            generation_max: (capacity / 2).max(1),
            generation_seconds: lifetime_seconds,
            generations: Mutex::new(generations),
        }
    }

    /// Remembers a signature; answers a mark if it was not known to have been used for this.
    ///
    /// # Errors
    /// [`Refusal::SignatureFailure`] if it was seen for something else and is not an honest
    /// client's second call of the same second.
    pub fn admit(&self, sight: &Sight<'_>, now: Timestamp) -> Result<Option<Mark>, Refusal> {
        let signature = self.hasher.hash_one((sight.secret_id, sight.signature));
        let target = self.hasher.hash_one(sight.target);
        let this = Use { target, trace_id: sight.trace_id.map(|trace_id| self.hasher.hash_one(trace_id)) };
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.turn(self.generation_max, self.generation_seconds, now);
        let is_new = match generations.find(signature) {
            Some(sighting) => sighting.admit(this, sight.is_from_sdk, now)?,
            None => {
                generations.young.insert(signature, Sighting { at: now, uses: vec![this] });
                true
            }
        };
        Ok(is_new.then_some(Mark { signature, target }))
    }

    /// Takes back a use: the request was refused before it reached its action.
    pub fn forget(&self, mark: &Mark) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sighting) = generations.find(mark.signature) {
            sighting.uses.retain(|seen| seen.target != mark.target);
        }
    }
}

impl Generations {
    fn turn(&mut self, generation_max: usize, generation_seconds: i64, now: Timestamp) {
        let is_old = now >= self.turned_at.plus_seconds(generation_seconds);
        if is_old || self.young.len() >= generation_max {
            self.old = std::mem::take(&mut self.young);
            self.turned_at = now;
        }
    }

    fn find(&mut self, signature: u64) -> Option<&mut Sighting> {
        self.young.get_mut(&signature).or_else(|| self.old.get_mut(&signature))
    }
}

impl Sighting {
    /// Whether this use is new, if it is admitted.
    fn admit(&mut self, this: Use, is_from_sdk: bool, now: Timestamp) -> Result<bool, Refusal> {
        if self.uses.iter().any(|seen| seen.target == this.target) {
            return Ok(false);
        }
        let is_fresh = now.0 - self.at.0 <= FRESH_MICROS && self.uses.len() < TARGETS_MAX;
        let is_own_request = match this.trace_id {
            Some(trace_id) => self.uses.iter().all(|seen| seen.trace_id != Some(trace_id)),
            None => is_from_sdk,
        };
        if !(self.uses.is_empty() || is_fresh && is_own_request) {
            return Err(Refusal::SignatureFailure);
        }
        self.uses.push(this);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight<'a>(signature: &'a str, action: &'a str, trace_id: Option<&'a str>) -> Sight<'a> {
        Sight {
            secret_id: "AKID1",
            signature,
            target: (action, "ap-guangzhou", "2019-01-18"),
            trace_id,
            is_from_sdk: false,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_700_000_000 + seconds)
    }

    #[test]
    fn the_same_again_is_fine_and_another_is_not() {
        let seen = SeenSignatures::new(100, 600);
        assert!(seen.admit(&sight("s", "DescribeKey", None), at(0)).is_ok());
        assert!(seen.admit(&sight("s", "DescribeKey", None), at(299)).is_ok());
        for seconds in [0, 1, 299, 599] {
            let refused = seen.admit(&sight("s", "DisableKey", None), at(seconds));
            assert_eq!(refused, Err(Refusal::SignatureFailure), "{seconds}");
        }
        let elsewhere = Sight {
            secret_id: "AKID1",
            signature: "s",
            target: ("DescribeKey", "ap-singapore", "2019-01-18"),
            trace_id: None,
            is_from_sdk: false,
        };
        assert_eq!(seen.admit(&elsewhere, at(0)), Err(Refusal::SignatureFailure));
    }

    #[test]
    fn calls_of_one_second_by_an_sdk_pass() {
        let seen = SeenSignatures::new(100, 600);
        assert!(seen.admit(&sight("s", "DisableKey", Some("a")), at(0)).is_ok());
        assert_eq!(seen.admit(&sight("s", "DescribeKey", Some("a")), at(0)), Err(Refusal::SignatureFailure));
        assert!(seen.admit(&sight("s", "DescribeKey", Some("b")), at(1)).is_ok());
        assert_eq!(seen.admit(&sight("s", "EnableKey", Some("c")), at(3)), Err(Refusal::SignatureFailure));
        // An SDK without trace ids.
        let again = Sight { is_from_sdk: true, ..sight("s", "EnableKey", None) };
        assert!(seen.admit(&again, at(1)).is_ok());
    }

    #[test]
    fn what_never_reached_its_action_does_not_count() {
        let seen = SeenSignatures::new(100, 600);
        let mark = seen.admit(&sight("s", "Bogus", None), at(0)).unwrap().unwrap();
        seen.forget(&mark);
        assert!(seen.admit(&sight("s", "DescribeKey", None), at(0)).unwrap().is_some());
        // The same again is not new, and therefore not to be forgotten by whoever sent it.
        assert_eq!(seen.admit(&sight("s", "DescribeKey", None), at(0)), Ok(None));
        assert_eq!(seen.admit(&sight("s", "DisableKey", None), at(0)), Err(Refusal::SignatureFailure));
    }

    #[test]
    fn two_callers_of_one_secret_do_not_meet() {
        let seen = SeenSignatures::new(100, 600);
        assert!(seen.admit(&sight("s", "DescribeKey", None), at(0)).is_ok());
        let other = Sight { secret_id: "AKID2", ..sight("s", "DisableKey", None) };
        assert!(seen.admit(&other, at(0)).is_ok());
    }

    #[test]
    fn the_memory_is_bounded_and_forgets_the_oldest() {
        let seen = SeenSignatures::new(4, 600);
        for signature in ["a", "b", "c", "d", "e"] {
            assert!(seen.admit(&sight(signature, "DescribeKey", None), at(0)).is_ok());
        }
        assert_eq!(seen.admit(&sight("e", "DisableKey", None), at(0)), Err(Refusal::SignatureFailure));
        assert!(seen.admit(&sight("a", "DisableKey", None), at(0)).is_ok());
    }

    #[test]
    fn it_forgets_with_time() {
        let seen = SeenSignatures::new(100, 600);
        assert!(seen.admit(&sight("a", "DescribeKey", None), at(0)).is_ok());
        assert!(seen.admit(&sight("b", "DescribeKey", None), at(600)).is_ok());
        assert_eq!(seen.admit(&sight("a", "DisableKey", None), at(600)), Err(Refusal::SignatureFailure));
        assert!(seen.admit(&sight("b", "DescribeKey", None), at(1300)).is_ok());
        assert!(seen.admit(&sight("a", "DisableKey", None), at(1300)).is_ok());
    }
}
