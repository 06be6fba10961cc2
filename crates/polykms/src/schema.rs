//! Opening the database, with the migrations that the settings ask for.

use store::{Database, OpenOptions, SchemaState};

use crate::refusal::Refusal;
use crate::settings::{DatabaseSettings, MigrateOnStart};

/// Opens the database for serving.
///
/// # Errors
/// A [`Refusal`] about the database or its schema.
pub async fn open(settings: &DatabaseSettings) -> Result<Database, Refusal> {
    let url = settings.url.expose();
    let migrate = match settings.migrate_on_start {
        MigrateOnStart::Always => true,
        MigrateOnStart::Never => false,
        MigrateOnStart::Empty => matches!(store::schema_state(url).await?, SchemaState::Behind { found: 0, .. }),
    };
    Ok(store::open(&OpenOptions { url: url.to_owned(), max_connections: settings.max_connections, migrate }).await?)
}

/// Brings the schema up to date; answers what it was like before.
///
/// # Errors
/// A [`Refusal`] about the database or its schema.
pub async fn migrate(settings: &DatabaseSettings) -> Result<SchemaState, Refusal> {
    let url = settings.url.expose();
    let before = store::schema_state(url).await?;
    store::migrate(url).await?;
    Ok(before)
}
