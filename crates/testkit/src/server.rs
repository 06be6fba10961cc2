//! A whole server in the process.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use import_engine::{Clock, Engine};
use polykms::{Base, Gateway, Outside, Refusal, SecretText, Settings};
use tokio::sync::oneshot;

use crate::http::{Answer, Client};
use crate::place::Place;

/// A server with all dialects, on a port of its own and a runtime of its own. Public credentials,
/// clocks that can be moved, a small pool. Stops when it is dropped.
#[derive(Debug)]
pub struct TestServer {
    address: SocketAddr,
    engine: Arc<Engine>,
    place: Option<Arc<Place>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What differs from [`TestServer::start`].
#[derive(Debug)]
pub struct ServerBuilder {
    settings: Settings,
    clock: Option<ClockOf>,
    place: Arc<Place>,
}

struct ClockOf(Arc<dyn Clock>);

impl std::fmt::Debug for ClockOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a clock")
    }
}

impl TestServer {
    /// A server over a SQLite file of its own.
    #[expect(clippy::unused_async, reason = "tests of other crates await it")]
    pub async fn start() -> Self {
        Self::launch()
    }

    /// [`TestServer::start`] for tests that are not async.
    pub fn launch() -> Self {
        Self::on(Place::sqlite()).launch()
    }

    /// A server over a database, to be launched. Several may share one.
    pub fn on(place: impl Into<Arc<Place>>) -> ServerBuilder {
        let place = place.into();
        let mut settings = polykms::load(&Base::Dev, HashMap::new()).expect("the settings of dev");
        settings.server.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        settings.database.url = SecretText::new(place.url());
        settings.import.pool_rsa_2048 = 4;
        settings.import.pool_rsa_3072 = 1;
        settings.import.pool_rsa_4096 = 1;
        settings.import.pool_sm2 = 2;
        if !place.is_sqlite() {
            settings.master_key.file = Some(master_key(&place));
        }
        ServerBuilder { settings, clock: None, place }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its database.
    pub fn place(&self) -> &Place {
        self.place.as_deref().expect("it is only gone on drop")
    }

    /// Its engine, to look behind the wire.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// A client with a connection of its own.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// A request to the admin API, with the token.
    pub fn admin(&self, method: &str, path: &str, body: &str) -> Answer {
        self.client().send(method, path, &[("authorization", "Bearer test")], body.as_bytes())
    }
}

impl ServerBuilder {
    /// Changes settings.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Another real time.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(ClockOf(clock));
        self
    }

    /// Starts it.
    pub fn launch(self) -> TestServer {
        self.try_launch().unwrap_or_else(|refusal| panic!("the server does not start: {refusal}"))
    }

    /// Starts it, unless it refuses.
    ///
    /// # Errors
    /// What the server says.
    pub fn try_launch(self) -> Result<TestServer, Refusal> {
        let Self { settings, clock, place } = self;
        let mut outside = Outside::default();
        if let Some(ClockOf(clock)) = clock {
            outside.clock = clock;
        }
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let started = async {
                    let gateway = Gateway::open(settings, outside).await?;
                    let listening = gateway.listen()?;
                    Ok::<_, Refusal>((gateway, listening))
                };
                match started.await {
                    Err(refusal) => tell.send(Err(refusal)).expect("somebody waits"),
                    Ok((gateway, listening)) => {
                        let known = (listening.address(), gateway.engine().clone());
                        tell.send(Ok(known)).expect("somebody waits");
                        // Stopped, or dropped without.
                        let _ = stopped.await;
                        listening.stop().await;
                        gateway.close().await;
                    }
                }
            });
        });
        let (address, engine) = told.recv().expect("the server's thread lives")?;
        Ok(TestServer { address, engine, place: Some(place), stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(JoinHandle::join);
        drop(self.place.take());
        if matches!(ended, Some(Err(_))) && !std::thread::panicking() {
            panic!("the server's thread panicked");
        }
    }
}

/// One master key for all servers over one database.
fn master_key(place: &Place) -> std::path::PathBuf {
    use std::os::unix::fs::OpenOptionsExt as _;
    let path = place.folder().join("master-key");
    let mut options = std::fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => std::io::Write::write_all(&mut file, "42".repeat(32).as_bytes()).expect("a file of our own"),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists),
    }
    path
}
