//! The promises of the store's traits, one function each, kept on SQLite and on Postgres.
//!
//! Postgres is the server at `POLYKMS_TEST_POSTGRES_URL`; every test makes a database of its own
//! there and drops it afterwards. Without the variable those tests say that they were skipped.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

/// Makes a test per database of each promise: an `async fn` that takes a [`place::Place`].
macro_rules! promises {
    ($($promise:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $promise() { crate::place::with_sqlite(super::$promise).await })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $promise() { crate::place::with_postgres(super::$promise).await })+
        }
    };
}

mod grants;
mod imports;
mod key_stores;
mod key_uses;
mod keys;
mod labels;
mod members;
mod opening;
mod place;
mod principals;
mod races;
mod records;
mod samples;
mod schema;
mod tenants;
