//! The cryptography underneath the engine, through what the crate shows of it: published vectors,
//! keys and blobs that are wrong in every way that could be thought of, and each operation against
//! an implementation that is not ours.

#![expect(clippy::unwrap_used, reason = "a failing helper is a failing test")]

mod der;
mod material;
mod operations;
mod post_quantum;
#[path = "../../../testkit/src/wrap.rs"]
mod wrap;
mod wrapping;
mod wycheproof;
