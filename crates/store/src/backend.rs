//! Everything in which Postgres and SQLite differ, and [`Backend`], the one bound of the store.
//!
//! The small traits above it say in our words what sqlx says with a page of `where` clauses; each
//! has one blanket implementation, so a database pays nothing for them, and a missing argument type
//! or row struct is asked for by name.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use sqlx::error::{BoxDynError, DatabaseError};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Arguments, Connection, Database, Encode, Executor, FromRow, IntoArguments, Postgres, Sqlite, Type};

use crate::open::AppliedRow;
use crate::rows::{
    AccessKeyRow, ClockRow, CountRow, GrantRow, IdRow, KeyCountRow, KeyPairRow, KeyRow, KeyStoreRow, KeyUseRow,
    LabelRow, LeftRow, ParametersRow, PresentRow, PrincipalRow, RecordRow, SealedRow, TenantRow, ValueRow,
};

/// A boxed future, as the connection's methods answer them.
pub(crate) type Answer<'c, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'c>>;

/// Migrations on their way.
pub(crate) type Migrating<'c> = Pin<Box<dyn Future<Output = Result<(), MigrateError>> + Send + 'c>>;

/// A database that takes arguments of type `T`.
pub(crate) trait Takes<'t, T>: Database {
    /// Adds a value to the arguments of a statement.
    fn take(arguments: &mut Self::Arguments, value: T) -> Result<(), BoxDynError>;
}

impl<'t, DB: Database, T: Encode<'t, DB> + Type<DB> + 't> Takes<'t, T> for DB {
    fn take(arguments: &mut Self::Arguments, value: T) -> Result<(), BoxDynError> {
        arguments.add(value)
    }
}

/// A database whose rows can be read as `R`.
pub(crate) trait Reads<R>: Database {
    /// Reads one row.
    fn read(row: &Self::Row) -> sqlx::Result<R>;
}

impl<DB: Database, R: for<'r> FromRow<'r, DB::Row>> Reads<R> for DB {
    fn read(row: &Self::Row) -> sqlx::Result<R> {
        R::from_row(row)
    }
}

/// A connection on which a statement can be run.
pub(crate) trait Runs<DB: Database>: Send {
    /// Runs a statement for its effect.
    fn run(&mut self, text: &'static str, arguments: DB::Arguments) -> Answer<'_, DB::QueryResult>;

    /// Runs a statement to its end and answers all its rows.
    fn rows(&mut self, text: &'static str, arguments: DB::Arguments) -> Answer<'_, Vec<DB::Row>>;
}

impl<DB, C> Runs<DB> for C
where
    DB: Database<Arguments: IntoArguments<DB>>,
    C: Send,
    for<'c> &'c mut C: Executor<'c, Database = DB>,
{
    fn run(&mut self, text: &'static str, arguments: DB::Arguments) -> Answer<'_, DB::QueryResult> {
        self.execute(sqlx::query_with(text, arguments))
    }

    fn rows(&mut self, text: &'static str, arguments: DB::Arguments) -> Answer<'_, Vec<DB::Row>> {
        self.fetch_all(sqlx::query_with(text, arguments))
    }
}

/// A database that the store can live in.
pub(crate) trait Backend:
    Database<Connection: Runs<Self>, Arguments: IntoArguments<Self>>
    + for<'t> Takes<'t, &'t str>
    + for<'t> Takes<'t, Option<&'t str>>
    + for<'t> Takes<'t, &'t [u8]>
    + for<'t> Takes<'t, Option<&'t [u8]>>
    + Takes<'static, i64>
    + Takes<'static, Option<i64>>
    + Takes<'static, bool>
    + Reads<AccessKeyRow>
    + Reads<AppliedRow>
    + Reads<ClockRow>
    + Reads<CountRow>
    + Reads<GrantRow>
    + Reads<IdRow>
    + Reads<KeyCountRow>
    + Reads<KeyPairRow>
    + Reads<KeyRow>
    + Reads<KeyUseRow>
    + Reads<KeyStoreRow>
    + Reads<LabelRow>
    + Reads<LeftRow>
    + Reads<ParametersRow>
    + Reads<PresentRow>
    + Reads<PrincipalRow>
    + Reads<RecordRow>
    + Reads<SealedRow>
    + Reads<TenantRow>
    + Reads<ValueRow>
{
    /// Opens a transaction that will write.
    const BEGIN_WRITING: &'static str;

    /// Takes one pair of the kind `$1` out of the pool.
    const TAKE_KEY_PAIR: &'static str;

    /// Waits until no other writing transaction holds the lock called `$1`, and holds it to its own end.
    const LOCK: &'static str;

    /// Counts the tables called `$1`, as `count`.
    const COUNT_TABLES: &'static str;

    /// This database's migrations.
    fn migrator() -> &'static Migrator;

    /// Runs the migrations that have not been run. Two programs that start at the same time do not
    /// get into each other's way.
    fn migrate(connection: &mut Self::Connection) -> Migrating<'_>;

    /// How many rows a statement changed.
    fn affected(result: &Self::QueryResult) -> u64;

    /// Whether the database gave up by itself and the same transaction may do better later.
    fn is_transient(error: &dyn DatabaseError) -> bool;
}

impl Backend for Postgres {
    // Conditions settle the races, whatever the server's default isolation is.
    const BEGIN_WRITING: &'static str = "BEGIN ISOLATION LEVEL READ COMMITTED";

    // Without SKIP LOCKED, callers that wait for the same row would find it gone and come away with
    // nothing although the pool has more.
    const TAKE_KEY_PAIR: &'static str = "DELETE FROM wrapping_keys WHERE id = ( \
             SELECT id FROM wrapping_keys WHERE spec = $1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED \
         ) RETURNING id, spec, public_key, private_key";

    const LOCK: &'static str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

    const COUNT_TABLES: &'static str =
        "SELECT COUNT(*) AS count FROM pg_catalog.pg_class WHERE oid = to_regclass($1) AND relkind IN ('r', 'p')";

    fn migrator() -> &'static Migrator {
        static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/postgres");
        &MIGRATOR
    }

    fn migrate(connection: &mut Self::Connection) -> Migrating<'_> {
        // Under an advisory lock, which sqlx takes.
        Box::pin(Self::migrator().run_direct(None, connection, false))
    }

    fn affected(result: &Self::QueryResult) -> u64 {
        result.rows_affected()
    }

    fn is_transient(error: &dyn DatabaseError) -> bool {
        // serialization_failure, deadlock_detected
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }
}

impl Backend for Sqlite {
    // A transaction that begins by reading cannot wait for the lock when it turns to writing.
    const BEGIN_WRITING: &'static str = "BEGIN IMMEDIATE";

    const TAKE_KEY_PAIR: &'static str = "DELETE FROM wrapping_keys WHERE id = ( \
             SELECT id FROM wrapping_keys WHERE spec = $1 ORDER BY id LIMIT 1 \
         ) RETURNING id, spec, public_key, private_key";

    // A writing transaction is alone.
    const LOCK: &'static str = "SELECT $1";

    const COUNT_TABLES: &'static str = "SELECT COUNT(*) AS count FROM sqlite_schema WHERE type = 'table' AND name = $1";

    fn migrator() -> &'static Migrator {
        static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/sqlite");
        &MIGRATOR
    }

    fn migrate(connection: &mut Self::Connection) -> Migrating<'_> {
        // There is no lock to take but that of a writing transaction, around all of them.
        Box::pin(async {
            let mut tx = connection.begin_with(Self::BEGIN_WRITING).await?;
            Self::migrator().run_direct(None, &mut *tx, false).await?;
            Ok(tx.commit().await?)
        })
    }

    fn affected(result: &Self::QueryResult) -> u64 {
        result.rows_affected()
    }

    fn is_transient(error: &dyn DatabaseError) -> bool {
        // The low byte of the extended code: SQLITE_BUSY, SQLITE_LOCKED.
        let code = error.code().and_then(|code: Cow<'_, str>| code.parse::<u32>().ok());
        code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
    }
}
