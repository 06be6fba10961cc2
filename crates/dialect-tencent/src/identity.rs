//! Who calls, as keys and rights name them.

use dialect::Call;
use dialect::principals::{ROOT, Standing, User};
use import_engine::Error;
use serde::Deserialize;

/// A caller, once proven.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Identity {
    /// Their Uin: the account's, or the sub-account's own.
    pub uin: String,
    /// What they may do in the account.
    pub standing: Standing,
}

impl Identity {
    /// The account itself, which may do everything.
    pub fn root(account: &str) -> Self {
        Self { uin: account.to_owned(), standing: Standing::Root }
    }

    /// A principal of an account, by name.
    pub fn of(account: &str, name: &str, user: User) -> Self {
        if name == ROOT {
            return Self::root(account);
        }
        // Whoever was taken out of the settings has neither a Uin nor rights.
        let uin = if user.id.is_empty() { account.to_owned() } else { user.id };
        Self { uin, standing: Standing::Limited(user.rights) }
    }
}

/// Who sends a call.
///
/// # Errors
/// [`Error::Internal`] if authentication said nothing: a slip that its first test finds.
pub(crate) fn of(call: &Call) -> Result<&Identity, Error> {
    call.caller.identity::<Identity>().ok_or_else(|| Error::internal("the call has no caller of this dialect"))
}

/// The Uin of whoever sends a call, which everything that they make is said to be made by.
///
/// # Errors
/// As in [`of`].
pub(crate) fn creator_uin(call: &Call) -> Result<&str, Error> {
    Ok(of(call)?.uin.as_str())
}

/// The Uin of whoever made what a record's JSON text describes: its member `creator`, which the
/// account's own have not.
///
/// # Errors
/// [`Error::Internal`] if the text is no JSON object.
pub(crate) fn made_by(attributes: &str, account: &str) -> Result<String, Error> {
    #[derive(Deserialize)]
    struct Made {
        creator: Option<String>,
    }
    let Made { creator } = serde_json::from_str(attributes).map_err(Error::internal)?;
    Ok(creator.unwrap_or_else(|| account.to_owned()))
}

/// The Uin of whoever sends a call, if it is not the account itself: what is kept of makers.
///
/// # Errors
/// As in [`of`].
pub(crate) fn other_creator(call: &Call) -> Result<Option<String>, Error> {
    Ok(Some(creator_uin(call)?.to_owned()).filter(|uin| uin != call.account()))
}

/// A Uin as a number. Accounts are numbers here; a configured one that is not shows as 0.
pub(crate) fn uin_number(uin: &str) -> u64 {
    uin.parse().unwrap_or(0)
}

/// The `ResourceId` of what somebody has made.
pub(crate) fn resource_id(creator_uin: &str, id: &str) -> String {
    format!("creatorUin/{creator_uin}/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::principals::Rights;

    #[test]
    fn users_have_a_uin_of_their_own() {
        let user = |id: &str| User { id: id.to_owned(), ..User::default() };
        let limited = Standing::Limited(Rights::default());
        for (name, id, uin, standing) in [
            ("user/a", "200", "200", limited.clone()),
            ("user/a", "", "100", limited),
            (ROOT, "", "100", Standing::Root),
        ] {
            let expected = Identity { uin: uin.to_owned(), standing };
            assert_eq!(Identity::of("100", name, user(id)), expected, "{name} {id}");
        }
    }

    #[test]
    fn records_say_who_made_them() {
        assert_eq!(made_by(r#"{"creator":"200","name":"x"}"#, "100").unwrap(), "200");
        assert_eq!(made_by(r#"{"name":"x"}"#, "100").unwrap(), "100");
        assert!(made_by("x", "100").is_err());
    }

    #[test]
    fn uins_are_numbers() {
        assert_eq!(uin_number("100000000000"), 100_000_000_000);
        assert_eq!(uin_number("4611686018427387904"), 1 << 62);
        assert_eq!(uin_number("99999999999999999999"), 0);
        assert_eq!(resource_id("1", "k"), "creatorUin/1/k");
    }
}
