//! `polykms`: the commands.

mod cli;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use polykms::{Base, DevData, Gateway, Listening, Outside, Refusal, SecretText, Settings, TrustWord};
use tokio::signal::unix::{SignalKind, signal};

use cli::{Cli, Command, Dev, Serve};

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Dev(options) => dev(options),
        Command::Serve(options) => serve(&options),
        Command::Migrate { config } => migrate(config),
        Command::Env { url } => write_out(&polykms::environment_lines(url.trim_end_matches('/'))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            eprintln!("polykms: {refusal}");
            ExitCode::FAILURE
        }
    }
}

/// A server for trying things out: loopback, public credentials, data that may be thrown away.
fn dev(options: Dev) -> Result<(), Refusal> {
    let mut settings = polykms::load(&Base::Dev, std::env::vars())?;
    let data = DevData::at(options.data_dir)?;
    settings.server.listen = options.listen.unwrap_or(settings.server.listen);
    settings.authentication.trust = options.auth.map_or(settings.authentication.trust, Into::into);
    settings.log.format = options.log_format.unwrap_or(settings.log.format);
    settings.database.url = SecretText::new(options.database_url.unwrap_or_else(|| data.database_url()));
    if settings.database.sqlite_file().is_none()
        && settings.master_key.file.is_none()
        && settings.master_key.environment.is_none()
    {
        settings.master_key.file = Some(data.master_key_file()?);
    }
    if !settings.server.listen.ip().is_loopback() {
        return Err(Refusal::DevOnNetwork(settings.server.listen));
    }
    let open = settings.authentication.trust == TrustWord::Open;
    let whereabouts = match &data {
        _ if settings.database.sqlite_file().is_none() => "data in the given database".to_owned(),
        DevData::Temporary(_) => "data in a temporary file that is removed at exit".to_owned(),
        DevData::Kept(folder) => format!("data in {}", folder.display()),
    };
    let announce = |listening: &Listening| write_out(&polykms::banner(&listening.url(), &whereabouts, open));
    run(settings, options.ready_file.as_deref(), announce)
    // The temporary database goes with `data`, here.
}

/// The real thing.
fn serve(options: &Serve) -> Result<(), Refusal> {
    let settings = polykms::load(&Base::File(options.config.clone()), std::env::vars())?;
    run(settings, options.ready_file.as_deref(), |_| Ok(()))
}

/// Brings the schema up to date.
fn migrate(config: std::path::PathBuf) -> Result<(), Refusal> {
    let settings = polykms::load(&Base::File(config), std::env::vars())?;
    let before = runtime()?.block_on(polykms::migrate(&settings.database))?;
    write_out(&format!("before: {before}; now it is up to date\n"))
}

/// The life of a server, from its settings to its end.
fn run(
    settings: Settings,
    ready_file: Option<&Path>,
    announce: impl FnOnce(&Listening) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    polykms::start_logging(&settings.log)?;
    warn_if_refused("core dumps cannot be forbidden", polykms::forbid_core_dumps());
    warn_if_refused("the limit of open files cannot be raised", polykms::raise_open_files());

    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        let mut stop = Stop::new()?;
        let gateway = Gateway::open(settings, Outside::default()).await?;
        let listening = gateway.listen()?;
        tracing::info!(address = %listening.address(), version = env!("CARGO_PKG_VERSION"), "ready");
        announce(&listening)?;
        write_ready_file(ready_file, &listening.url())?;

        let signal = stop.asked_for().await;
        tracing::info!(signal, "stopping: what has begun is finished first");
        listening.stop().await;
        gateway.close().await;
        tracing::info!("stopped");
        Ok(())
    });
    // A prime that is being searched for is waited for: OpenSSL tidies up at exit and must not be in
    // use then.
    runtime.shutdown_timeout(Duration::from_secs(10));
    outcome
}

fn runtime() -> Result<tokio::runtime::Runtime, Refusal> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Refusal::Other(format!("no threads can be started: {error}")))
}

/// The signals that ask for an end.
struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Stop {
    fn new() -> Result<Self, Refusal> {
        let listen =
            |kind| signal(kind).map_err(|error| Refusal::Other(format!("signals cannot be received: {error}")));
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn asked_for(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// The URL, for whoever started this server; the file appears with its content.
fn write_ready_file(path: Option<&Path>, url: &str) -> Result<(), Refusal> {
    let Some(path) = path else { return Ok(()) };
    let unfinished = path.with_extension("unfinished");
    std::fs::write(&unfinished, url)
        .and_then(|()| std::fs::rename(&unfinished, path))
        .map_err(|error| Refusal::Other(format!("the ready file {} cannot be written: {error}", path.display())))
}

fn warn_if_refused<T>(sentence: &str, outcome: std::io::Result<T>) {
    if let Err(error) = outcome {
        tracing::warn!(cause = %error, "{sentence}");
    }
}

/// To standard output, where a closed pipe is no reason to panic.
fn write_out(text: &str) -> Result<(), Refusal> {
    use std::io::Write as _;
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Refusal::Other(error.to_string())),
        _ => Ok(()),
    }
}
