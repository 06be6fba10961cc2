//! The store: every SQL statement of polykms, on Postgres and on SQLite.
//!
//! Start at `open.rs`, which turns a database URL into a [`Database`]; what that hands out is an
//! `Arc<dyn Store>`, and the promises of its methods stand in `import_engine::store`. There is one
//! implementation, `SqlStore` (`sql.rs`), generic over `Backend`; `keys.rs`, `imports.rs`,
//! `labels.rs`, `grants.rs`, `key_uses.rs`, `key_stores.rs`, `principals.rs`, `records.rs` and `tenants.rs` hold one
//! store trait each, with the SQL beside its method. Everything in which the two databases differ is in
//! `backend.rs`; how a row reads and what becomes of one that cannot be read is in `rows.rs`. The schema is in `migrations/postgres` and `migrations/sqlite` at the
//! top of the repository: the same tables and columns in both, held together by a test.
//!
//! A method is an intent and one transaction. Races are settled by conditions (`revision = $n`),
//! not by isolation levels, so Postgres runs at READ COMMITTED; what a database gives up by itself
//! (a deadlock, a busy file) is tried again in `sql.rs`. Times come in as arguments and no statement
//! asks for the clock. To add a method: a line in the engine's trait, its SQL here, a promise in
//! `tests/contract`, which runs on both databases.

mod backend;
mod grants;
mod imports;
mod key_stores;
mod key_uses;
mod keys;
mod labels;
mod open;
mod principals;
mod records;
mod rows;
mod sql;
mod tenants;
mod text;

pub use open::{Database, OpenError, OpenOptions, SchemaState, migrate, open, schema_state};
