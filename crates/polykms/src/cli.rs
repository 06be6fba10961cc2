//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use polykms::{LogFormat, TrustWord};

/// One key management server for the SDKs of AWS KMS, Huawei Cloud KMS and Tencent Cloud KMS.
#[derive(Parser, Debug)]
#[command(name = "polykms", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Start a server for trying things out: loopback only, public credentials, data in a temporary
    /// file that is removed at exit.
    Dev(Dev),
    /// Start a server with a settings file.
    Serve(Serve),
    /// Bring the database's schema up to date.
    Migrate {
        /// The settings file.
        #[arg(long)]
        config: PathBuf,
    },
    /// Print the variables that point the SDKs at a development server, for `eval "$(polykms env)"`.
    Env {
        /// Where the server is.
        #[arg(long, default_value = "http://127.0.0.1:7788")]
        url: String,
    },
}

/// Options of `polykms dev`.
#[derive(Args, Debug)]
pub struct Dev {
    /// Where to listen: a loopback address [default: 127.0.0.1:7788]. Port 0 takes a free one.
    #[arg(long)]
    pub listen: Option<SocketAddr>,
    /// Whom to let in [default: public].
    #[arg(long)]
    pub auth: Option<DevTrust>,
    /// Another database than the temporary one: sqlite:PATH or postgres://…
    #[arg(long)]
    pub database_url: Option<String>,
    /// A folder to keep the data in, instead of a temporary one.
    #[arg(long)]
    pub data_dir: Option<PathBuf>,
    /// A file to write the server's URL to, once it is ready.
    #[arg(long)]
    pub ready_file: Option<PathBuf>,
    /// The form of log lines [default: human].
    #[arg(long)]
    pub log_format: Option<LogFormat>,
}

/// Options of `polykms serve`.
#[derive(Args, Debug)]
pub struct Serve {
    /// The settings file; config/default.toml shows every setting.
    #[arg(long)]
    pub config: PathBuf,
    /// A file to write the server's URL to, once it is ready.
    #[arg(long)]
    pub ready_file: Option<PathBuf>,
}

/// Whom a development server lets in.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum DevTrust {
    /// The public test credentials: test/test and its kin.
    Public,
    /// Any credentials; signatures are not checked.
    Open,
}

impl From<DevTrust> for TrustWord {
    fn from(trust: DevTrust) -> Self {
        match trust {
            DevTrust::Public => Self::Public,
            DevTrust::Open => Self::Open,
        }
    }
}
