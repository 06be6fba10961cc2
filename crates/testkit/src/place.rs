//! A database of its own for every test.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::migrate::MigrateDatabase as _;
use sqlx::{Connection as _, PgConnection, Postgres, SqliteConnection};
use tempfile::TempDir;

/// Names the server on which the Postgres half runs.
const POSTGRES_URL: &str = "POLYKMS_TEST_POSTGRES_URL";

/// The URL of the Postgres server for tests. Without one, says so and answers `None`.
pub fn postgres_url() -> Option<String> {
    let url = std::env::var(POSTGRES_URL).ok();
    if url.is_none() {
        println!("skipped: no Postgres ({POSTGRES_URL} is not set)");
    }
    url
}

/// An empty database that goes away with the test, and a folder beside it.
#[derive(Debug)]
pub struct Place {
    url: String,
    folder: TempDir,
}

impl Place {
    /// A SQLite file.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("polykms.sqlite").display());
        Self { url, folder }
    }

    /// A database on the Postgres server for tests, or `None` without one.
    pub fn postgres() -> Option<Self> {
        let server = postgres_url()?;
        let folder = tempfile::Builder::new().prefix("polykms_").rand_bytes(12).tempdir().expect("a temporary folder");
        let name = folder.path().file_name().and_then(|name| name.to_str()).expect("a name of our own").to_lowercase();
        let url = with_database(&server, &name);
        wait(Postgres::create_database(&url)).expect("the test's database is made");
        Some(Self { url, folder })
    }

    /// Where the database is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder that goes away with the test.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether it is a SQLite file.
    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// Runs a statement behind the server's back.
    pub fn run(&self, text: &'static str) {
        wait(async {
            if self.is_sqlite() {
                let mut connection = SqliteConnection::connect(&self.url).await.expect("the database opens");
                sqlx::query(text).execute(&mut connection).await.map(|_| ())
            } else {
                let mut connection = PgConnection::connect(&self.url).await.expect("the database opens");
                sqlx::query(text).execute(&mut connection).await.map(|_| ())
            }
        })
        .expect("the statement runs");
    }

    /// Runs a statement on so many connections of its own at once, for so long; answers how often
    /// it ran.
    pub fn in_parallel(&self, connections: usize, span: Duration, text: &'static str) -> u64 {
        let url = self.url.clone();
        wait(async move {
            let tasks: Vec<_> = (0..connections)
                .map(|_| {
                    let url = url.clone();
                    tokio::spawn(async move {
                        let mut connection = PgConnection::connect(&url).await.expect("the database opens");
                        let (started, mut done) = (Instant::now(), 0);
                        while started.elapsed() < span {
                            sqlx::query(text).execute(&mut connection).await.expect("the statement runs");
                            done += 1;
                        }
                        done
                    })
                })
                .collect();
            let mut done = 0;
            for task in tasks {
                done += task.await.expect("no task panics");
            }
            done
        })
    }

    /// Asks for one number behind the server's back.
    pub fn number(&self, text: &'static str) -> i64 {
        wait(async {
            if self.is_sqlite() {
                let mut connection = SqliteConnection::connect(&self.url).await.expect("the database opens");
                sqlx::query_scalar(text).fetch_one(&mut connection).await
            } else {
                let mut connection = PgConnection::connect(&self.url).await.expect("the database opens");
                sqlx::query_scalar(text).fetch_one(&mut connection).await
            }
        })
        .expect("the question has an answer")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.is_sqlite() {
            // What is left behind goes with the throwaway server.
            let _ = wait(Postgres::force_drop_database(&self.url));
        }
    }
}

/// The URL of another database on the same server.
fn with_database(server: &str, name: &str) -> String {
    let (server, parameters) = server.split_once('?').unwrap_or((server, ""));
    let host = server.split_once("://").map_or(server, |(_, rest)| rest).split('/').next().unwrap_or_default();
    format!("postgres://{host}/{name}?{parameters}")
}

/// Runs a future to its end, whether or not this thread is in a runtime already.
pub(crate) fn wait<T: Send>(work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        scope.spawn(move || runtime().block_on(work)).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
