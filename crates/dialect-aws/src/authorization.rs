//! What a caller may do.
//!
//! One door: every operation that names a key comes through [`identifiers::admit`](crate::identifiers::admit),
//! which asks [`on_key`]; every other one asks [`on_account`].

use dialect::Call;
use import_engine::EncryptionContext;

use crate::errors::Refusal;
use crate::identifiers::Target;

/// What an operation wants permission for.
#[derive(Clone, Debug)]
pub(crate) struct Access<'a> {
    /// The action without `kms:`, mostly the operation's name.
    #[expect(dead_code, reason = "policies and grants will read it")]
    pub action: &'static str,
    /// The encryption context, for operations that have one: conditions and grants look at it.
    pub context: Option<&'a EncryptionContext>,
    /// The grant tokens that came along.
    pub tokens: &'a [String],
}

impl<'a> Access<'a> {
    /// Permission for an action, nothing else being known.
    pub fn to(action: &'static str) -> Self {
        Self { action, context: None, tokens: &[] }
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
}

/// Whether the caller may do this with this key. Today whoever proves to be of the account may do
/// everything in it.
///
/// # Errors
/// [`Refusal::InvalidGrantToken`]: there are no grants yet, so no token can be right.
#[expect(clippy::unused_async, reason = "policies and grants will be read here")]
pub(crate) async fn on_key(_call: &Call, _target: &Target, access: &Access<'_>) -> Result<(), Refusal> {
    if access.tokens.is_empty() { Ok(()) } else { Err(Refusal::InvalidGrantToken) }
}

/// Whether the caller may do this in the account, where no single key is named.
#[expect(clippy::unused_async, reason = "policies will be read here")]
pub(crate) async fn on_account(_call: &Call, _access: &Access<'_>) -> Result<(), Refusal> {
    Ok(())
}
