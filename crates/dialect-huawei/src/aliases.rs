//! Alias objects: names that keys go by besides their identifiers, several to a key. They have
//! nothing to do with `key_alias`, the one name that every key is made with.
//!
//! An alias is shown as it was made. With `alias/` before it or without, it is the same one: both
//! have one resource name.

use dialect::Call;
use import_engine::store::Label;
use import_engine::{Error, KeyId, Scope};
use serde::Serialize;

use crate::accounts::domain_id;
use crate::codes::Code;
use crate::default_keys::ENDING;
use crate::errors::Refusal;
use crate::texts::iso_seconds;

/// What may stand before a name.
const PREFIX: &str = "alias/";

/// An alias as it is shown, in the order in which the vendor shows it.
#[derive(Serialize)]
pub(crate) struct AliasEntity {
    domain_id: String,
    key_id: String,
    alias: String,
    alias_urn: String,
    create_time: String,
    update_time: String,
}

impl From<Label> for AliasEntity {
    fn from(label: Label) -> Self {
        let domain_id = domain_id(&label.scope.tenant.account);
        Self {
            alias_urn: format!("kms:{}:{domain_id}:alias:{}", label.scope.region, bare(&label.name)),
            domain_id,
            key_id: label.key.0,
            alias: label.name,
            create_time: iso_seconds(label.created_at),
            update_time: iso_seconds(label.updated_at),
        }
    }
}

/// Gives a key another alias.
///
/// # Errors
/// [`Code::InvalidAlias`], [`Code::AliasTaken`], and the engine's.
pub(crate) async fn create(call: &Call, alias: &str, key: &KeyId) -> Result<Label, Refusal> {
    // Unverified: that the ending of default master keys is refused here, too.
    if bare(alias).is_empty() || alias.ends_with(ENDING) {
        return Err(Code::InvalidAlias.into());
    }
    let key = call.engine.describe_key(&call.scope, key).await?.id;
    if let Some(other) = other_spelling(alias)
        && find(call, &[other]).await?.is_some()
    {
        return Err(Code::AliasTaken.into());
    }
    Ok(call.engine.create_label(&call.scope, alias, &key).await?)
}

/// The alias of a text in either spelling, as it was made; the text itself if there is none.
///
/// # Errors
/// The engine's.
pub(crate) async fn as_made(call: &Call, alias: String) -> Result<String, Refusal> {
    let spellings: Vec<String> = [Some(alias.clone()), other_spelling(&alias)].into_iter().flatten().collect();
    Ok(find(call, &spellings).await?.map_or(alias, |label| label.name))
}

/// The key that a `key_id` means, for the calls that take an alias or its resource name in place of
/// an identifier ([`crate::shapes::KEY_NAME`]).
///
/// # Errors
/// [`Code::NoSuchKey`] if there is no such alias, and the engine's.
// Unverified: that another region's or domain's resource name is of a key that does not exist.
pub(crate) async fn resolve(call: &Call, key_id: String) -> Result<KeyId, Refusal> {
    let Some(name) = named(&call.scope, &key_id)? else { return Ok(key_id.into()) };
    let found = find(call, &[format!("{PREFIX}{name}"), name]).await?;
    Ok(found.ok_or(Code::NoSuchKey)?.key)
}

/// The bare name of the alias that a `key_id` is; `None` if it is an identifier.
fn named(scope: &Scope, key_id: &str) -> Result<Option<String>, Code> {
    if let Some(name) = key_id.strip_prefix(PREFIX) {
        return Ok(Some(name.to_owned()));
    }
    let Some(place) = key_id.strip_prefix("kms:") else { return Ok(None) };
    let here = format!("{}:{}:alias:", scope.region, domain_id(&scope.tenant.account));
    place.strip_prefix(&here).map(|name| Some(name.to_owned())).ok_or(Code::NoSuchKey)
}

/// The first of some spellings that is there.
async fn find(call: &Call, spellings: &[String]) -> Result<Option<Label>, Refusal> {
    for spelling in spellings {
        match call.engine.label(&call.scope, spelling).await {
            Ok(label) => return Ok(Some(label)),
            Err(Error::LabelNotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

fn bare(alias: &str) -> &str {
    alias.strip_prefix(PREFIX).unwrap_or(alias)
}

/// The same alias with the prefix or without. A name that itself begins with the prefix has only
/// one spelling.
fn other_spelling(alias: &str) -> Option<String> {
    match alias.strip_prefix(PREFIX) {
        None => Some(format!("{PREFIX}{alias}")),
        Some(name) => (!name.starts_with(PREFIX)).then(|| name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use import_engine::Tenant;

    const PROJECT: &str = "0dea2644dc80d5d22ff1c01e3ebea6fc";

    #[test]
    fn spellings() {
        assert_eq!(other_spelling("a").as_deref(), Some("alias/a"));
        assert_eq!(other_spelling("alias/a").as_deref(), Some("a"));
        assert_eq!(other_spelling("alias/alias/a"), None);
        assert_eq!((bare("alias/a/b"), bare("a"), bare("alias/")), ("a/b", "a", ""));
    }

    #[test]
    fn names_of_keys() {
        let scope = Scope::new(Tenant::new("huawei", PROJECT), "cn-north-4");
        let domain = domain_id(PROJECT);
        let name = |text: &str| named(&scope, text);
        assert_eq!(name("0d0466b0-e727-4d9c-b35d-f84bb474a37f"), Ok(None));
        assert_eq!(name("alias/a:b"), Ok(Some("a:b".to_owned())));
        assert_eq!(name(&format!("kms:cn-north-4:{domain}:alias:a/b")), Ok(Some("a/b".to_owned())));
        assert_eq!(name(&format!("kms:cn-east-3:{domain}:alias:a")), Err(Code::NoSuchKey));
        assert_eq!(name(&format!("kms:cn-north-4:{PROJECT}:alias:a")), Err(Code::NoSuchKey));
    }
}
