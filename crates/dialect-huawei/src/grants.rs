//! Grants as this dialect has them: parties, terms, and how a list shows them.

use dialect::{Call, Kept};
use import_engine::store::Grant;
use import_engine::{Error, KeyId};
use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::errors::Refusal;
use crate::identity::Identity;

/// What a grant can allow: the names of calls.
pub(crate) const OPERATIONS: [&str; 9] = [
    "create-datakey",
    "create-datakey-without-plaintext",
    "encrypt-datakey",
    "decrypt-datakey",
    "describe-key",
    CREATE_GRANT,
    RETIRE_GRANT,
    "encrypt-data",
    "decrypt-data",
];
/// Making grants of the same key, of what one has by a grant.
pub(crate) const CREATE_GRANT: &str = "create-grant";
/// Giving the grant up.
pub(crate) const RETIRE_GRANT: &str = "retire-grant";

const USER: &str = "user:";
const DOMAIN: &str = "domain:";

/// How a grant names a user.
pub(crate) fn user(id: &str) -> String {
    format!("{USER}{id}")
}

/// How a grant names all users of a domain.
pub(crate) fn domain(id: &str) -> String {
    format!("{DOMAIN}{id}")
}

/// What a grant allows, as it is kept. The name is kept with it: two grants of the same name are two
/// here, which the engine would take for one.
// Unverified: that the service makes equal grants twice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Terms {
    /// The friendly name; empty if it has none.
    pub name: String,
    /// What the grantee may do.
    pub operations: Vec<String>,
}

/// What somebody wants of a key.
#[derive(Clone, Debug)]
pub(crate) struct Wish<'a> {
    /// The name of the call.
    pub operation: &'a str,
    /// Of create-grant: what the new grant shall allow.
    pub new_operations: Vec<&'a str>,
}

impl Kept for Terms {}

impl Terms {
    /// Whether the grantee may do what they want. Who makes grants by a grant may pass on no more
    /// than they have by it.
    pub(crate) fn allow(&self, wish: &Wish<'_>) -> bool {
        let has = |wanted: &str| self.operations.iter().any(|operation| operation == wanted);
        has(wish.operation) && wish.new_operations.iter().all(|wanted| has(wanted))
    }
}

/// Whether somebody may give a grant up: who made it, whom it names for it, and the grantee if that
/// is among what it allows.
///
/// # Errors
/// [`Error::Internal`] if the grant cannot be read.
pub(crate) fn retires(grant: &Grant, caller: &Identity) -> Result<bool, Error> {
    let name = user(&caller.user_id);
    if grant.issuer == name || grant.retiring.as_ref() == Some(&name) {
        return Ok(true);
    }
    let is_grantee = grant.grantee == name || grant.grantee == domain(&caller.holder.domain());
    Ok(is_grantee && Terms::of(&grant.terms)?.allow(&Wish { operation: RETIRE_GRANT, new_operations: Vec::new() }))
}

/// Takes a grant back.
///
/// # Errors
/// KMS.0207, KMS.2501, and KMS.2502 for a grant of another key.
pub(crate) async fn remove(call: &Call, key_id: String, grant_id: &str) -> Result<(), Refusal> {
    match call.engine.remove_grant(&call.scope, &KeyId::from(key_id), grant_id).await {
        Err(Error::GrantNotFound(_)) if call.engine.grant_of_any_key(&call.scope, grant_id).await?.is_some() => {
            Err(Code::GrantOfOtherKey.into())
        }
        outcome => Ok(outcome?),
    }
}

/// A grant as lists show it.
#[derive(Serialize)]
pub(crate) struct Line {
    key_id: String,
    grant_id: String,
    grantee_principal: String,
    grantee_principal_type: &'static str,
    operations: Vec<String>,
    issuing_principal: String,
    creation_date: String,
    name: String,
    retiring_principal: String,
}

impl Line {
    /// The line of a grant.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be read.
    // Unverified: what stands for a name or a retiring principal that was not given.
    fn of(grant: Grant) -> Result<Self, Error> {
        let Terms { name, operations } = Terms::of(&grant.terms)?;
        let bare = |word: &str| word.split_once(':').map_or(word, |(_, id)| id).to_owned();
        Ok(Self {
            grantee_principal: bare(&grant.grantee),
            grantee_principal_type: if grant.grantee.starts_with(DOMAIN) { "domain" } else { "user" },
            operations,
            issuing_principal: bare(&grant.issuer),
            creation_date: grant.created_at.milliseconds().to_string(),
            name,
            retiring_principal: grant.retiring.as_deref().map(bare).unwrap_or_default(),
            key_id: grant.key.0,
            grant_id: grant.id,
        })
    }
}

/// A page of grants.
#[derive(Serialize)]
pub(crate) struct Page {
    grants: Vec<Line>,
    next_marker: String,
    truncated: &'static str,
    total: usize,
}

impl Page {
    /// The page of so many grants from a position on; the oldest is the first.
    ///
    /// # Errors
    /// [`Error::Internal`] if one cannot be read.
    // Unverified: the order.
    pub(crate) fn of(mut grants: Vec<Grant>, start: usize, limit: usize) -> Result<Self, Error> {
        grants.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
        let total = grants.len();
        let grants: Vec<Line> =
            grants.into_iter().skip(start).take(limit).map(Line::of).collect::<Result<_, Error>>()?;
        let next = start.saturating_add(grants.len());
        let is_truncated = next < total;
        Ok(Self {
            grants,
            next_marker: if is_truncated { next.to_string() } else { String::new() },
            truncated: if is_truncated { "true" } else { "false" },
            total,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_passes_on_no_more_than_it_allows() {
        let terms = Terms {
            name: String::new(),
            operations: ["create-grant", "encrypt-data", "describe-key"].map(str::to_owned).to_vec(),
        };
        let allow = |operation, new: &[&'static str]| terms.allow(&Wish { operation, new_operations: new.to_vec() });
        assert!(allow("encrypt-data", &[]));
        assert!(!allow("decrypt-data", &[]));
        assert!(allow("create-grant", &["describe-key"]));
        assert!(allow("create-grant", &["describe-key", "create-grant"]));
        assert!(!allow("create-grant", &["describe-key", "decrypt-data"]));
        assert!(!allow("retire-grant", &[]));
    }
}
