//! A database of its own for every test.

use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt;
use import_engine::store::Store;
use sqlx::migrate::MigrateDatabase;
use sqlx::{Connection, PgConnection, Postgres, SqliteConnection};
use store::{Database, OpenOptions, open};
use tempfile::TempDir;

/// Names the server on which the Postgres half runs.
const POSTGRES_URL: &str = "POLYKMS_TEST_POSTGRES_URL";

/// Where a test has its database.
pub struct Place {
    pub url: String,
    folder: TempDir,
}

impl Place {
    /// The folder that goes away with the test.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    pub fn options(&self) -> OpenOptions {
        OpenOptions { url: self.url.clone(), max_connections: 8, migrate: true }
    }

    pub async fn database(&self) -> Database {
        open(&self.options()).await.expect("the database opens")
    }

    /// The store, migrated.
    pub async fn store(&self) -> Arc<dyn Store> {
        self.database().await.store()
    }

    /// Runs a statement behind the store's back.
    pub async fn run(&self, text: &'static str) {
        if self.is_sqlite() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query(text).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query(text).execute(&mut connection).await.unwrap();
        }
    }

    /// Asks for one number behind the store's back.
    pub async fn number(&self, text: &'static str) -> i64 {
        if self.is_sqlite() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(text).fetch_one(&mut connection).await.unwrap()
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(text).fetch_one(&mut connection).await.unwrap()
        }
    }
}

/// Keeps a promise on SQLite.
pub async fn with_sqlite(promise: impl AsyncFnOnce(&Place)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("store.sqlite").display());
    promise(&Place { url, folder }).await;
}

/// Keeps a promise on Postgres, if there is a server.
pub async fn with_postgres(promise: impl AsyncFnOnce(&Place)) {
    let Ok(server) = std::env::var(POSTGRES_URL) else {
        println!("skipped: no Postgres ({POSTGRES_URL} is not set)");
        return;
    };
    let folder = tempfile::Builder::new().prefix("contract_").rand_bytes(12).tempdir().unwrap();
    let name = folder.path().file_name().and_then(|name| name.to_str()).unwrap();
    let place = Place { url: with_database(&server, name), folder: tempfile::tempdir().unwrap() };
    Postgres::create_database(&place.url).await.expect("the test's database is made");
    let result = std::panic::AssertUnwindSafe(promise(&place)).catch_unwind().await;
    Postgres::force_drop_database(&place.url).await.expect("the test's database is dropped");
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
}

/// The URL of another database on the same server.
fn with_database(server: &str, name: &str) -> String {
    let (server, parameters) = server.split_once('?').unwrap_or((server, ""));
    let host = server.split_once("://").map_or(server, |(_, rest)| rest).split('/').next().unwrap_or_default();
    format!("postgres://{host}/{name}?{parameters}")
}
