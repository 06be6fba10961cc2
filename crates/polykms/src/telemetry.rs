//! Log lines on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::refusal::Refusal;
use crate::settings::{Log, LogFormat};

/// What libraries may say. The web framework reports every malformed request as an error.
const LIBRARIES: &str = "actix_http=off,actix_server=warn,sqlx=warn";

/// Starts logging, for the whole process, and logs panics without what they say: a message may
/// quote a value.
///
/// # Errors
/// [`Refusal::Other`] if `log.level` cannot be read or logging has been started before.
pub fn start_logging(settings: &Log) -> Result<(), Refusal> {
    let filter = EnvFilter::try_new(format!("{LIBRARIES},{}", settings.level))
        .map_err(|error| Refusal::Other(format!("log.level cannot be read: {error}")))?;
    let is_terminal = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(is_terminal).with_env_filter(filter);
    match settings.format {
        LogFormat::Human => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    }
    .map_err(|error| Refusal::Other(error.to_string()))?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        let thread = std::thread::current().name().unwrap_or("-").to_owned();
        tracing::error!(place, thread, "panicked");
    }));
    Ok(())
}
