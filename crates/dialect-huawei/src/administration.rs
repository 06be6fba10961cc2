//! What the admin API has to say about a project and about its users: `docs/admin.md`.

use dialect::admin::{Asked, Unanswered};
use import_engine::{Engine, Scope, Tenant};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::default_keys;
use crate::directory::Directory;
use crate::members;
use crate::settings::Settings;

/// Where a service has a key.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Place {
    region: Option<String>,
}

/// Answers a request about a project.
///
/// # Errors
/// [`Unanswered`].
pub(crate) async fn answer(
    engine: &Engine,
    directory: &Directory,
    settings: &Settings,
    tenant: &Tenant,
    asked: &Asked<'_>,
) -> Result<Value, Unanswered> {
    match asked.path {
        ["default-keys", service] => default_key(engine, settings, tenant, service, asked).await,
        _ => members::answer(engine, directory, tenant, asked).await,
    }
}

/// Lets a service of the vendor use its key for the first time.
async fn default_key(
    engine: &Engine,
    settings: &Settings,
    tenant: &Tenant,
    service: &str,
    asked: &Asked<'_>,
) -> Result<Value, Unanswered> {
    asked.only(&["PUT"])?;
    if !default_keys::is_service(service) {
        return Err(Unanswered::bad("a service is a word of lower-case letters, digits and dashes, such as obs"));
    }
    let Place { region } = match asked.body {
        Value::Null => Place::default(),
        body => Place::deserialize(body).map_err(|fault| Unanswered::bad(format!("the body is malformed: {fault}")))?,
    };
    let region = region.unwrap_or_else(|| settings.region.clone());
    if !settings.regions.contains(&region) {
        return Err(Unanswered::bad(format!("{region} is no region that is served")));
    }
    let key = default_keys::key_of(engine, &Scope::new(tenant.clone(), region), service).await?;
    Ok(json!({ "key_id": key.id.0, "key_alias": key.name, "region": key.scope.region }))
}
