//! Sub-accounts and roles of an account: what the admin API and the settings make, and what their
//! access keys look like.

use dialect::principals::{Drawn, Issued, Issuing, Kind, ROLE, Rights, USER, User, UserRules, configured_user, time};
use serde_json::{Value, json};

use crate::accounts::derived_uin;
use crate::resource;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const DIGITS: &[u8] = b"0123456789";

/// Uins of sub-accounts. Those of accounts that are made up here begin otherwise.
const USER_UIN: Drawn = Drawn { start: "1001", letters: DIGITS, length: 12 };
/// Ids of roles: numbers from 2^62 on.
// Unverified: that what a role makes is said to be made by this number.
const ROLE_ID: Drawn = Drawn { start: "46116860184", letters: DIGITS, length: 19 };

/// How access keys look.
pub(crate) static ISSUING: Issuing = Issuing {
    lasting: Drawn { start: "AKID", letters: LETTERS, length: 36 },
    temporary: Drawn { start: "AKID", letters: URL_SAFE, length: 68 },
    secret: Drawn { start: "", letters: LETTERS, length: 32 },
    // Unverified: its length; no client minds.
    token: Drawn { start: "", letters: URL_SAFE, length: 384 },
    token_names_key: true,
};

static KINDS: [Kind; 2] = [
    Kind { word: "users", prefix: USER, is_role: false, id: USER_UIN },
    Kind { word: "roles", prefix: ROLE, is_role: true, id: ROLE_ID },
];

/// What sub-accounts and roles are.
pub(crate) static RULES: UserRules = UserRules {
    kinds: &KINDS,
    issuing: &ISSUING,
    // The longest and the usual ones of STS; it names no shortest.
    session_seconds: (1, 129_600, 1800),
    is_resource: Some(resource::is_pattern),
    // Nothing on this wire takes a role on.
    has_trust: false,
    credential,
};

/// A new access key in the words of requests; a temporary one as STS answers it and as a virtual
/// machine is told it, so that the SDKs can read it.
fn credential(issued: &Issued) -> Value {
    match (&issued.token, issued.expires_at) {
        (Some(token), Some(end)) => json!({
            "TmpSecretId": issued.id, "TmpSecretKey": issued.secret.as_str(), "Token": token.as_str(),
            "ExpiredTime": end.seconds(), "Expiration": time(end),
        }),
        _ => json!({ "SecretId": issued.id, "SecretKey": issued.secret.as_str() }),
    }
}

/// Holds a principal from the settings against the rules and puts it into the form in which it is
/// kept. Its Uin is the same on every gateway and after every start.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn configured_principal(
    account: &str,
    name: &str,
    rights: Rights,
    trusted_accounts: Vec<String>,
) -> Result<String, String> {
    let form = if name.starts_with(ROLE) { ROLE_ID } else { USER_UIN };
    let id = derived_uin(form.start, &format!("{account}/{name}"));
    configured_user(&RULES, name, &User { id, rights, trusted_accounts })
}

#[cfg(test)]
mod tests {
    use dialect::Kept;

    use super::*;

    fn configured(account: &str, name: &str, resources: &[&str]) -> Result<User, String> {
        let resources = resources.iter().map(|text| (*text).to_owned()).collect();
        let rights = Rights { actions: vec!["kms:*".to_owned()], resources, ..Rights::default() };
        configured_principal(account, name, rights, Vec::new()).map(|text| User::of(&text).unwrap())
    }

    #[test]
    fn configured_principals_have_a_uin_that_stays() {
        let user = configured("100012345678", "user/alice", &["*"]).unwrap();
        assert!(USER_UIN.fits(&user.id), "{}", user.id);
        assert_eq!(configured("100012345678", "user/alice", &["*"]), Ok(user.clone()));
        assert_ne!(configured("100012345678", "user/bob", &[]).unwrap().id, user.id);
        assert_ne!(configured("100012345679", "user/alice", &[]).unwrap().id, user.id);
        let role = configured("100012345678", "role/alice", &[]).unwrap();
        assert!(ROLE_ID.fits(&role.id), "{}", role.id);
        assert!(role.id.parse::<u64>().is_ok_and(|id| id > 1 << 62));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (name, resources) in [("alice", &[][..]), ("user/", &[]), ("agency/a", &[]), ("user/a", &["key/*"])] {
            assert!(configured("100012345678", name, resources).is_err(), "{name} {resources:?}");
        }
        let trusting = configured_principal("1", "role/a", Rights::default(), vec!["2".to_owned()]);
        assert!(trusting.is_err());
    }

    #[test]
    fn access_keys_have_the_form_of_access_ids() {
        assert!(ISSUING.could_be(&format!("AKID{}", "a".repeat(32))));
        assert!(ISSUING.could_be(&format!("AKID{}", "-".repeat(64))));
        for other in ["test", "test-a", "AKIDEXAMPLE0000000000000000000000000x", &format!("AKID{}", "-".repeat(32))] {
            assert!(!ISSUING.could_be(other), "{other}");
        }
    }
}
