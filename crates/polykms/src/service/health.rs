//! Whether the server can serve, and what it counts.

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use store::SchemaState;

use super::{Answer, Page, Refused, Service};

impl Service {
    /// Whether requests can be served. An empty pool of wrapping keys does not count: callers wait
    /// for a key then.
    pub(super) async fn ready(&self) -> Page {
        let (schema, is_current) = match self.database.schema_state().await {
            Ok(SchemaState::Current) => ("current".to_owned(), true),
            Ok(other) => (other.to_string(), false),
            Err(_) => ("unknown".to_owned(), false),
        };
        let reachable = self.engine.ping().await.is_ok();
        let pool = match self.engine.key_pairs().depths().await {
            Ok(depths) => depths
                .iter()
                .map(|(spec, ready, wanted)| json!({ "wrapping_key": spec.word(), "ready": ready, "wanted": wanted }))
                .collect(),
            Err(_) => Value::Null,
        };
        let is_ready = reachable && is_current;
        let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let database = if reachable { "reachable" } else { "unreachable" };
        let body = json!({ "ready": is_ready, "database": database, "schema": schema, "pool": pool });
        Page::json(status, &body)
    }

    /// Counters, as Prometheus reads them.
    pub(super) async fn metrics_page(&self) -> Answer {
        let depths = self.engine.key_pairs().depths().await.map_err(Refused::from)?;
        let body = self.metrics.text(&depths);
        Ok(Page { status: StatusCode::OK, content_type: "text/plain; version=0.0.4", body })
    }
}
