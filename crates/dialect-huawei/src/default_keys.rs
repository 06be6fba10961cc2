//! Default master keys: one of each of the vendor's services in a project and region, made when the
//! service first uses it, out of its owner's hands.
//!
//! No such service calls here. The admin API stands in for them (`administration.rs`), so that a
//! test bed has the keys that its clients expect.

use dialect::Kept;
use import_engine::{Engine, Error, Key, KeySpec, KeyUsage, NewKey, Origin, Scope};

use crate::key_details::Attributes;

/// How the alias of a default master key ends.
pub(crate) const ENDING: &str = "/default";

/// Whether a word can be a service's: `obs`, `evs`, `csms` and so on.
// Unverified: which services there are; any word will do.
pub(crate) fn is_service(word: &str) -> bool {
    (1..=32).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The key of a service, made if the service has none yet.
///
/// # Errors
/// The engine's.
// Unverified: that it has no description.
pub(crate) async fn key_of(engine: &Engine, scope: &Scope, service: &str) -> Result<Key, Error> {
    let new = NewKey {
        most: None,
        spec: KeySpec::Aes256,
        usage: KeyUsage::EncryptDecrypt,
        origin: Origin::Generated,
        description: String::new(),
        name: Some(format!("{service}{ENDING}")),
        attributes: Attributes::default().to_text()?,
        residence: None,
        multi_region: false,
    };
    engine.named_provider_key(scope, new).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services() {
        for good in ["obs", "evs", "csms", "dms-kafka"] {
            assert!(is_service(good), "{good}");
        }
        for bad in ["", "OBS", "obs/default", "o b", "é", &"a".repeat(33)] {
            assert!(!is_service(bad), "{bad}");
        }
    }
}
