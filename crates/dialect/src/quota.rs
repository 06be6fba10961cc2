//! Request quotas: token buckets, one for each group of operations of each account in each region.
//!
//! A bucket holds what may be asked for within one second (at least one request), starts full and
//! fills as the caller's domain clock goes on. Which operations make a group, and what a group may,
//! is the dialect's table.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use import_engine::{Error, Scope, Timestamp};
use lru::LruCache;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, Visitor};

use crate::call::Call;

/// How many buckets are remembered. The one that was not touched for longest is forgotten first,
/// which only forgives what was taken from it.
const ROOM: usize = 65_536;

/// What one request takes out of a bucket. A rate of one thousandth of a request per second fills
/// in one of these per microsecond.
const REQUEST: i128 = 1_000_000_000;

/// How many requests per second are allowed, to the thousandth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Rate(u32);

impl Rate {
    /// So many requests per second.
    pub const fn per_second(requests: u32) -> Self {
        Self(requests.saturating_mul(1000))
    }

    /// So many requests per thousand seconds.
    pub const fn per_thousand_seconds(requests: u32) -> Self {
        Self(requests)
    }

    /// How many requests a full bucket holds.
    pub const fn whole_requests(self) -> u32 {
        if self.0 < 1000 { 1 } else { self.0 / 1000 }
    }

    /// What a full bucket holds.
    fn burst(self) -> i128 {
        (i128::from(self.0) * 1_000_000).max(REQUEST)
    }

    /// What comes in while the clock goes from one instant to another; nothing if it goes back.
    fn income(self, from: Timestamp, to: Timestamp) -> i128 {
        i128::from(to.0.saturating_sub(from.0).max(0)) * i128::from(self.0)
    }
}

/// As it is said to callers: a whole number, or one with a fraction.
impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{}.{:03}", self.0 / 1000, self.0 % 1000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// A number above zero, whole or with a fraction, or the same as text.
impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = f64;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number of requests per second")
            }
            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<f64, E> {
                Ok(value)
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<f64, E> {
                i32::try_from(value).map(f64::from).map_err(E::custom)
            }
            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<f64, E> {
                i32::try_from(value).map(f64::from).map_err(E::custom)
            }
            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<f64, E> {
                value.parse().map_err(E::custom)
            }
        }
        let thousandths = (deserializer.deserialize_any(Number)? * 1000.0).round();
        if thousandths >= 1.0 && thousandths <= f64::from(u32::MAX) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked on the line before")]
            let thousandths = thousandths as u32;
            Ok(Self(thousandths))
        } else {
            Err(D::Error::custom("a rate is between 0.001 and 4294967 requests per second"))
        }
    }
}

/// Rates by names of which only some exist: `known` answers the name that a word stands for.
///
/// # Errors
/// A word that stands for nothing, and what is no rate.
pub fn rates_by_name<'de, D: Deserializer<'de>>(
    deserializer: D,
    known: impl Fn(&str) -> Option<&'static str>,
) -> Result<BTreeMap<&'static str, Rate>, D::Error> {
    let given = BTreeMap::<String, Rate>::deserialize(deserializer)?;
    given
        .into_iter()
        .map(|(word, rate)| match known(&word) {
            Some(name) => Ok((name, rate)),
            None => Err(D::Error::custom(format!("nothing that is called {word} has a quota"))),
        })
        .collect()
}

/// The word for an operation in settings: `CreateKey` is `create_key`.
pub fn snake_case(operation: &str) -> String {
    let mut word = String::with_capacity(operation.len() + 8);
    for letter in operation.chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

#[derive(Clone, Copy)]
struct Bucket {
    /// What is in it, in parts of [`REQUEST`].
    level: i128,
    /// When that was so.
    at: Timestamp,
}

/// The buckets of all callers.
pub struct Buckets(Mutex<LruCache<(Scope, &'static str), Bucket>>);

impl Buckets {
    /// All of them full.
    pub fn new() -> Self {
        Self(Mutex::new(LruCache::new(NonZeroUsize::new(ROOM).unwrap_or(NonZeroUsize::MIN))))
    }

    /// Charges a call's account with one request of each of the groups, in the call's region and by
    /// its domain clock. Answers whether they allowed for it.
    ///
    /// # Errors
    /// What the store says when the clock is looked up.
    pub async fn charge(&self, call: &Call, groups: &[(&'static str, Rate)]) -> Result<bool, Error> {
        let now = call.engine.now(&call.scope.tenant).await?;
        Ok(self.take(&call.scope, groups, now))
    }

    /// Takes one request out of each of the groups' buckets of a caller if all of them hold one,
    /// otherwise out of none. `now` is an instant of the caller's domain clock.
    pub fn take(&self, caller: &Scope, groups: &[(&'static str, Rate)], now: Timestamp) -> bool {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut levels = Vec::with_capacity(groups.len());
        for (group, rate) in groups {
            let level = match buckets.get(&(caller.clone(), *group)) {
                None => rate.burst(),
                Some(bucket) => (bucket.level + rate.income(bucket.at, now)).min(rate.burst()),
            };
            levels.push((*group, level));
        }
        let suffices = levels.iter().all(|(_, level)| *level >= REQUEST);
        let price = if suffices { REQUEST } else { 0 };
        for (group, level) in levels {
            // Whatever the answer: a clock that was set back must find the bucket at its own time.
            buckets.put((caller.clone(), group), Bucket { level: level - price, at: now });
        }
        suffices
    }
}

impl Default for Buckets {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Buckets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Buckets")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use import_engine::Tenant;

    fn caller(account: &str) -> Scope {
        Scope::new(Tenant::new("v", account), "r")
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp(milliseconds * 1000)
    }

    #[test]
    fn a_second_holds_so_many_and_no_more() {
        let (buckets, three) = (Buckets::new(), [("g", Rate::per_second(3))]);
        let take = |now| buckets.take(&caller("a"), &three, at(now));
        assert_eq!([take(0), take(0), take(0), take(0)], [true, true, true, false]);
        assert_eq!([take(333), take(334), take(334)], [false, true, false]);
        // What is not used is lost: a bucket is never more than full.
        assert_eq!([take(9000), take(9000), take(9000), take(9000)], [true, true, true, false]);
    }

    #[test]
    fn slow_rates_hold_one() {
        let (buckets, quarter) = (Buckets::new(), [("g", Rate::per_thousand_seconds(250))]);
        let take = |now| buckets.take(&caller("a"), &quarter, at(now));
        assert_eq!([take(0), take(0), take(3999), take(4000), take(4001)], [true, false, false, true, false]);
    }

    #[test]
    fn callers_and_groups_have_their_own() {
        let (buckets, one) = (Buckets::new(), Rate::per_second(1));
        for (account, group) in [("a", "g"), ("b", "g"), ("a", "h")] {
            assert!(buckets.take(&caller(account), &[(group, one)], at(0)));
            assert!(!buckets.take(&caller(account), &[(group, one)], at(0)));
        }
        assert!(buckets.take(&Scope::new(Tenant::new("v", "a"), "q"), &[("g", one)], at(0)));
    }

    #[test]
    fn of_two_groups_both_are_charged_or_none() {
        let buckets = Buckets::new();
        let (one, two) = (("g", Rate::per_second(1)), ("h", Rate::per_second(2)));
        assert!(buckets.take(&caller("a"), &[one, two], at(0)));
        assert!(!buckets.take(&caller("a"), &[one, two], at(0)));
        assert!(buckets.take(&caller("a"), &[two], at(0)));
        assert!(!buckets.take(&caller("a"), &[two], at(0)));
    }

    #[test]
    fn a_clock_that_goes_back_brings_nothing() {
        let (buckets, one) = (Buckets::new(), [("g", Rate::per_second(1))]);
        assert!(buckets.take(&caller("a"), &one, at(10_000)));
        assert!(!buckets.take(&caller("a"), &one, at(0)));
        // From there on it fills as usual.
        assert!(!buckets.take(&caller("a"), &one, at(999)));
        assert!(buckets.take(&caller("a"), &one, at(1000)));
    }

    #[test]
    fn rates_are_said_as_numbers() {
        for (rate, text, whole) in [
            (Rate::per_second(20), "20", 20),
            (Rate::per_thousand_seconds(250), "0.25", 1),
            (Rate::per_thousand_seconds(2500), "2.5", 2),
        ] {
            assert_eq!((rate.to_string().as_str(), rate.whole_requests()), (text, whole));
        }
    }

    #[test]
    fn rates_are_numbers_above_zero() {
        let rate = |text| serde_json::from_str::<Rate>(text).ok();
        assert_eq!(rate("5"), Some(Rate::per_second(5)));
        assert_eq!(rate("0.25"), Some(Rate::per_thousand_seconds(250)));
        assert_eq!(rate("\"0.1\""), Some(Rate::per_thousand_seconds(100)));
        for bad in ["0", "-1", "0.0001", "1e30", "\"x\"", "true", "null", "99999999999"] {
            assert_eq!(rate(bad), None, "{bad}");
        }
    }

    #[test]
    fn rates_have_names_that_exist() {
        let read = |text: &str| {
            let known = |word: &str| (word == "create_key").then_some("CreateKey");
            rates_by_name(&mut serde_json::Deserializer::from_str(text), known).ok()
        };
        assert_eq!(read(r#"{"create_key": 7}"#), Some(BTreeMap::from([("CreateKey", Rate::per_second(7))])));
        assert_eq!(read("{}"), Some(BTreeMap::new()));
        for bad in [r#"{"create_keys": 7}"#, r#"{"CreateKey": 7}"#, r#"{"create_key": 0}"#, "7"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn operations_have_words() {
        assert_eq!(snake_case("AsymmetricSm2Decrypt"), "asymmetric_sm2_decrypt");
        assert_eq!(snake_case("Encrypt"), "encrypt");
    }
}
