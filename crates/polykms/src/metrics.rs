//! What the server counts, in the text form that Prometheus reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use dialect::http::Record;
use dialect::mount::Observer;
use import_engine::WrappingKeySpec;

use crate::connections::Connections;

/// How many different lines are kept at most, so that no caller can make them grow without end.
const SERIES_MAX: usize = 4096;

/// Counters.
#[derive(Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<Series, Total>>,
    connections: OnceLock<Arc<Connections>>,
}

/// Vendor, operation, error code (empty for success).
type Series = (&'static str, &'static str, String);

#[derive(Clone, Copy, Default)]
struct Total {
    requests: u64,
    took: Duration,
}

impl Observer for Metrics {
    fn answered(&self, vendor: &'static str, record: &Record, _status: u16, took: Duration) {
        let operation = record.operation.unwrap_or("unknown");
        let series = (vendor, operation, record.code.clone().unwrap_or_default());
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = requests.len() >= SERIES_MAX && !requests.contains_key(&series);
        let series = if is_full { (vendor, operation, "other".to_owned()) } else { series };
        let total = requests.entry(series).or_default();
        total.requests += 1;
        total.took += took;
    }
}

impl Metrics {
    /// Whose number to tell.
    pub fn watch_connections(&self, connections: Arc<Connections>) {
        // Whoever came first stays: there is one listener.
        let _ = self.connections.set(connections);
    }

    /// Everything as text. `pool` holds, per kind of wrapping key, how many are ready and how many
    /// should be.
    pub fn text(&self, pool: &[(WrappingKeySpec, u64, u64)]) -> String {
        let mut text = String::new();
        head(&mut text, "polykms_build_info", "gauge", "The version of this server.");
        let _ = writeln!(text, "polykms_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"));
        head(&mut text, "polykms_pool_ready", "gauge", "Wrapping keys that are ready.");
        for (spec, ready, _) in pool {
            let _ = writeln!(text, "polykms_pool_ready{{wrapping_key=\"{}\"}} {ready}", spec.word());
        }
        head(&mut text, "polykms_pool_wanted", "gauge", "Wrapping keys that should be ready.");
        for (spec, _, wanted) in pool {
            let _ = writeln!(text, "polykms_pool_wanted{{wrapping_key=\"{}\"}} {wanted}", spec.word());
        }
        if let Some(connections) = self.connections.get() {
            head(&mut text, "polykms_connections", "gauge", "Open connections.");
            let _ = writeln!(text, "polykms_connections {}", connections.count());
        }
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        head(&mut text, "polykms_requests_total", "counter", "Requests answered; code is empty for success.");
        for (series, total) in &requests {
            let _ = writeln!(text, "polykms_requests_total{} {}", labels(series), total.requests);
        }
        head(&mut text, "polykms_request_seconds_total", "counter", "Time spent on them.");
        for (series, total) in &requests {
            let _ = writeln!(text, "polykms_request_seconds_total{} {:.6}", labels(series), total.took.as_secs_f64());
        }
        text
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn labels((vendor, operation, code): &Series) -> String {
    let code: String =
        code.chars().map(|c| if c.is_ascii_graphic() && c != '"' && c != '\\' { c } else { '_' }).collect();
    format!("{{vendor=\"{vendor}\",operation=\"{operation}\",code=\"{code}\"}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_vendor_operation_and_code() {
        let metrics = Metrics::default();
        let refused = Record { operation: Some("Encrypt"), code: Some("Not\"Found".into()), ..Record::default() };
        metrics.answered("aws", &refused, 400, Duration::from_millis(1));
        metrics.answered("aws", &refused, 400, Duration::from_millis(1));
        metrics.answered("aws", &Record::default(), 200, Duration::from_millis(1));
        let text = metrics.text(&[(WrappingKeySpec::Rsa2048, 3, 32)]);
        assert!(text.contains("polykms_requests_total{vendor=\"aws\",operation=\"Encrypt\",code=\"Not_Found\"} 2\n"));
        assert!(text.contains("polykms_requests_total{vendor=\"aws\",operation=\"unknown\",code=\"\"} 1\n"));
        assert!(text.contains("polykms_pool_ready{wrapping_key=\"RSA_2048\"} 3\n"));
        assert!(text.contains("code=\"Not_Found\"} 0.002000\n"));
    }

    #[test]
    fn does_not_grow_without_end() {
        let metrics = Metrics::default();
        for number in 0..2 * SERIES_MAX {
            let record = Record { code: Some(number.to_string()), ..Record::default() };
            metrics.answered("aws", &record, 400, Duration::ZERO);
        }
        assert!(metrics.requests.lock().unwrap().len() <= SERIES_MAX + 1);
    }
}
