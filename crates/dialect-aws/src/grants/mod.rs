//! Grants as this dialect has them: terms, parties, tokens, and whether one of them will do.

mod party;
mod terms;
mod token;

use dialect::{Call, Kept};
use import_engine::Error;
use import_engine::store::Grant;
use serde::Serialize;

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Target, key_arn};
use crate::marker::Marker;
use crate::names;

pub(crate) use party::{Party, account_of, root_arn};
pub(crate) use terms::{Constraints, Terms, Wish};
pub(crate) use token::{Named, read, write};

/// How many grants are on a page unless something else is asked for.
pub(crate) const LIMIT_DEFAULT: u32 = 50;
/// The most grants on a page. Unverified: that a higher limit, which the shape allows, means this
/// one.
pub(crate) const LIMIT_MAX: u32 = 100;
/// Markers of a key's grants hold the identifier of a page's last grant.
pub(crate) const OF_KEY: Marker = Marker("grants/");
/// Markers of the grants that somebody may retire hold the address of a page's last grant.
pub(crate) const RETIRABLE: Marker = Marker("retirable/");

/// Holds grant tokens against what was handed out here. A grant holds from the moment it is made,
/// so that a token changes nothing but must be one. Unverified: that the token of a grant that is
/// gone, or of another key, is passed over.
///
/// # Errors
/// [`Refusal::InvalidGrantToken`].
pub(crate) fn check_tokens(call: &Call, tokens: &[String]) -> Result<(), Refusal> {
    tokens.iter().try_for_each(|token| read(call, token).map(|_| ()))
}

/// Whether somebody who goes by these names has a grant of a key that allows what is asked.
///
/// # Errors
/// [`Error::Internal`].
pub(crate) async fn allow(call: &Call, target: &Target, names: &[&str], access: &Access<'_>) -> Result<bool, Error> {
    let wish =
        Wish { action: access.action, context: access.context.map(|context| &context.pairs), grant: access.grant };
    for name in names {
        let will_do = |grant: &Grant| Terms::of(&grant.terms).is_ok_and(|terms| terms.allow(wish));
        if call.engine.find_grant(&target.scope, &target.id, name, will_do).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a grant says that somebody who goes by these names may give it up.
///
/// # Errors
/// [`Error::Internal`] if its record cannot be read.
pub(crate) fn retires(grant: &Grant, names: &[String]) -> Result<bool, Error> {
    if grant.retiring.as_ref().is_some_and(|retiring| names.contains(retiring)) {
        return Ok(true);
    }
    let wish = Wish { action: "RetireGrant", context: None, grant: None };
    Ok(names.contains(&grant.grantee) && Terms::of(&grant.terms)?.allow(wish))
}

/// A grant as lists show it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Line {
    key_id: String,
    grant_id: String,
    name: String,
    creation_date: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    grantee_principal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retiring_principal: Option<String>,
    issuing_account: String,
    operations: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constraints: Option<Constraints>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grantee_service_principal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retiring_service_principal: Option<String>,
}

impl Line {
    /// The line of a grant.
    ///
    /// # Errors
    /// [`Error::Internal`] if its record cannot be read.
    pub fn of(grant: &Grant) -> Result<Self, Error> {
        let terms = Terms::of(&grant.terms)?;
        let grantee = Party::of_word(&grant.grantee);
        let retiring = grant.retiring.as_deref().map(Party::of_word);
        Ok(Self {
            key_id: key_arn(&grant.scope, &grant.key),
            grant_id: grant.id.clone(),
            name: grant.name.clone(),
            creation_date: names::epoch_seconds(grant.created_at),
            grantee_principal: grantee.principal(),
            retiring_principal: retiring.as_ref().and_then(Party::principal),
            issuing_account: grant.issuer.clone(),
            operations: terms.operations,
            constraints: terms.constraints,
            grantee_service_principal: grantee.service(),
            retiring_service_principal: retiring.as_ref().and_then(Party::service),
        })
    }
}

/// Holds an identifier against the form that grants' have.
///
/// # Errors
/// [`Refusal::InvalidGrantId`]. Unverified: that a well-formed one of no grant is not found instead.
pub(crate) fn check_id(id: &str) -> Result<(), Refusal> {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if id.len() == 64 && id.bytes().all(is_hex) { Ok(()) } else { Err(Refusal::InvalidGrantId) }
}
