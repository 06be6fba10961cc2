//! Which account an access id stands for.

use dialect::credentials::public_name;
use dialect::signature::sha256_hex;
use dialect::{Credentials, Trust};
use import_engine::Material;

use crate::VENDOR;

/// The account of the public access id `test`.
const PUBLIC_ACCOUNT: &str = "100000000000";

/// How Uins of other accounts begin that are made up here; they have the usual 12 digits.
const ACCOUNTS: &str = "1000";

/// Everybody's secret.
const PUBLIC_SECRET: &[u8] = b"test";

/// Who an access id may be.
pub(crate) struct Claimant {
    /// The Uin.
    pub account: String,
    /// What signs; `None` where signatures are not checked.
    pub secret: Option<Material>,
}

/// Who an access id may be, if it is anybody here.
pub(crate) fn claimant(credentials: &Credentials, access_id: &str) -> Option<Claimant> {
    let is_open = credentials.trust() == Trust::Open;
    if let Some(configured) = credentials.configured(VENDOR, access_id) {
        let secret = (!is_open).then(|| configured.secret.clone());
        return Some(Claimant { account: configured.account.clone(), secret });
    }
    if is_open {
        let account = public_account(access_id).unwrap_or_else(|| derived_uin(ACCOUNTS, access_id));
        return Some(Claimant { account, secret: None });
    }
    if credentials.is_public() {
        let secret = Some(Material::copy_of(PUBLIC_SECRET));
        return public_account(access_id).map(|account| Claimant { account, secret });
    }
    None
}

/// An account in its canonical form, for the admin API: a Uin as it is, or the account of an access
/// id that may call.
pub fn resolve_account(credentials: &Credentials, word: &str) -> Option<String> {
    let is_uin = (1..=20).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    if is_uin { Some(word.to_owned()) } else { claimant(credentials, word).map(|claimant| claimant.account) }
}

/// The account of a public access id.
fn public_account(access_id: &str) -> Option<String> {
    if access_id == "test" {
        return Some(PUBLIC_ACCOUNT.to_owned());
    }
    public_name(access_id).map(|name| derived_uin(ACCOUNTS, name))
}

/// A Uin of eight digits behind those that it begins with, always the same for the same name.
pub(crate) fn derived_uin(start: &str, name: &str) -> String {
    let digest = sha256_hex(name.as_bytes());
    let number = digest.get(..15).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    format!("{start}{:08}", number % 100_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::Credential;

    fn credentials(trust: Trust) -> Credentials {
        let secret = Material::copy_of(b"s3cret");
        Credentials::new(trust)
            .with(VENDOR, Credential { access_id: "AKID1".into(), secret, account: "100012345678".into() })
            .with(
                "another",
                Credential { access_id: "AKID2".into(), secret: Material::copy_of(b"x"), account: "1".into() },
            )
    }

    #[test]
    fn configured_only_knows_the_configured() {
        let credentials = credentials(Trust::Configured);
        assert_eq!(claimant(&credentials, "AKID1").unwrap().account, "100012345678");
        for unknown in ["AKID2", "test", "test-a", ""] {
            assert!(claimant(&credentials, unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn public_names_are_tenants_of_their_own() {
        let credentials = credentials(Trust::Public);
        let account = |id| claimant(&credentials, id).unwrap().account;
        assert_eq!(account("test"), "100000000000");
        assert_ne!(account("test-a"), account("test-b"));
        assert_eq!(account("test-a"), account("test-a"));
        assert_eq!(account("test-a").len(), 12);
        assert!(claimant(&credentials, "test-").is_none());
        assert!(claimant(&credentials, "stranger").is_none());
    }

    #[test]
    fn open_takes_anybody_without_a_secret() {
        let credentials = credentials(Trust::Open);
        for id in ["AKID1", "test", "stranger"] {
            assert!(claimant(&credentials, id).unwrap().secret.is_none(), "{id}");
        }
        assert_eq!(claimant(&credentials, "test").unwrap().account, "100000000000");
    }

    #[test]
    fn an_account_resolves_to_itself() {
        let credentials = credentials(Trust::Public);
        assert_eq!(resolve_account(&credentials, "100012345678").as_deref(), Some("100012345678"));
        assert_eq!(resolve_account(&credentials, "AKID1").as_deref(), Some("100012345678"));
        assert_eq!(resolve_account(&credentials, "nobody"), None);
    }
}
