//! The gateway's frequency limits: how many requests per second an account may send to each action in
//! a region. The figure of an action stands beside it, as its `REQUESTS_PER_SECOND`.

use std::collections::BTreeMap;

use dialect::quota::{Buckets, Rate, rates_by_name, snake_case};
use dialect::{Call, Operation};
use serde::de::Deserializer;

use crate::errors::Refusal;
use crate::operations::{TencentEntry, supported};
use crate::settings::Settings;

/// The figure of most pages.
// Unverified: that the actions without a page of their own, or without a figure on it, have it too.
const USUAL: u32 = 100;

/// What accounts have asked for lately.
#[derive(Debug, Default)]
pub(crate) struct Quotas(Buckets);

impl Quotas {
    /// Charges the caller's account with a request, whatever becomes of it.
    // Unverified: that users share their account's limit, and that what the gateway refuses before
    // is not counted.
    ///
    /// # Errors
    /// [`Refusal::TooFrequent`].
    pub async fn charge(&self, call: &Call, settings: &Settings, entry: &TencentEntry) -> Result<(), Refusal> {
        let Some(rate) = rate(settings, entry.name, entry.requests_per_second) else { return Ok(()) };
        if self.0.charge(call, &[(entry.name, rate)]).await? { Ok(()) } else { Err(Refusal::TooFrequent(rate)) }
    }
}

/// How many requests per second an action takes from one account in one region; `None`: any number.
pub(crate) fn rate_of<O: Operation>(settings: &Settings) -> Option<Rate> {
    rate(settings, O::NAME, O::REQUESTS_PER_SECOND)
}

fn rate(settings: &Settings, action: &str, published: Option<u32>) -> Option<Rate> {
    let given = settings.requests_per_second.get(action).copied();
    given.or(settings.request_quotas.then(|| Rate::per_second(published.unwrap_or(USUAL))))
}

/// Reads figures by action: `import_key_material = 10`.
///
/// # Errors
/// A word that is no action's, and what is no rate.
pub(crate) fn rates_by_action<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<&'static str, Rate>, D::Error> {
    rates_by_name(deserializer, |word| supported().into_iter().find(|action| snake_case(action) == word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::entry;
    use serde_json::json;

    /// The published figures that are not the usual one.
    const UNUSUAL: &[(&str, u32)] = &[
        ("AsymmetricRsaDecrypt", 200),
        ("AsymmetricSm2Decrypt", 200),
        ("Decrypt", 300),
        ("DescribeWhiteBoxDecryptKey", 50),
        ("EnableWhiteBoxKeys", 200),
        ("Encrypt", 300),
        ("GenerateDataKey", 150),
        ("ImportKeyMaterial", 10),
        ("PostQuantumCryptoDecrypt", 20),
        ("PostQuantumCryptoEncrypt", 20),
        ("PostQuantumCryptoSign", 20),
        ("PostQuantumCryptoVerify", 20),
        ("ScheduleDataKeyDeletion", 20),
    ];

    fn figure(settings: &serde_json::Value, action: &str) -> Option<Rate> {
        let settings: Settings = serde_json::from_value(settings.clone()).unwrap();
        let entry = entry(action).unwrap();
        rate(&settings, entry.name, entry.requests_per_second)
    }

    #[test]
    fn figures_are_the_published_ones() {
        for action in supported() {
            let published = UNUSUAL.iter().find(|(name, _)| *name == action).map_or(100, |(_, figure)| *figure);
            assert_eq!(figure(&json!({"request_quotas": true}), action), Some(Rate::per_second(published)), "{action}");
        }
    }

    #[test]
    fn limits_are_off_but_where_one_is_given() {
        let one = json!({"requests_per_second": {"import_key_material": 10}});
        assert_eq!(figure(&json!({}), "ImportKeyMaterial"), None);
        assert_eq!(figure(&one, "ImportKeyMaterial"), Some(Rate::per_second(10)));
        assert_eq!(figure(&one, "Encrypt"), None);
        let all = json!({"request_quotas": true, "requests_per_second": {"encrypt": "0.5"}});
        assert_eq!(figure(&all, "Encrypt"), Some(Rate::per_thousand_seconds(500)));
        assert_eq!(figure(&all, "Decrypt"), Some(Rate::per_second(300)));
        for bad in [json!({"import_key": 1}), json!({"Encrypt": 1}), json!({"encrypt": 0}), json!(7)] {
            assert!(serde_json::from_value::<Settings>(json!({"requests_per_second": bad})).is_err(), "{bad}");
        }
    }
}
