//! The gateway as a program: settings, wiring, listening, and what it answers about itself.
//!
//! [`Gateway::open`] turns [`Settings`] into an engine over an open store with the three dialects
//! mounted; [`Gateway::listen`] serves it on one port. The binary (`main.rs`) adds commands,
//! logging, signals and a banner; tests use the same two calls. Only this crate reads files and
//! the environment.

mod banner;
mod callers;
mod connections;
mod gateway;
mod limits;
mod listening;
mod master_key;
mod metrics;
mod refusal;
mod schema;
mod service;
mod settings;
mod telemetry;
mod temporary;
mod vendors;

pub use banner::{banner, environment_lines};
pub use gateway::{Gateway, Outside};
pub use limits::{forbid_core_dumps, raise_open_files};
pub use listening::Listening;
pub use refusal::Refusal;
pub use schema::migrate;
pub use settings::{
    Admin, Authentication, Base, Clocks, CredentialEntry, DatabaseSettings, EngineSettings, Import, Log, LogFormat,
    MasterKeySource, MigrateOnStart, Seconds, SecretText, ServerSettings, Settings, SettingsError, Sweep, TrustWord,
    Vendor, load,
};
pub use telemetry::start_logging;
pub use temporary::{DevData, TemporaryFolder};
pub use vendors::{VendorEntry, vendors};
