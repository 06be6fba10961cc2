//! The sections of the settings. `config/default.toml` says the same to whoever runs the server; a
//! test holds the two together.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use dialect::Trust;
use import_engine::{PoolDepths, WrappingKeySpec};
use serde::{Deserialize, Deserializer};

use super::SecretText;

/// A whole number of seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seconds(pub Duration);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u32::deserialize(deserializer).map(|seconds| Self(Duration::from_secs(seconds.into())))
    }
}

/// `[server]`: listening and deadlines.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Where to listen. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// How long the head of a request may take to arrive.
    pub head_deadline_seconds: Seconds,
    /// How long a body may take to arrive.
    pub body_deadline_seconds: Seconds,
    /// How long the answer to a whole request may take.
    pub request_deadline_seconds: Seconds,
    /// How long a connection may lie idle between requests.
    pub idle_deadline_seconds: Seconds,
    /// How long to wait for what has begun when told to stop.
    pub shutdown_deadline_seconds: Seconds,
    /// How many threads read requests; 0 is one per core.
    pub workers: u16,
    /// How many connections may be open at a time, over all threads.
    pub max_connections: u32,
}

/// `[database]`: where everything is kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `sqlite:PATH` or `postgres://…`; may hold a password.
    pub url: SecretText,
    /// How many connections to the database may be open at a time.
    pub max_connections: u32,
    /// When to run migrations at start.
    pub migrate_on_start: MigrateOnStart,
}

impl DatabaseSettings {
    /// The file of a SQLite URL; `None` for Postgres.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let rest = self.url.expose().strip_prefix("sqlite:")?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let path = rest.split_once('?').map_or(rest, |(path, _)| path);
        Some(PathBuf::from(percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()))
    }
}

/// When to run migrations at start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MigrateOnStart {
    /// Only to set up an empty database.
    Empty,
    /// Whenever the schema is older.
    Always,
    /// Never.
    Never,
}

/// `[master_key]`: what everything secret is sealed under. At most one of them is given.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MasterKeySource {
    /// A file that holds 64 hex digits.
    #[serde(deserialize_with = "path_if_given")]
    pub file: Option<PathBuf>,
    /// The name of an environment variable that holds 64 hex digits.
    #[serde(deserialize_with = "text_if_given")]
    pub environment: Option<String>,
}

/// `[authentication]`: who may call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authentication {
    /// How strictly callers are held to what they say.
    pub trust: TrustWord,
}

/// [`Trust`] as it is written in settings and on the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum TrustWord {
    /// Configured credentials only.
    Configured,
    /// Also the public test credentials.
    Public,
    /// Any access id; signatures are not checked.
    Open,
}

impl From<TrustWord> for Trust {
    fn from(word: TrustWord) -> Self {
        match word {
            TrustWord::Configured => Self::Configured,
            TrustWord::Public => Self::Public,
            TrustWord::Open => Self::Open,
        }
    }
}

/// One of `[[credentials]]`. Exactly one of the three secrets is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialEntry {
    /// Whose SDK uses it.
    pub vendor: Vendor,
    /// The id that travels with each request.
    pub access_id: String,
    /// The secret that signs.
    pub secret: Option<SecretText>,
    /// A file that holds the secret; white space around it is dropped.
    pub secret_file: Option<PathBuf>,
    /// The name of an environment variable that holds the secret.
    pub secret_env: Option<String>,
    /// AWS account id, Huawei project id, Tencent Uin.
    pub account: String,
    /// Who in the account it is: one of `[[principals]]`. Not given: the account itself.
    pub principal: Option<String>,
}

/// One of `[[principals]]`: a user or role of an account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrincipalEntry {
    /// Whose account it is.
    #[serde(default)]
    pub vendor: Vendor,
    /// AWS account id, Huawei project id, Tencent Uin.
    pub account: String,
    /// `user/NAME`, or the vendor's kind of role, such as `role/NAME`.
    pub name: String,
    /// AWS: the path in its ARN, from slash to slash.
    #[serde(default)]
    pub path: String,
    /// AWS: tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// AWS: policies as JSON text.
    #[serde(default)]
    pub policies: Vec<String>,
    /// AWS: files that hold policies.
    #[serde(default)]
    pub policy_files: Vec<PathBuf>,
    /// The others: the actions that it may do.
    #[serde(default)]
    pub actions: Vec<String>,
    /// The others: the actions that it may not do, whatever the actions say.
    #[serde(default)]
    pub denied_actions: Vec<String>,
    /// Tencent: the resources on which it may do them; none given: all.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Huawei, of an agency: the accounts whose users may take it on.
    #[serde(default)]
    pub trusted_accounts: Vec<String>,
}

/// A vendor, as it is written in settings.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// AWS KMS.
    #[default]
    Aws,
    /// Huawei Cloud KMS.
    Huawei,
    /// Tencent Cloud KMS.
    Tencent,
}

/// `[admin]`: the admin API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// The token that it asks for; without one there is no admin API.
    #[serde(deserialize_with = "secret_if_given")]
    pub token: Option<SecretText>,
}

/// `[clocks]`: tenants' domain clocks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    /// Whether the admin API may move them.
    pub allowed: bool,
}

/// `[import]`: import parameters and wrapping keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// How many bad blobs a set of import parameters survives.
    pub failure_budget: u32,
    /// How many RSA-2048 wrapping keys to keep ready.
    pub pool_rsa_2048: u64,
    /// How many RSA-3072 wrapping keys to keep ready.
    pub pool_rsa_3072: u64,
    /// How many RSA-4096 wrapping keys to keep ready.
    pub pool_rsa_4096: u64,
    /// How many SM2 wrapping keys to keep ready.
    pub pool_sm2: u64,
}

impl Import {
    /// The depths of the pool by kind.
    pub fn pool_depths(&self) -> PoolDepths {
        vec![
            (WrappingKeySpec::Rsa2048, self.pool_rsa_2048),
            (WrappingKeySpec::Rsa3072, self.pool_rsa_3072),
            (WrappingKeySpec::Rsa4096, self.pool_rsa_4096),
            (WrappingKeySpec::Sm2, self.pool_sm2),
        ]
    }
}

/// `[engine]`: computing and caching.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineSettings {
    /// How many slow computations may run at once; 0 is one per core.
    pub slow_computations: u16,
    /// How many parsed keys to keep in memory.
    pub loaded_keys: u32,
}

/// `[sweep]`: wiping what has expired.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// How often; 0 is never.
    pub interval_seconds: Seconds,
}

/// `[log]`: what is logged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// In which form.
    pub format: LogFormat,
    /// Which lines, as directives of `tracing-subscriber`.
    pub level: String,
}

/// The form of log lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For reading.
    Human,
    /// One JSON object per line.
    Json,
}

fn text_if_given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(|text| (!text.is_empty()).then_some(text))
}

fn path_if_given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    text_if_given(deserializer).map(|text| text.map(PathBuf::from))
}

fn secret_if_given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretText>, D::Error> {
    text_if_given(deserializer).map(|text| text.map(SecretText::new))
}
