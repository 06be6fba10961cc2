//! From settings to something that can be served.

use std::sync::Arc;
use std::time::Duration;

use dialect::mount::Mounted;
use import_engine::{
    Chance, Clock, Engine, Options, OutsideKeys, StartError, SystemChance, SystemClock, prove_cryptography,
};
use store::Database;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::callers::credentials;
use crate::listening::Listening;
use crate::master_key::MasterKey;
use crate::metrics::Metrics;
use crate::refusal::Refusal;
use crate::schema;
use crate::service::Service;
use crate::settings::{EngineSettings, Settings, TrustWord};
use crate::vendors::{frontends, policies};

/// How often the last uses of keys are stored.
const USES_STORED_EVERY: Duration = Duration::from_secs(5);

/// What comes from outside the program.
#[derive(Clone)]
pub struct Outside {
    /// Real time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub chance: Arc<dyn Chance>,
}

impl Default for Outside {
    /// The operating system's clock and OpenSSL's randomness.
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), chance: Arc::new(SystemChance) }
    }
}

/// An engine over an open store with all dialects mounted and its work in the background under way.
pub struct Gateway {
    settings: Settings,
    engine: Arc<Engine>,
    database: Arc<Database>,
    mounted: Arc<Mounted>,
    service: Arc<Service>,
    background: Vec<JoinHandle<()>>,
}

impl Gateway {
    /// Proves that cryptography works, opens the store, proves that the master key is right, mounts the dialects and
    /// starts the fillers of the pool and the sweep on the current tokio runtime, which must
    /// outlive the gateway.
    ///
    /// # Errors
    /// A [`Refusal`] with a sentence that says what to do.
    pub async fn open(settings: Settings, outside: Outside) -> Result<Self, Refusal> {
        refuse_strangers_on_network(&settings)?;
        prove_cryptography(outside.chance.as_ref())?;
        let credentials = Arc::new(credentials(&settings)?);
        let master_key = MasterKey::obtain(&settings.master_key, &settings.database, outside.chance.as_ref())?;
        let database = Arc::new(schema::open(&settings.database).await?);

        let engine = Arc::new(
            Engine::new(
                database.store(),
                outside.clock.clone(),
                outside.chance.clone(),
                master_key.bytes.clone(),
                policies(),
                options(&settings),
            )
            .map_err(|error| Refusal::Other(error.to_string()))?
            .with_outside(dialect_aws::VENDOR, proxies(&settings, &outside)?),
        );
        prove(&engine, master_key).await?;
        engine.track_uses().await.map_err(|error| Refusal::Other(error.to_string()))?;
        if credentials.trust() == dialect::Trust::Configured && settings.credentials.is_empty() {
            tracing::warn!("no credentials are configured, so every caller will be refused");
        }

        let metrics = Arc::new(Metrics::default());
        let runtime = home(&settings);
        let frontends = frontends(&engine, &credentials, &settings);
        let mounted = Arc::new(Mounted {
            frontends: frontends.clone(),
            clock: outside.clock,
            chance: outside.chance,
            body_deadline: settings.server.body_deadline_seconds.0,
            answer_deadline: settings.server.request_deadline_seconds.0,
            runtime: runtime.clone(),
            observer: metrics.clone(),
        });
        let service = Arc::new(Service::new(
            &settings,
            engine.clone(),
            database.clone(),
            credentials,
            frontends,
            metrics,
            runtime,
        ));
        let background = background(&engine, settings.sweep.interval_seconds.0, cores());
        Ok(Self { settings, engine, database, mounted, service, background })
    }

    /// Serves on the address of the settings.
    ///
    /// # Errors
    /// [`Refusal::Listen`] if the address cannot be had.
    pub fn listen(&self) -> Result<Listening, Refusal> {
        Listening::start(&self.settings.server, self.mounted.clone(), self.service.clone())
    }

    /// The engine.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Ends the work in the background and closes the store. To be called after the listener has
    /// stopped.
    pub async fn close(self) {
        for task in self.background {
            task.abort();
            // Whether it was cancelled or had ended, it is over.
            let _ = task.await;
        }
        if let Err(error) = self.engine.store_uses().await {
            tracing::error!(cause = ?error, "the last uses of keys are not stored");
        }
        drop((self.engine, self.mounted, self.service));
        match Arc::try_unwrap(self.database) {
            Ok(database) => database.close().await,
            // Somebody still holds it; everything that was answered is on disk all the same.
            Err(database) => drop(database),
        }
    }
}

fn refuse_strangers_on_network(settings: &Settings) -> Result<(), Refusal> {
    let listen = settings.server.listen;
    let configured = settings.authentication.trust == TrustWord::Configured;
    if configured || listen.ip().is_loopback() { Ok(()) } else { Err(Refusal::OpenOnNetwork(listen)) }
}

/// Where requests are worked on. A socket to Postgres belongs to the runtime in which it was
/// opened, and a thread that reads requests takes its runtime with it when it stops: requests that
/// use Postgres run on the runtime that outlives them all. SQLite has no sockets.
fn home(settings: &Settings) -> Option<Handle> {
    settings.database.sqlite_file().is_none().then(Handle::current)
}

/// Who calls the proxies of external key stores.
fn proxies(settings: &Settings, outside: &Outside) -> Result<Arc<dyn OutsideKeys>, Refusal> {
    match dialect_aws::Proxies::new(&settings.aws.key_stores, outside.clock.clone()) {
        Ok(proxies) => Ok(Arc::new(proxies)),
        Err(error) => Err(Refusal::Other(format!("[aws.key_stores]: {error}"))),
    }
}

async fn prove(engine: &Engine, master_key: MasterKey) -> Result<(), Refusal> {
    match engine.prove_master_key().await {
        Ok(()) => Ok(()),
        Err(StartError::WrongMasterKey) => match master_key.discard() {
            Some(file) => Err(Refusal::MasterKeyLost(file)),
            None => Err(StartError::WrongMasterKey.into()),
        },
        Err(error) => Err(error.into()),
    }
}

/// More than any test bed needs at a time.
const ACCESS_KEYS_PER_PRINCIPAL: u64 = 10_000;

fn options(settings: &Settings) -> Options {
    let EngineSettings { slow_computations, loaded_keys } = settings.engine;
    Options {
        failure_budget: settings.import.failure_budget,
        domain_clocks: settings.clocks.allowed,
        pool_depths: settings.import.pool_depths(),
        parallelism: if slow_computations == 0 { cores() } else { slow_computations.into() },
        loaded_keys: usize::try_from(loaded_keys).unwrap_or(usize::MAX),
        access_keys_per_principal: ACCESS_KEYS_PER_PRINCIPAL,
    }
}

/// The fillers of the pool, of which the first one leads, the storing of last uses, and the sweep.
fn background(engine: &Arc<Engine>, sweep: Duration, cores: usize) -> Vec<JoinHandle<()>> {
    let mut tasks: Vec<_> =
        (0..cores.max(1)).map(|number| tokio::spawn(engine.key_pairs().clone().fill(number == 0))).collect();
    tasks.push(tokio::spawn(store_uses_forever(engine.clone())));
    if !sweep.is_zero() {
        tasks.push(tokio::spawn(sweep_forever(engine.clone(), sweep)));
    }
    tasks
}

async fn store_uses_forever(engine: Arc<Engine>) {
    let mut ticks = tokio::time::interval(USES_STORED_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = engine.store_uses().await {
            tracing::error!(cause = ?error, "the last uses of keys are not stored yet");
        }
    }
}

async fn sweep_forever(engine: Arc<Engine>, interval: Duration) {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match engine.sweep().await {
            Ok(0) => {}
            Ok(keys) => tracing::info!(keys, "swept"),
            Err(error) => tracing::error!(cause = ?error, "cannot sweep"),
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("settings", &self.settings).finish_non_exhaustive()
    }
}
