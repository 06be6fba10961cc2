//! What the calls that bring material share.

use import_engine::Error;

use crate::codes::Code;
use crate::errors::Refusal;

/// A refusal in the words of these calls: what is told of replicas.
pub(super) fn refusal(error: Error) -> Refusal {
    match error {
        Error::NotPrimary(_) => Code::ReplicaImports.into(),
        error => error.into(),
    }
}
