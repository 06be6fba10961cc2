//! What a caller may do.
//!
//! One door: every operation that names a key comes through [`identifiers::admit`](crate::identifiers::admit),
//! which asks [`on_key`]; every other one asks [`on_account`].

use dialect::Call;
use import_engine::EncryptionContext;
use import_engine::store::Grant;

use crate::errors::Refusal;
use crate::grants::{self, Terms, root_arn};
use crate::identifiers::Target;

/// What an operation wants permission for.
#[derive(Clone, Debug)]
pub(crate) struct Access<'a> {
    /// The action without `kms:`, mostly the operation's name.
    pub action: &'static str,
    /// The encryption context, for operations that have one: conditions and grants look at it.
    pub context: Option<&'a EncryptionContext>,
    /// The grant tokens that came along.
    pub tokens: &'a [String],
    /// The terms of the grant that shall be made, if one shall.
    pub grant: Option<&'a Terms>,
}

impl<'a> Access<'a> {
    /// Permission for an action, nothing else being known.
    pub fn to(action: &'static str) -> Self {
        Self { action, context: None, tokens: &[], grant: None }
    }

    /// With the encryption context of the request.
    #[must_use]
    pub fn with_context(mut self, context: &'a EncryptionContext) -> Self {
        self.context = Some(context);
        self
    }

    /// With the grant tokens of the request.
    #[must_use]
    pub fn with_tokens(mut self, tokens: &'a [String]) -> Self {
        self.tokens = tokens;
        self
    }

    /// With the terms of the grant that shall be made: who makes grants by a grant may make narrower
    /// ones only.
    #[must_use]
    pub fn with_grant(mut self, grant: &'a Terms) -> Self {
        self.grant = Some(grant);
        self
    }
}

/// Whether the caller may do this with this key. Today whoever proves to be of the account may do
/// everything in it; others need a grant.
///
/// # Errors
/// [`Refusal::InvalidGrantToken`], [`Refusal::NotAuthorized`].
pub(crate) async fn on_key(call: &Call, target: &Target, access: &Access<'_>) -> Result<(), Refusal> {
    grants::check_tokens(call, access.tokens)?;
    if target.scope == call.scope {
        return Ok(());
    }
    let names = names_of(call);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if grants::allow(call, target, &names, access).await? { Ok(()) } else { Err(Refusal::NotAuthorized) }
}

/// Whether the caller may give a grant up: whom the grant names for it, the grantee if that is among
/// its operations, and whoever may in the account that made it.
///
/// # Errors
/// [`Refusal::NotAuthorized`].
pub(crate) async fn to_retire(call: &Call, grant: &Grant) -> Result<(), Refusal> {
    let names = names_of(call);
    if grants::retires(grant, &names)? {
        return Ok(());
    }
    if grant.issuer != root_arn(call.region(), call.account()) {
        return Err(Refusal::NotAuthorized);
    }
    on_account(call, &Access::to("RetireGrant")).await
}

/// What the caller goes by as a party to grants.
fn names_of(call: &Call) -> Vec<String> {
    vec![root_arn(call.region(), call.account())]
}

/// Whether the caller may do this in the account, where no single key is named.
pub(crate) async fn on_account(_call: &Call, _access: &Access<'_>) -> Result<(), Refusal> {
    Ok(())
}
