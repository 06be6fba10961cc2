//! One port, HTTP/1.1, every deadline set.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::{ServerHandle, Service as _};
use actix_web::{App, HttpServer, web};
use dialect::mount::{self, Mounted};
use tokio::task::JoinHandle;

use crate::connections::{Connection, Connections};
use crate::refusal::Refusal;
use crate::service::{self, Service};
use crate::settings::ServerSettings;

/// A server that listens.
pub struct Listening {
    address: SocketAddr,
    handle: ServerHandle,
    served: JoinHandle<std::io::Result<()>>,
    watch: JoinHandle<()>,
}

impl Listening {
    /// Listens. What begins with `/-/` is the service's own; everything else is a dialect's.
    pub(crate) fn start(
        settings: &ServerSettings,
        mounted: Arc<Mounted>,
        service: Arc<Service>,
    ) -> Result<Self, Refusal> {
        let connections = Arc::new(Connections::default());
        service.metrics().watch_connections(connections.clone());
        let most_idle = settings.idle_deadline_seconds.0 + settings.head_deadline_seconds.0;
        let watch = tokio::spawn(connections.clone().watch(most_idle));
        let (mounted, service) = (web::Data::from(mounted), web::Data::from(service));
        let app = move || {
            App::new()
                .app_data(mounted.clone())
                .app_data(service.clone())
                .wrap_fn(|request, next| {
                    let in_hand = request.conn_data::<Arc<Connection>>().map(Connection::begin);
                    let answer = next.call(request);
                    async move {
                        let answer = answer.await;
                        drop(in_hand);
                        answer
                    }
                })
                .service(web::resource("/-/{rest:.*}").to(service::handle))
                .default_service(web::to(mount::handle))
        };
        let workers = match settings.workers {
            0 => std::thread::available_parallelism().map_or(1, Into::into),
            workers => usize::from(workers),
        };
        let connections_per_worker = usize::try_from(settings.max_connections).unwrap_or(usize::MAX).div_ceil(workers);
        let address = settings.listen;
        let server = HttpServer::new(app)
            .on_connect(move |stream, data| connections.opened(stream, data))
            .workers(workers)
            .max_connections(connections_per_worker.max(1))
            .client_request_timeout(settings.head_deadline_seconds.0)
            .keep_alive(settings.idle_deadline_seconds.0)
            .client_disconnect_timeout(settings.head_deadline_seconds.0)
            .shutdown_timeout(settings.shutdown_deadline_seconds.0.as_secs())
            .disable_signals()
            .bind(address)
            .map_err(|cause| Refusal::Listen { address, cause })?;
        let address = server.addrs().first().copied().unwrap_or(address);
        let server = server.run();
        let handle = server.handle();
        Ok(Self { address, handle, served: tokio::spawn(server), watch })
    }

    /// The address, with the port that was taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as a URL without a path.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more connections, finishes the requests in hand, within the shutdown deadline, and
    /// stops.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        self.watch.abort();
        if let Ok(Err(error)) = self.served.await {
            tracing::error!(cause = %error, "the listener ended with an error");
        }
    }
}

impl std::fmt::Debug for Listening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listening").field("address", &self.address).finish_non_exhaustive()
    }
}
