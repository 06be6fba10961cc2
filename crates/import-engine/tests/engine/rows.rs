//! Every row of the database as text, so that "nothing changed" can be asserted row by row.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Column, ConnectOptions, Row, SqliteConnection, TypeInfo, ValueRef};

/// Table name to its rows, each as `column=value` text.
pub type Rows = BTreeMap<String, Vec<String>>;

const TABLES: &[(&str, &str)] = &[
    ("keys", "SELECT * FROM keys"),
    ("materials", "SELECT * FROM materials"),
    ("import_parameters", "SELECT * FROM import_parameters"),
    ("import_failures", "SELECT * FROM import_failures"),
    ("wrapping_keys", "SELECT * FROM wrapping_keys"),
    ("labels", "SELECT * FROM labels"),
    ("tenants", "SELECT * FROM tenants"),
    ("notes", "SELECT * FROM notes"),
];

pub async fn all(file: &Path) -> Rows {
    let mut connection = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let mut rows = Rows::new();
    for (table, select) in TABLES {
        rows.insert((*table).to_owned(), read(&mut connection, select).await);
    }
    rows
}

/// All but the count of bad blobs, which a refused import is meant to change.
pub async fn all_but_failures(file: &Path) -> Rows {
    let mut rows = all(file).await;
    rows.remove("import_failures");
    rows
}

async fn read(connection: &mut SqliteConnection, select: &'static str) -> Vec<String> {
    let rows = sqlx::query(select).fetch_all(connection).await.unwrap();
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells = row.columns().iter().map(|column| {
                let value = row.try_get_raw(column.ordinal()).unwrap();
                let shown = match value.type_info().name() {
                    "INTEGER" => row.get::<Option<i64>, _>(column.ordinal()).map(|number| number.to_string()),
                    "BLOB" => row.get::<Option<Vec<u8>>, _>(column.ordinal()).map(hex::encode),
                    _ => row.get::<Option<String>, _>(column.ordinal()),
                };
                format!("{}={}", column.name(), shown.unwrap_or_else(|| "null".to_owned()))
            });
            cells.collect::<Vec<_>>().join(" ")
        })
        .collect();
    lines.sort();
    lines
}
