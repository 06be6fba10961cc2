//! What can stop a request before or beside the engine.

use import_engine::Error;

use crate::constraint::Report;

/// Why a request was refused, before a dialect has put it into its vendor's words.
#[derive(Debug, PartialEq)]
pub enum Failure {
    /// The vendor has no such operation, or it is not built yet; the name as it was sent.
    UnknownOperation(String),
    /// The body is over the dialect's limit. It was not read to its end.
    TooLarge,
    /// The body did not arrive in time, or the answer was not ready in time.
    Deadline,
    /// The body broke off, or the request is not what HTTP says.
    BrokenRequest,
    /// The body is not JSON, or not in the form that the dialect speaks. The sentence is for the
    /// log.
    Malformed(String),
    /// The body is JSON, but breaks the operation's table.
    Unfit(Report),
    /// The engine refused.
    Engine(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}
