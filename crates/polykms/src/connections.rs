//! Watches connections for what the web framework does not: its deadline for the head of a request
//! ends with the first request of a connection, and it waits for ever on a client that does not
//! read its answer. A connection that has had no request in hand for longer than idling and the
//! head of a request may take together is shut down.

use std::any::Any;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use actix_web::dev::Extensions;

/// How often to look.
const LOOK: Duration = Duration::from_secs(1);

/// All open connections.
#[derive(Default)]
pub struct Connections(Mutex<Vec<Weak<Connection>>>);

/// One open connection. Lives in the framework's data of the connection and goes with it.
pub struct Connection {
    /// A second handle of the socket.
    socket: TcpStream,
    activity: Mutex<Activity>,
}

#[derive(Clone, Copy)]
enum Activity {
    /// No request since then.
    IdleSince(Instant),
    /// So many requests are being answered.
    Busy(u32),
}

/// A request in hand.
pub struct InHand(Arc<Connection>);

impl Connections {
    /// Takes note of a new connection: a callback for the framework.
    pub fn opened(&self, stream: &dyn Any, data: &mut Extensions) {
        let Some(stream) = stream.downcast_ref::<tokio::net::TcpStream>() else { return };
        // Without a second handle (no descriptor left) the connection goes unwatched.
        let Ok(socket) = stream.as_fd().try_clone_to_owned() else { return };
        let activity = Mutex::new(Activity::IdleSince(Instant::now()));
        let connection = Arc::new(Connection { socket: TcpStream::from(socket), activity });
        self.all().push(Arc::downgrade(&connection));
        data.insert(connection);
    }

    /// Shuts down what has lain idle for longer than `most`, for as long as it runs.
    pub async fn watch(self: Arc<Self>, most: Duration) {
        loop {
            tokio::time::sleep(LOOK).await;
            self.all().retain(|connection| {
                let Some(connection) = connection.upgrade() else { return false };
                if connection.idle().is_some_and(|idle| idle > most) {
                    // It may have been closed meanwhile.
                    let _ = connection.socket.shutdown(Shutdown::Both);
                }
                true
            });
        }
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.all().iter().filter(|connection| connection.strong_count() > 0).count()
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Connection>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Takes a request in hand.
    pub fn begin(self: &Arc<Self>) -> InHand {
        let mut activity = self.activity();
        *activity = match *activity {
            Activity::IdleSince(_) => Activity::Busy(1),
            Activity::Busy(requests) => Activity::Busy(requests.saturating_add(1)),
        };
        InHand(self.clone())
    }

    fn idle(&self) -> Option<Duration> {
        match *self.activity() {
            Activity::IdleSince(since) => Some(since.elapsed()),
            Activity::Busy(_) => None,
        }
    }

    fn activity(&self) -> std::sync::MutexGuard<'_, Activity> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        let mut activity = self.0.activity();
        *activity = match *activity {
            Activity::Busy(requests) if requests > 1 => Activity::Busy(requests - 1),
            _ => Activity::IdleSince(Instant::now()),
        };
    }
}
