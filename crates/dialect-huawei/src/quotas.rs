//! Request quotas: how many calls of each kind a project may send per second.

use dialect::Call;
use dialect::quota::{Buckets, Rate};

use crate::errors::Refusal;
use crate::routes::Route;
use crate::settings::Settings;

const CRYPTO: &str = "crypto";
const MANAGEMENT: &str = "management";

/// What projects have asked for lately.
#[derive(Debug)]
pub(crate) struct Quotas {
    buckets: Buckets,
    crypto: Rate,
    management: Rate,
}

impl Quotas {
    /// Nothing was asked for yet. `None` if nobody is held to quotas.
    pub(crate) fn of(settings: &Settings) -> Option<Self> {
        settings.request_quotas.then(|| Self {
            buckets: Buckets::new(),
            crypto: settings.crypto_requests_per_second,
            management: settings.management_requests_per_second,
        })
    }

    /// Charges the project with a call, whatever becomes of it.
    ///
    /// # Errors
    /// [`Refusal::Throttled`].
    pub(crate) async fn charge(&self, call: &Call, route: &Route) -> Result<(), Refusal> {
        let group = if is_crypto(route) { (CRYPTO, self.crypto) } else { (MANAGEMENT, self.management) };
        if self.buckets.charge(call, &[group]).await? { Ok(()) } else { Err(Refusal::Throttled(group.1)) }
    }
}

/// Whether a call uses keys rather than manages them, which its actions tell.
fn is_crypto(route: &Route) -> bool {
    route
        .actions
        .iter()
        .any(|action| action.starts_with("kms:dek:") || matches!(*action, "kms:cmk:crypto" | "kms:cmk:generate"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::TABLE;

    #[test]
    fn calls_that_use_keys_are_the_cryptographic_ones() {
        let is = |name: &str| TABLE.iter().find(|route| route.entry.name == name).map(is_crypto);
        for name in ["gen-random", "create-datakey", "encrypt-datakey", "encrypt-data", "sign", "verify-mac"] {
            assert_eq!(is(name), Some(true), "{name}");
        }
        for name in ["create-key", "list-keys", "describe-key", "import-key-material", "create-grant"] {
            assert_eq!(is(name), Some(false), "{name}");
        }
    }
}
