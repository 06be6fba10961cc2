//! Which account a credential belongs to.

use dialect::credentials::{Credentials, Trust, public_name};
use dialect::signature::sha256_hex;

use crate::VENDOR;

/// The account of the public credential `test`/`test`.
const TEST_ACCOUNT: &str = "000000000000";
/// The account of the public credential `testing`/`testing`.
const TESTING_ACCOUNT: &str = "123456789012";

/// What is known of an access key id.
pub(crate) struct Identity {
    /// Its account: twelve digits.
    pub account: String,
    /// The secret that has signed.
    pub secret: Secret,
    /// Whether everybody knows it.
    pub is_public: bool,
}

/// What the signature is to be checked with.
pub(crate) enum Secret {
    /// This secret.
    Known(import_engine::Material),
    /// Nothing: callers are trusted.
    Unchecked,
}

/// The identity behind an access key id, if anybody is.
pub(crate) fn look_up(credentials: &Credentials, access_id: &str) -> Option<Identity> {
    let known = match credentials.configured(VENDOR, access_id) {
        Some(credential) => Some((credential.account.clone(), credential.secret.clone(), false)),
        None if credentials.is_public() => public_credential(access_id)
            .map(|(account, secret)| (account, import_engine::Material::copy_of(secret.as_bytes()), true)),
        None => None,
    };
    match (known, credentials.trust()) {
        (Some((account, _, is_public)), Trust::Open) => {
            Some(Identity { account, secret: Secret::Unchecked, is_public })
        }
        (Some((account, secret, is_public)), _) => Some(Identity { account, secret: Secret::Known(secret), is_public }),
        (None, Trust::Open) => {
            Some(Identity { account: derived(access_id), secret: Secret::Unchecked, is_public: true })
        }
        (None, _) => None,
    }
}

/// The account that a word of the admin API means: an account id itself, or the account of an
/// access key id that would be let in.
pub fn resolve_account(credentials: &Credentials, word: &str) -> Option<String> {
    if let Some(credential) = credentials.configured(VENDOR, word) {
        return Some(credential.account.clone());
    }
    if is_account(word) {
        return Some(word.to_owned());
    }
    look_up(credentials, word).map(|identity| identity.account)
}

/// The account of a public access key id: `test`, `testing`, twelve digits, or `test-NAME`.
pub fn public_account(access_id: &str) -> Option<String> {
    public_credential(access_id).map(|(account, _)| account)
}

fn public_credential(access_id: &str) -> Option<(String, &'static str)> {
    match access_id {
        "test" => Some((TEST_ACCOUNT.to_owned(), "test")),
        "testing" => Some((TESTING_ACCOUNT.to_owned(), "testing")),
        digits if is_account(digits) => Some((digits.to_owned(), "test")),
        other => public_name(other).map(|name| (derived(name), "test")),
    }
}

/// Twelve digits, as AWS account ids are.
pub(crate) fn is_account(word: &str) -> bool {
    word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A stable account for a name; never one with a leading zero, which are for people to give.
fn derived(name: &str) -> String {
    let digest = sha256_hex(name.as_bytes());
    let number = digest.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    (100_000_000_000 + number % 900_000_000_000).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::Credential;
    use import_engine::Material;

    #[test]
    fn public_ids_have_their_accounts() {
        assert_eq!(public_account("test").as_deref(), Some("000000000000"));
        assert_eq!(public_account("testing").as_deref(), Some("123456789012"));
        assert_eq!(public_account("111122223333").as_deref(), Some("111122223333"));
        assert_eq!(public_account("AKIAIOSFODNN7EXAMPLE"), None);
        let one = public_account("test-one").unwrap();
        assert!(is_account(&one));
        assert_eq!(public_account("test-one"), Some(one.clone()));
        assert_ne!(public_account("test-two"), Some(one));
    }

    #[test]
    fn trust_decides_who_is_let_in() {
        let credential =
            Credential { access_id: "AKIA1".into(), secret: Material::copy_of(b"s"), account: "111122223333".into() };
        let strict = Credentials::new(Trust::Configured).with(VENDOR, credential.clone());
        assert!(look_up(&strict, "test").is_none());
        assert!(look_up(&strict, "AKIA1").is_some());
        // Another vendor's credential is nobody here.
        let other = Credentials::new(Trust::Configured).with("other", credential);
        assert!(look_up(&other, "AKIA1").is_none());
        let open = Credentials::new(Trust::Open);
        assert!(matches!(look_up(&open, "whatever").unwrap().secret, Secret::Unchecked));
        assert_eq!(resolve_account(&strict, "AKIA1").as_deref(), Some("111122223333"));
        assert_eq!(resolve_account(&strict, "444455556666").as_deref(), Some("444455556666"));
        assert_eq!(resolve_account(&strict, "test"), None);
    }
}
