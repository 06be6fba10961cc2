//! Reads the layers of the settings.

use std::collections::BTreeSet;
use std::path::PathBuf;

use config::{Config, ConfigError, File, FileFormat, ValueKind};
use serde_json::Value;

use super::Settings;

/// Every setting with its default.
pub(super) const DEFAULT: &str = include_str!("../../../../config/default.toml");
/// What `polykms dev` does differently.
pub(super) const DEV: &str = include_str!("../../../../config/dev.toml");

/// The sections that the dialects read, with defaults of their own.
const DIALECTS: [&str; 3] = ["aws", "huawei", "tencent"];
/// Tables whose names are the user's, or are known to the dialect alone.
const OPEN_TABLES: [&str; 4] =
    ["tencent.hsm_clusters.", "tencent.regions.", "tencent.requests_per_second.", "tencent.services."];
/// How environment variables that are settings begin.
const PREFIX: &str = "POLYKMS__";

/// What lies between the defaults and the environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Base {
    /// `config/dev.toml`.
    Dev,
    /// A file.
    File(PathBuf),
}

/// Why there are no settings. No message holds a value.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read, or is not TOML.
    #[error("the settings file {} cannot be read: {cause}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        cause: String,
    },
    /// Settings that do not exist.
    #[error("unknown setting {}; config/default.toml lists every setting there is", names.join(", "))]
    Unknown {
        /// Their names, as `section.field`.
        names: Vec<String>,
    },
    /// A value that its setting cannot have.
    #[error("a setting cannot be used: {0}")]
    Invalid(String),
}

/// Settings from the defaults, `base` and the environment, which is given as its variables.
///
/// # Errors
/// See [`SettingsError`].
pub fn load(base: &Base, environment: impl IntoIterator<Item = (String, String)>) -> Result<Settings, SettingsError> {
    let known = flat(&parsed(DEFAULT).map_err(invalid)?);
    let mut builder = Config::builder().add_source(File::from_str(DEFAULT, FileFormat::Toml));
    builder = match base {
        Base::Dev => builder.add_source(File::from_str(DEV, FileFormat::Toml)),
        Base::File(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
            refuse_unknown(&known, flat(&parsed(&text).map_err(|error| unreadable(path, &error))?))?;
            builder.add_source(File::from_str(&text, FileFormat::Toml))
        }
    };
    let variables = variables(environment);
    refuse_unknown(&known, variables.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))))?;
    for (name, value) in variables {
        let is_list = known.iter().any(|(known, default)| *known == name && default.is_array());
        builder = if is_list {
            let items: Vec<&str> = value.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
            builder.set_override(&name, items)
        } else {
            builder.set_override(&name, value)
        }
        .map_err(invalid)?;
    }
    let mut merged = builder.build().map_err(invalid)?;
    drop_what_is_not_given(&mut merged);
    merged.try_deserialize().map_err(invalid)
}

/// An empty text means "not given": what is left out of a dialect's section takes its default.
fn drop_what_is_not_given(merged: &mut Config) {
    let ValueKind::Table(sections) = &mut merged.cache.kind else { return };
    for name in DIALECTS {
        if let Some(ValueKind::Table(fields)) = sections.get_mut(name).map(|section| &mut section.kind) {
            fields.retain(|_, value| !matches!(&value.kind, ValueKind::String(text) if text.is_empty()));
        }
    }
}

/// The variables that are settings, named as settings are.
fn variables(environment: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    environment
        .into_iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?.to_ascii_lowercase().replace("__", "."), value)))
        .collect()
}

fn parsed(text: &str) -> Result<Value, ConfigError> {
    Config::builder().add_source(File::from_str(text, FileFormat::Toml)).build().and_then(Config::try_deserialize)
}

/// All settings of a tree by their names; a list is one setting.
pub(super) fn flat(tree: &Value) -> Vec<(String, Value)> {
    let Value::Object(sections) = tree else { return Vec::new() };
    let mut leaves = Vec::new();
    for (name, value) in sections {
        match value {
            Value::Object(_) => {
                leaves.extend(flat(value).into_iter().map(|(inner, value)| (format!("{name}.{inner}"), value)));
            }
            _ => leaves.push((name.clone(), value.clone())),
        }
    }
    leaves
}

fn refuse_unknown(
    known: &[(String, Value)],
    given: impl IntoIterator<Item = (String, Value)>,
) -> Result<(), SettingsError> {
    let is_known = |name: &String| {
        name == "credentials"
            || name == "principals"
            || OPEN_TABLES.iter().any(|table| name.starts_with(table))
            || known.iter().any(|(known, _)| known == name)
    };
    let names: BTreeSet<String> = given.into_iter().map(|(name, _)| name).filter(|name| !is_known(name)).collect();
    if names.is_empty() { Ok(()) } else { Err(SettingsError::Unknown { names: names.into_iter().collect() }) }
}

fn unreadable(path: &std::path::Path, cause: &dyn std::fmt::Display) -> SettingsError {
    SettingsError::File { path: path.to_owned(), cause: cause.to_string() }
}

fn invalid(error: ConfigError) -> SettingsError {
    SettingsError::Invalid(error.to_string())
}
