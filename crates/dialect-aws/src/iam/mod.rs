//! Policies as IAM has them: their grammar, and what they say about a request. Nothing here knows
//! a key, a database or HTTP.
//!
//! A [`Document`] is a policy that was read and found well-formed. It is asked with an [`Asked`]:
//! an action, a resource, and the [`Facts`] that its conditions look at. A policy that hangs on a
//! resource also sees the [`Subject`] who asks.

mod condition;
mod document;
mod evaluation;
mod facts;
mod pattern;
mod principal;

#[cfg(test)]
mod tests;

pub(crate) use document::{Document, Kind, Malformed};
pub(crate) use evaluation::{Asked, Judged, Reach, Said};
pub(crate) use facts::Facts;
pub(crate) use principal::{Principal, Subject};
