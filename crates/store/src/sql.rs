//! [`SqlStore`], and how its methods run statements and transactions.

use std::time::Duration;

use import_engine::store::StoreError;
use import_engine::{Scope, Tenant};
use sqlx::error::BoxDynError;
use sqlx::{Pool, Transaction};

use crate::backend::{Backend, Reads, Runs, Takes};
use crate::text::keepable;

/// How often a transaction that the database gave up is begun.
const ATTEMPTS: u32 = 6;

/// The pause before the second attempt; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(4);

/// The store on one database.
#[derive(Debug)]
pub(crate) struct SqlStore<DB: Backend> {
    /// For statements that only read.
    pub(crate) readers: Pool<DB>,
    /// For the others. One connection on SQLite, so that writers queue in the order they came.
    pub(crate) writers: Pool<DB>,
}

/// Why a transaction was not committed.
pub(crate) enum Failure {
    /// The store has its answer.
    Answer(StoreError),
    /// The database refused or did not answer.
    Sql(sqlx::Error),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Answer(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Answer(error) => error,
            Failure::Sql(error) => Self::Unavailable(Box::new(error)),
        }
    }
}

impl<DB: Backend> SqlStore<DB> {
    /// Runs one reading statement.
    pub(crate) async fn read<R>(&self, statement: Statement<DB>) -> Result<Vec<R>, StoreError>
    where
        DB: Reads<R>,
    {
        let rows = async { statement.rows(&mut *self.readers.acquire().await?).await };
        Ok(rows.await.map_err(Failure::from)?)
    }

    /// Opens a transaction that will write. Dropped without a commit, it leaves no trace.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, DB>, Failure> {
        Ok(self.writers.begin_with(DB::BEGIN_WRITING).await?)
    }

    /// Runs a whole transaction, and again a few times if the database gives it up (deadlock, busy
    /// file). The closure must therefore do nothing but statements.
    pub(crate) async fn write<T, F>(&self, mut transaction: impl FnMut() -> F + Send) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Failure>> + Send,
    {
        let mut pause = FIRST_PAUSE;
        for _ in 1..ATTEMPTS {
            match transaction().await {
                Err(Failure::Sql(sqlx::Error::Database(error))) if DB::is_transient(&*error) => {
                    tracing::debug!(%error, "transaction given up by the database, trying again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                result => return Ok(result?),
            }
        }
        Ok(transaction().await?)
    }

    /// Runs one writing statement as a transaction of its own; answers how many rows it changed.
    pub(crate) async fn write_one(
        &self,
        statement: impl Fn() -> Statement<DB> + Send + Sync,
    ) -> Result<u64, StoreError> {
        self.write(|| async {
            let mut tx = self.begin().await?;
            let changed = statement().run(&mut tx).await?;
            tx.commit().await?;
            Ok(changed)
        })
        .await
    }
}

/// Holds a change that was to meet one row against what it met: none, or one that something else
/// forbids to be so.
///
/// # Errors
/// [`StoreError::Stale`] if there was no such row (any more), or another row does not let it go or
/// is not there; [`StoreError::AlreadyExists`] if it would have been the second of its name.
pub(crate) fn one_row(changed: sqlx::Result<u64>) -> Result<(), Failure> {
    match changed {
        Ok(0) => Err(StoreError::Stale.into()),
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Err(StoreError::Stale.into()),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(StoreError::AlreadyExists.into()),
        Err(error) => Err(error.into()),
    }
}

/// A statement with its arguments.
pub(crate) struct Statement<DB: Backend> {
    text: &'static str,
    arguments: Result<DB::Arguments, BoxDynError>,
}

/// A statement whose arguments are still to come, in the order `$1`, `$2` …
pub(crate) fn sql<DB: Backend>(text: &'static str) -> Statement<DB> {
    Statement { text, arguments: Ok(DB::Arguments::default()) }
}

impl<DB: Backend> Statement<DB> {
    /// Binds the next argument.
    pub(crate) fn bind<'t, T>(mut self, value: T) -> Self
    where
        DB: Takes<'t, T>,
    {
        self.arguments = self.arguments.and_then(|mut arguments| {
            DB::take(&mut arguments, value)?;
            Ok(arguments)
        });
        self
    }

    /// Binds a text that came from outside, in the form that every database can keep.
    pub(crate) fn text(self, text: &str) -> Self {
        self.bind(&*keepable(text))
    }

    /// Binds a text that came from outside, or null.
    pub(crate) fn text_or_null(self, text: Option<&str>) -> Self {
        self.bind(text.map(keepable).as_deref())
    }

    /// Binds vendor, account and region.
    pub(crate) fn scope(self, scope: &Scope) -> Self {
        self.tenant(&scope.tenant).text(&scope.region)
    }

    /// Binds vendor and account.
    pub(crate) fn tenant(self, tenant: &Tenant) -> Self {
        self.text(&tenant.vendor).text(&tenant.account)
    }

    /// Runs it; answers how many rows it changed.
    pub(crate) async fn run(self, connection: &mut DB::Connection) -> sqlx::Result<u64> {
        let arguments = self.arguments.map_err(sqlx::Error::Encode)?;
        Ok(DB::affected(&connection.run(self.text, arguments).await?))
    }

    /// Runs it to its end; answers its rows.
    pub(crate) async fn rows<R>(self, connection: &mut DB::Connection) -> sqlx::Result<Vec<R>>
    where
        DB: Reads<R>,
    {
        let arguments = self.arguments.map_err(sqlx::Error::Encode)?;
        connection.rows(self.text, arguments).await?.iter().map(DB::read).collect()
    }

    /// Runs it to its end; answers its first row.
    pub(crate) async fn row<R>(self, connection: &mut DB::Connection) -> sqlx::Result<Option<R>>
    where
        DB: Reads<R>,
    {
        Ok(self.rows(connection).await?.into_iter().next())
    }
}
