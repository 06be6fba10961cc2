//! Where a new key shall live: in the service itself, or in a custom key store.

use dialect::{Call, Kept};
use import_engine::{ConnectionState, KeyStoreKind, NewResidence, Origin};

use crate::circumstances::Circumstances;
use crate::errors::Refusal;
use crate::key_stores::{Backing, clusters};

/// What a request for a new key says of its home.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wishes<'a> {
    /// Where its material comes from.
    pub origin: Origin,
    /// `CustomKeyStoreId`.
    pub store: Option<&'a str>,
    /// `XksKeyId`.
    pub outside_key: Option<&'a str>,
    /// Whether it is a symmetric encryption key.
    pub is_symmetric_default: bool,
    /// Whether it is to live in several regions.
    pub multi_region: bool,
}

/// The key store for a new key, if it shall live in one. Unverified: which exceptions are sent for
/// members that do not fit each other, and all texts.
pub(crate) async fn residence(call: &Call, wishes: Wishes<'_>) -> Result<Option<NewResidence>, Refusal> {
    let invalid = |message: &str| Err(Refusal::Validation(message.to_owned()));
    let unsupported = |message: &str| Err(Refusal::Unsupported(message.to_owned()));
    let kind = match wishes.origin {
        Origin::Module => KeyStoreKind::Module,
        Origin::Outside => KeyStoreKind::Outside,
        Origin::Generated | Origin::Imported => {
            if wishes.outside_key.is_some() {
                return invalid("XksKeyId is valid only when Origin is EXTERNAL_KEY_STORE.");
            }
            if wishes.store.is_some() {
                return invalid("CustomKeyStoreId is valid only when Origin is AWS_CLOUDHSM or EXTERNAL_KEY_STORE.");
            }
            return Ok(None);
        }
    };
    let Some(id) = wishes.store else {
        return invalid("CustomKeyStoreId is required when Origin is AWS_CLOUDHSM or EXTERNAL_KEY_STORE.");
    };
    match (kind, wishes.outside_key) {
        (KeyStoreKind::Outside, None) => return invalid("XksKeyId is required when Origin is EXTERNAL_KEY_STORE."),
        (KeyStoreKind::Module, Some(_)) => {
            return invalid("XksKeyId is valid only when Origin is EXTERNAL_KEY_STORE.");
        }
        (KeyStoreKind::Outside, Some(_)) | (KeyStoreKind::Module, None) => {}
    }
    if !wishes.is_symmetric_default {
        return unsupported("Only keys with KeySpec SYMMETRIC_DEFAULT are supported in a custom key store.");
    }
    if wishes.multi_region {
        return unsupported("Multi-Region keys are not supported in a custom key store.");
    }
    let store = call.engine.key_store(&call.scope, id).await?;
    if store.kind != kind {
        return unsupported("The Origin is not valid for the type of the custom key store.");
    }
    store.require(&[ConnectionState::Connected])?;
    if let Backing::Cluster(cluster) = Backing::of(&store.attributes)? {
        let settings = &call.settings::<Circumstances>()?.settings.key_stores;
        clusters::require(settings, &cluster.id, clusters::MODULES_TO_MAKE)?;
    }
    Ok(Some(NewResidence { store: store.id, outside_key: wishes.outside_key.map(str::to_owned) }))
}
