//! Stories: sequences of calls that a user makes, told once against a [`driver::Driver`] and run in
//! every vendor's language on every database.

pub mod driver;

mod aws;
mod huawei;
mod tencent;

mod isolation;
mod life;
mod migration;

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use testkit::{Place, TestServer};

/// How many stories were not told on Postgres.
static SKIPPED: AtomicUsize = AtomicUsize::new(0);

/// A server on SQLite.
fn on_sqlite() -> TestServer {
    TestServer::launch()
}

/// A server on Postgres, or `None` where there is none; the test's log then says so, and how often.
fn on_postgres(story: &str) -> Option<TestServer> {
    if let Some(place) = Place::postgres() {
        return Some(TestServer::on(place).launch());
    }
    let count = SKIPPED.fetch_add(1, Ordering::Relaxed) + 1;
    // Not `eprintln!`, which is swallowed where the test succeeds.
    let _ = std::io::stderr().write_all(format!("skipped on Postgres ({count} so far): {story}\n").as_bytes());
    None
}

/// Stamps out a story as tests: one for each database.
macro_rules! on_each_database {
    ($($story:ident $(($argument:expr))? as $name:ident;)+) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                super::$story(&$crate::stories::on_sqlite() $(, $argument)?);
            }

            #[test]
            fn postgres() {
                if let Some(server) = $crate::stories::on_postgres(stringify!($name)) {
                    super::$story(&server $(, $argument)?);
                }
            }
        }
    )+};
}
use on_each_database;
