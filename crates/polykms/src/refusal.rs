//! Why a server does not start: one sentence each, which says what to do.

use std::net::SocketAddr;
use std::path::PathBuf;

use import_engine::StartError;
use store::{OpenError, SchemaState};

use crate::settings::SettingsError;

/// Why a command was not carried out. No message holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The settings cannot be had.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// `dev` on an address that others can reach.
    #[error(
        "polykms dev takes credentials that everybody knows, so it listens on loopback only; use 127.0.0.1 instead of {0}, or polykms serve"
    )]
    DevOnNetwork(SocketAddr),
    /// Public or open authentication on an address that others can reach.
    #[error(
        "authentication.trust lets everybody in, which is refused on {0}; set it to \"configured\", or server.listen to a loopback address"
    )]
    OpenOnNetwork(SocketAddr),
    /// Postgres without a master key.
    #[error(
        "Postgres needs a master key that every gateway shares; make one with `openssl rand -hex 32` and give it by master_key.file or master_key.environment"
    )]
    NoMasterKey,
    /// Both places for the master key.
    #[error("master_key.file and master_key.environment are both set; give one of them")]
    TwoMasterKeys,
    /// The variable with the master key is not there.
    #[error("the environment variable {0}, which master_key.environment names, is not set; set it to 64 hex digits")]
    MasterKeyVariable(String),
    /// The master key is not in its form.
    #[error("the master key in {0} is not 64 hex digits; `openssl rand -hex 32` makes one")]
    MasterKeyForm(String),
    /// Others may read the master key.
    #[error("others may read the master key file {}; run `chmod 600` on it", .0.display())]
    MasterKeyMode(PathBuf),
    /// The file with the master key is not there, or cannot be read or made.
    #[error("the master key file {} cannot be used ({cause}); put it there, readable by this user only", path.display())]
    MasterKeyFile {
        /// Which file.
        path: PathBuf,
        /// Why not.
        cause: String,
    },
    /// The database has data, and the file that held its master key is gone.
    #[error("the database was sealed under a master key that is not in {}; put the file back, or start with another database", .0.display())]
    MasterKeyLost(PathBuf),
    /// A secret of a credential is not there, or there is more than one.
    #[error(
        "the credential {access_id} needs exactly one of secret, secret_file and secret_env, and it must be readable ({cause})"
    )]
    CredentialSecret {
        /// Whose.
        access_id: String,
        /// What is wrong.
        cause: String,
    },
    /// A principal that is none, or a credential of one that is not there.
    #[error("the principal {name} of the account {account}: {cause}")]
    Principal {
        /// Its name.
        name: String,
        /// Of which account.
        account: String,
        /// What is wrong.
        cause: String,
    },
    /// An account that the vendor does not write so.
    #[error("{account:?} of the credential {access_id} is no account of {vendor}; write it as the vendor does")]
    CredentialAccount {
        /// Whose.
        access_id: String,
        /// Which vendor.
        vendor: &'static str,
        /// What was given.
        account: String,
    },
    /// The schema is older than this program, or there is none.
    #[error("the database cannot be used: {0}; run `polykms migrate --config FILE` first")]
    SchemaBehind(SchemaState),
    /// The schema is newer than this program.
    #[error("the database cannot be used: {0}; start the polykms that migrated it, or a newer one")]
    SchemaAhead(SchemaState),
    /// The schema is of another program.
    #[error("the database cannot be used: {0}; give a database of this polykms, or an empty one")]
    SchemaForeign(SchemaState),
    /// The database cannot be opened.
    #[error("{cause}; check database.url and that the database runs and lets this user in")]
    Database {
        /// Why not.
        cause: String,
    },
    /// The self-test failed, or the master key is not the right one.
    #[error("{}", with_causes(.0))]
    Start(#[from] StartError),
    /// The address is taken or not ours.
    #[error("cannot listen on {address} ({cause}); choose another address with server.listen or --listen")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why not.
        cause: std::io::Error,
    },
    /// Something that has nothing to do with what was asked for.
    #[error("{0}")]
    Other(String),
}

impl From<OpenError> for Refusal {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Schema(state @ SchemaState::Ahead { .. }) => Self::SchemaAhead(state),
            OpenError::Schema(state @ SchemaState::Foreign { .. }) => Self::SchemaForeign(state),
            OpenError::Schema(state) => Self::SchemaBehind(state),
            other => Self::Database { cause: with_causes(&other) },
        }
    }
}

/// An error with everything that caused it, as one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text.replace('\n', " ")
}
