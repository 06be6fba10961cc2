//! What the three dialects share: requests as plain values, constraint tables, the operation
//! table, credentials, the pieces of request signatures, and the one actix handler.
//!
//! A dialect implements [`Frontend`]. Its `serve` names the operation, proves the caller (which
//! yields a [`Verified`]), makes a [`Call`], finds the [`Entry`] and lets it serve the JSON; its
//! `errors.rs` puts a [`Failure`] into the vendor's words. See `ARCHITECTURE.md`.

pub mod admin;
pub mod attestation;
pub mod constraint;
pub mod credentials;
pub mod http;
pub mod json;
pub mod lockout;
pub mod mount;
pub mod pem;
pub mod principals;
pub mod quota;
pub mod signature;
pub mod wildcard;
pub mod wire;

mod call;
mod failure;
mod kept;
mod operation;
mod secret_text;
mod verified;

pub use call::Call;
pub use credentials::{Credential, Credentials, Trust};
pub use failure::Failure;
pub use kept::Kept;
pub use mount::Frontend;
pub use operation::{AnswerText, Entry, Operation, serialize};
pub use secret_text::SecretText;
pub use verified::Verified;
