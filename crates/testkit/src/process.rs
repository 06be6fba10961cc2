//! The real program, beside the test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::http::Client;

/// How long a server may take to be ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program: `POLYKMS_BIN`, or the one that was built with this test.
pub fn polykms_binary() -> PathBuf {
    if let Some(path) = std::env::var_os("POLYKMS_BIN") {
        return path.into();
    }
    let test = std::env::current_exe().expect("the test's own path");
    let built = test.parent().and_then(Path::parent).expect("target/PROFILE/deps/TEST").join("polykms");
    assert!(built.exists(), "{} is missing: run `cargo build -p polykms` first", built.display());
    built
}

/// A server that runs. Asked to stop on drop, so that it leaves nothing behind.
#[derive(Debug)]
pub struct Process {
    child: Child,
    address: SocketAddr,
    ready_after: Duration,
}

impl Process {
    /// Starts `polykms` with arguments, in an environment without settings, and waits until it is
    /// ready. `folder` takes the ready file and the log.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_with(folder, arguments, &[])
    }

    /// [`Process::start`] with environment variables.
    pub fn start_with(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let ready = folder.join("ready");
        // There is none at the first start.
        let _ = std::fs::remove_file(&ready);
        let log = folder.join("log");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log).expect("the log opens");
        let started = Instant::now();
        let mut child = command(arguments)
            .arg("--ready-file")
            .arg(&ready)
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .expect("polykms starts");
        loop {
            if let Ok(url) = std::fs::read_to_string(&ready) {
                let address = url.trim_start_matches("http://").parse().expect("an address");
                return Self { child, address, ready_after: started.elapsed() };
            }
            let ended = child.try_wait().expect("the child is ours");
            let said = || std::fs::read_to_string(&log).unwrap_or_default();
            assert!(ended.is_none(), "polykms ended: {}", said());
            assert!(started.elapsed() < PATIENCE, "polykms is not ready: {}", said());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Runs `polykms` with arguments to its end, with environment variables; answers its status and
    /// what it said on standard output and standard error.
    pub fn run(arguments: &[&str], environment: &[(&str, &str)]) -> (ExitStatus, String, String) {
        let output = command(arguments).envs(environment.iter().copied()).output().expect("polykms runs");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (output.status, text(output.stdout), text(output.stderr))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How long it took to be ready.
    pub fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// A client with a connection of its own.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Ends it without warning.
    pub fn kill(mut self) {
        self.child.kill().expect("the child is ours");
        self.child.wait().expect("the child is ours");
    }

    /// Asks it to stop.
    pub fn ask_to_stop(&self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process id");
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("the child is ours");
    }

    /// Waits until it has ended by itself.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("the child is ours")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            self.ask_to_stop();
        }
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if asked.elapsed() > PATIENCE {
                // It may have ended this very moment.
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// `polykms`, deaf to settings in the environment of whoever runs the tests.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(polykms_binary());
    command.args(arguments);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("POLYKMS__")) {
        command.env_remove(name);
    }
    command
}
