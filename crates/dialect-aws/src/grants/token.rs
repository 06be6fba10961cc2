//! Grant tokens: name a grant, and cannot be made by anybody else.
//!
//! As the service's own, a token begins with the grant's identifier in the open and is base64 of
//! the alphabet for URLs, without padding. The rest is sealed, so that each token is another and
//! all of a grant are worth the same.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dialect::Call;
use import_engine::store::Grant;
use import_engine::{Error, KeyId, Scope, Tenant, constant_time_eq};
use serde::{Deserialize, Serialize};

use crate::VENDOR;
use crate::errors::Refusal;

/// What handouts of this kind are sealed under.
const KIND: &str = "grant token";
/// What stands before the grant's identifier, and between it and what is sealed.
const START: &[u8] = &[0x01, 0x0a, 64];
const MIDDLE: &[u8] = &[0x22];

/// What a token says.
#[derive(PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Said {
    account: String,
    region: String,
    key: String,
    grant: String,
}

/// A grant by its address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Named {
    /// Where the key lives.
    pub scope: Scope,
    /// The key.
    pub key: KeyId,
    /// The grant.
    pub id: String,
}

/// A fresh token of a grant.
///
/// # Errors
/// [`Error::Internal`].
pub(crate) fn write(call: &Call, grant: &Grant) -> Result<String, Error> {
    let said = Said {
        account: grant.scope.tenant.account.clone(),
        region: grant.scope.region.clone(),
        key: grant.key.0.clone(),
        grant: grant.id.clone(),
    };
    let plain = serde_json::to_vec(&said).map_err(Error::internal)?;
    let sealed = call.engine.seal_handout(VENDOR, KIND, &plain)?;
    Ok(URL_SAFE_NO_PAD.encode([START, grant.id.as_bytes(), MIDDLE, &sealed].concat()))
}

/// The grant that a token names. Whether there still is such a grant is another question.
///
/// # Errors
/// [`Refusal::InvalidGrantToken`] for anything that was not handed out here for the region.
pub(crate) fn read(call: &Call, token: &str) -> Result<Named, Refusal> {
    let invalid = || Refusal::InvalidGrantToken;
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| invalid())?;
    let (id, sealed) = bytes.strip_prefix(START).and_then(|rest| rest.split_at_checked(64)).ok_or_else(invalid)?;
    let sealed = sealed.strip_prefix(MIDDLE).ok_or_else(invalid)?;
    let plain = call.engine.open_handout(VENDOR, KIND, sealed).map_err(|error| match error {
        Error::CiphertextInvalid => invalid(),
        other => other.into(),
    })?;
    let said: Said = serde_json::from_slice(plain.expose()).map_err(|_| invalid())?;
    if !constant_time_eq(id, said.grant.as_bytes()) || said.region != call.region() {
        return Err(invalid());
    }
    let scope = Scope::new(Tenant::new(VENDOR, said.account), said.region);
    Ok(Named { scope, key: said.key.into(), id: said.grant })
}
