//! What tests need: a server in the process ([`TestServer`]) or beside it ([`Process`]), a database
//! of its own for each test ([`Place`]), a client that speaks raw HTTP ([`http`]), signers of the
//! three vendors ([`sign`], and [`Caller`] over both), and what a client does before an import ([`wrap`]).
//!
//! A mistake in the arguments is a mistake in the test: everything here panics.

pub mod http;
pub mod sign;
pub mod wrap;

mod calls;
mod place;
mod process;
mod server;

pub use calls::Caller;
pub use place::{Place, postgres_url};
pub use process::{Process, polykms_binary};
pub use server::{ServerBuilder, TestServer};
