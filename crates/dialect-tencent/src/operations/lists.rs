//! Filters that ListKeyDetail and ListDataKeyDetail have in common.

use dialect::Call;
use import_engine::Origin;

use crate::errors::Refusal;
use crate::operations::hsm_cluster;

/// What takes a filter away.
pub(super) const ALL: &str = "ALL";

/// `HsmClusterId` of what is in no cluster.
const SHARED_CLUSTER: &str = "default";

/// Whether the oldest comes first.
///
/// # Errors
/// [`Refusal::OutOfBounds`].
pub(super) fn is_ascending(order_type: Option<u64>) -> Result<bool, Refusal> {
    match order_type.unwrap_or(0) {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Refusal::OutOfBounds("OrderType")),
    }
}

/// Where what is wanted is from; `None`: from anywhere. Letter case counts.
///
/// # Errors
/// [`Refusal::OutOfBounds`].
pub(super) fn origin(word: Option<&str>) -> Result<Option<Origin>, Refusal> {
    match word.unwrap_or_default() {
        "" | ALL => Ok(None),
        "TENCENT_KMS" => Ok(Some(Origin::Generated)),
        "EXTERNAL" => Ok(Some(Origin::Imported)),
        _ => Err(Refusal::OutOfBounds("Origin")),
    }
}

/// In which cluster what is wanted is; `None`: in any; `Some(None)`: in the shared one.
///
/// # Errors
/// [`Refusal::InvalidHsmClusterId`].
pub(super) fn cluster(call: &Call, id: Option<String>) -> Result<Option<Option<String>>, Refusal> {
    match id.as_deref() {
        Some(SHARED_CLUSTER) => Ok(Some(None)),
        _ => Ok(hsm_cluster(call, id)?.map(Some)),
    }
}
