//! From a database URL to a store: connections, the state of the schema, migrations.

use std::fmt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use import_engine::store::{Store, StoreError};
use sqlx::migrate::MigrateError;
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, FromRow, Postgres, Sqlite};

use crate::backend::Backend;
use crate::rows::CountRow;
use crate::sql::{SqlStore, sql};

/// How long a caller waits for a connection before the store counts as unavailable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a SQLite statement waits for a lock that another process holds. A transaction is begun
/// several times (`sql.rs`), so the whole wait is a multiple of this.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// How often a SQLite file that others are opening too is opened.
const OPENING_ATTEMPTS: u32 = 40;

/// The pause before it is opened again.
const OPENING_PAUSE: Duration = Duration::from_millis(50);

/// After how long without use a Postgres connection is tried before it is handed out.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// Where the store is and how to open it.
#[derive(Clone)]
pub struct OpenOptions {
    /// `sqlite:<path>` or `postgres://user:password@host:port/database`, with the parameters that
    /// sqlx documents.
    pub url: String,
    /// The most connections that are open at a time, at least 1: to the server with Postgres, for
    /// reading with SQLite, where one more connection does all the writing.
    pub max_connections: u32,
    /// Whether to bring an empty or older schema up to date first.
    pub migrate: bool,
}

impl fmt::Debug for OpenOptions {
    /// Leaves out the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url: _, max_connections, migrate } = self;
        let mut shown = f.debug_struct("OpenOptions");
        shown.field("max_connections", max_connections).field("migrate", migrate).finish_non_exhaustive()
    }
}

/// How the schema that was found relates to the one this program was built with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SchemaState {
    /// It is the same.
    Current,
    /// It is older, or there is none at all: `found` is 0 then.
    Behind {
        /// The last migration that was run.
        found: i64,
        /// The last migration there is.
        known: i64,
    },
    /// A newer program has migrated it.
    Ahead {
        /// The last migration that was run.
        found: i64,
        /// The last migration this program knows.
        known: i64,
    },
    /// A migration was run that this program knows differently or not at all.
    Foreign {
        /// Which one.
        version: i64,
    },
}

impl fmt::Display for SchemaState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => write!(f, "the schema is up to date"),
            Self::Behind { found: 0, known } => write!(f, "there is no schema yet, version {known} is needed"),
            Self::Behind { found, known } => write!(f, "the schema has version {found}, version {known} is needed"),
            Self::Ahead { found, known } => {
                write!(f, "the schema has version {found}, this program knows none after {known}")
            }
            Self::Foreign { version } => {
                write!(f, "version {version} of the schema is not the one this program was built with")
            }
        }
    }
}

/// Why a store could not be opened. No message holds the URL.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL begins with no scheme that we know.
    #[error("the database URL must begin with sqlite:, postgres: or postgresql:")]
    Scheme,
    /// Connections to a database in memory would not see each other's rows.
    #[error("SQLite in memory cannot hold a store, give a file")]
    InMemory,
    /// The URL cannot be read.
    #[error("the database URL cannot be read")]
    Url(#[source] sqlx::Error),
    /// The database file could not be made.
    #[error("database file {}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The database refused the connection or did not answer.
    #[error("the database cannot be reached")]
    Connect(#[source] sqlx::Error),
    /// The schema is not the one that this program was built with.
    #[error("{0}")]
    Schema(SchemaState),
    /// A migration failed.
    #[error("the migration failed")]
    Migrate(#[source] MigrateError),
}

/// An open database.
pub struct Database {
    store: Arc<dyn Store>,
    hold: Box<dyn Hold>,
}

impl Database {
    /// The store that lives in it. It works until [`Database::close`].
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// What the schema is like now; a newer program may have migrated it in the meantime.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database does not answer.
    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        self.hold.schema_state().await
    }

    /// Waits for the statements under way and closes all connections. SQLite folds its log into the
    /// file. Without it everything that was answered is on disk all the same.
    pub async fn close(self) {
        self.hold.close().await;
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Database")
    }
}

/// Opens the store.
///
/// A SQLite file that is missing is made if `migrate` was asked for, readable by its owner only.
///
/// # Errors
/// [`OpenError::Schema`] if the schema is newer or foreign, or older and `migrate` was not asked
/// for; the others as they say.
pub async fn open(options: &OpenOptions) -> Result<Database, OpenError> {
    match Place::of(&options.url)? {
        Place::Postgres(place) => opened(postgres(*place, options).await?, options.migrate).await,
        Place::Sqlite(place) => {
            if options.migrate {
                create_file(place.get_filename())?;
            } else if !place.get_filename().exists() {
                return Err(OpenError::Schema(compare::<Sqlite>(&[])));
            }
            opened_sqlite(*place, options).await
        }
    }
}

/// Opens a file, and again while others are turning it to WAL or are folding its log into it: SQLite
/// gives up at once there, however long it may wait for locks.
async fn opened_sqlite(place: SqliteConnectOptions, options: &OpenOptions) -> Result<Database, OpenError> {
    for _ in 1..OPENING_ATTEMPTS {
        let outcome = match sqlite(place.clone(), options).await {
            Ok(store) => opened(store, options.migrate).await,
            Err(error) => Err(error),
        };
        match outcome {
            Err(OpenError::Connect(sqlx::Error::Database(error))) if Sqlite::is_transient(&*error) => {
                tracing::debug!(%error, "the file is busy, opening it again");
                tokio::time::sleep(OPENING_PAUSE).await;
            }
            outcome => return outcome,
        }
    }
    opened(sqlite(place, options).await?, options.migrate).await
}

/// Brings the schema up to date, from whatever older version, and does nothing if it is.
///
/// # Errors
/// [`OpenError::Schema`] if the schema is newer or foreign; the others as they say.
pub async fn migrate(url: &str) -> Result<(), OpenError> {
    open(&OpenOptions { url: url.to_owned(), max_connections: 1, migrate: true }).await?.close().await;
    Ok(())
}

/// What the schema at a URL is like. Changes nothing; a SQLite file that is missing is not made and
/// counts as one without a schema.
///
/// # Errors
/// If the database cannot be reached.
pub async fn schema_state(url: &str) -> Result<SchemaState, OpenError> {
    let options = OpenOptions { url: url.to_owned(), max_connections: 1, migrate: false };
    let state = match Place::of(url)? {
        Place::Postgres(place) => closed_after_look(postgres(*place, &options).await?).await,
        Place::Sqlite(place) if !place.get_filename().exists() => return Ok(compare::<Sqlite>(&[])),
        Place::Sqlite(place) => closed_after_look(sqlite(*place, &options).await?).await,
    };
    state.map_err(OpenError::Connect)
}

async fn closed_after_look<DB: Backend>(store: SqlStore<DB>) -> sqlx::Result<SchemaState> {
    let state = look(&store).await;
    store.close().await;
    state
}

/// A database URL, read.
enum Place {
    Postgres(Box<PgConnectOptions>),
    Sqlite(Box<SqliteConnectOptions>),
}

impl Place {
    fn of(url: &str) -> Result<Self, OpenError> {
        let (scheme, rest) = url.split_once(':').ok_or(OpenError::Scheme)?;
        match scheme {
            "postgres" | "postgresql" => {
                Ok(Self::Postgres(Box::new(PgConnectOptions::from_str(url).map_err(OpenError::Url)?)))
            }
            "sqlite" if rest.is_empty() || rest.contains(":memory:") || rest.contains("mode=memory") => {
                Err(OpenError::InMemory)
            }
            "sqlite" => Ok(Self::Sqlite(Box::new(SqliteConnectOptions::from_str(url).map_err(OpenError::Url)?))),
            _ => Err(OpenError::Scheme),
        }
    }
}

/// Made here and not by SQLite, which would leave the mode to the umask. The log beside the file
/// takes its mode from the file.
fn create_file(path: &Path) -> Result<(), OpenError> {
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(source) if source.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(OpenError::File { path: path.to_owned(), source }),
    }
}

async fn sqlite(place: SqliteConnectOptions, options: &OpenOptions) -> Result<SqlStore<Sqlite>, OpenError> {
    let place = place
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // Overwrites what is deleted or set to null, so that wiped bytes do not linger in free pages.
        .pragma("secure_delete", "ON");
    // The writer first: it is the one that may have to turn a new file to WAL.
    let writers = pool(1).test_before_acquire(false).connect_with(place.clone()).await.map_err(OpenError::Connect)?;
    let readers = pool(options.max_connections.max(1))
        .test_before_acquire(false)
        .connect_lazy_with(place.pragma("query_only", "ON"));
    Ok(SqlStore { readers, writers })
}

async fn postgres(place: PgConnectOptions, options: &OpenOptions) -> Result<SqlStore<Postgres>, OpenError> {
    let pool = pool::<Postgres>(options.max_connections.max(1))
        // A ping before every use would double the round trips; one after a pause finds the
        // connections that a restarted server has left behind.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for >= TRUSTED_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(place)
        .await
        .map_err(OpenError::Connect)?;
    Ok(SqlStore { readers: pool.clone(), writers: pool })
}

fn pool<DB: Backend>(max_connections: u32) -> PoolOptions<DB> {
    PoolOptions::new().max_connections(max_connections).acquire_timeout(ACQUIRE_TIMEOUT)
}

/// The end of opening: the schema is looked at, and migrated where that was asked for.
async fn opened<DB: Backend>(store: SqlStore<DB>, migrate: bool) -> Result<Database, OpenError> {
    let found = look(&store).await.map_err(OpenError::Connect)?;
    match found {
        SchemaState::Current => {}
        SchemaState::Behind { .. } if migrate => run_migrations(&store).await?,
        other => return Err(OpenError::Schema(other)),
    }
    let store = Arc::new(store);
    let hold = SqlStore { readers: store.readers.clone(), writers: store.writers.clone() };
    Ok(Database { store, hold: Box::new(hold) })
}

async fn run_migrations<DB: Backend>(store: &SqlStore<DB>) -> Result<(), OpenError> {
    let mut connection = store.writers.acquire().await.map_err(OpenError::Connect)?;
    DB::migrate(&mut connection).await.map_err(OpenError::Migrate)
}

/// One row of sqlx's own table.
#[derive(FromRow)]
pub(crate) struct AppliedRow {
    version: i64,
    checksum: Vec<u8>,
}

async fn look<DB: Backend>(store: &SqlStore<DB>) -> sqlx::Result<SchemaState> {
    let mut connection = store.readers.acquire().await?;
    let tables: Option<CountRow> = sql::<DB>(DB::COUNT_TABLES).bind("_sqlx_migrations").row(&mut connection).await?;
    if tables.is_none_or(|row| row.count == 0) {
        return Ok(compare::<DB>(&[]));
    }
    let select = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";
    Ok(compare::<DB>(&sql::<DB>(select).rows(&mut connection).await?))
}

fn compare<DB: Backend>(applied: &[AppliedRow]) -> SchemaState {
    let known = DB::migrator().iter().map(|migration| migration.version).max().unwrap_or(0);
    let found = applied.iter().map(|row| row.version).max().unwrap_or(0);
    let foreign = applied.iter().find(|row| {
        row.version <= known
            && !DB::migrator()
                .iter()
                .any(|migration| migration.version == row.version && *migration.checksum == *row.checksum)
    });
    match foreign {
        Some(row) => SchemaState::Foreign { version: row.version },
        None if found > known => SchemaState::Ahead { found, known },
        None if applied.len() < DB::migrator().iter().count() => SchemaState::Behind { found, known },
        None => SchemaState::Current,
    }
}

/// What can be done with an open database besides using the store.
#[async_trait]
trait Hold: Send + Sync {
    async fn schema_state(&self) -> Result<SchemaState, StoreError>;
    async fn close(&self);
}

#[async_trait]
impl<DB: Backend> Hold for SqlStore<DB> {
    async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        look(self).await.map_err(|error| StoreError::Unavailable(Box::new(error)))
    }

    async fn close(&self) {
        // The writer last, so that it is alone with the file and can fold the log into it.
        self.readers.close().await;
        self.writers.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::{OpenError, OpenOptions, Place};

    #[test]
    fn urls_that_are_none() {
        assert!(matches!(Place::of("mysql://h/d"), Err(OpenError::Scheme)));
        assert!(matches!(Place::of("polykms.sqlite"), Err(OpenError::Scheme)));
        for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite:a?mode=memory", "sqlite:"] {
            assert!(matches!(Place::of(url), Err(OpenError::InMemory)), "{url}");
        }
        assert!(matches!(Place::of("sqlite:a.sqlite?mode=odd"), Err(OpenError::Url(_))));
    }

    #[test]
    fn debug_shows_no_password() {
        let url = "postgres://user:secret@host/db".to_owned();
        let shown = format!("{:?}", OpenOptions { url, max_connections: 3, migrate: false });
        assert!(!shown.contains("secret"), "{shown}");
    }
}
