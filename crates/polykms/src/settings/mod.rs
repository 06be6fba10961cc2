//! Settings: `config/default.toml`, over it a file, over that the environment, parsed once into
//! finished types. Each section goes to the part that needs it.

mod load;
mod sections;

pub use dialect::SecretText;
pub use load::{Base, SettingsError, load};
pub use sections::{
    Admin, Authentication, Clocks, CredentialEntry, DatabaseSettings, EngineSettings, Import, Log, LogFormat,
    MasterKeySource, MigrateOnStart, PrincipalEntry, Seconds, ServerSettings, Sweep, TrustWord, Vendor,
};

use serde::Deserialize;

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Listening and deadlines.
    pub server: ServerSettings,
    /// Where everything is kept.
    pub database: DatabaseSettings,
    /// What everything secret is sealed under.
    pub master_key: MasterKeySource,
    /// Who may call.
    pub authentication: Authentication,
    /// The callers' credentials.
    #[serde(default)]
    pub credentials: Vec<CredentialEntry>,
    /// Users and roles that credentials may be of.
    #[serde(default)]
    pub principals: Vec<PrincipalEntry>,
    /// The admin API.
    pub admin: Admin,
    /// Tenants' domain clocks.
    pub clocks: Clocks,
    /// Import parameters and wrapping keys.
    pub import: Import,
    /// Computing and caching.
    pub engine: EngineSettings,
    /// Wiping what has expired.
    pub sweep: Sweep,
    /// What is logged.
    pub log: Log,
    /// The AWS dialect.
    #[serde(default)]
    pub aws: dialect_aws::Settings,
    /// The Huawei dialect.
    #[serde(default)]
    pub huawei: dialect_huawei::Settings,
    /// The Tencent dialect.
    #[serde(default)]
    pub tencent: dialect_tencent::Settings,
}

#[cfg(test)]
mod tests;
