//! The kinds of records that this dialect keeps besides keys. What a missing, a second or a superfluous one is called on
//! the wire depends on its kind (`errors.rs`). Who made one, if the account itself did not, is the member `creator` of its JSON text
//! (`identity.rs`).

/// A data key that the service keeps.
pub(crate) const DATA_KEY: &str = "data key";

/// A white-box key.
pub(crate) const WHITE_BOX_KEY: &str = "white-box key";
