//! What the calls about rotation share.

use import_engine::{Error, Origin};

use crate::codes::Code;
use crate::errors::Refusal;

/// The interval of keys whose rotation is enabled, in days.
pub(super) const INTERVAL_DEFAULT: u32 = 365;

/// A refusal in the words of these calls: what keys in key stores do not do is told by the call.
pub(super) fn refusal(error: Error) -> Refusal {
    match error {
        Error::OriginUnfit { origin: Origin::Module | Origin::Outside, .. } => Code::KeystoreRotates.into(),
        error => error.into(),
    }
}
