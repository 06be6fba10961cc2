//! What the server answers about itself, under `/-/`: `live`, `ready`, `metrics`, `admin/…`.
//! Described in `docs/admin.md`.

mod admin;
mod clock;
mod health;

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, WWW_AUTHENTICATE};
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use dialect::Credentials;
use dialect::mount;
use import_engine::Engine;
use serde_json::{Value, json};
use store::Database;

use crate::metrics::Metrics;
use crate::settings::{Secret, Settings};

/// The most bytes a body may have.
const BODY_MAX: usize = 4096;

/// What the answers are made from.
pub struct Service {
    engine: Arc<Engine>,
    database: Arc<Database>,
    credentials: Arc<Credentials>,
    metrics: Arc<Metrics>,
    admin_token: Option<Secret>,
    body_deadline: Duration,
    /// A clock is moved relative to where it is: one change at a time.
    clock_change: tokio::sync::Mutex<()>,
}

/// A refusal: a status and a sentence.
struct Refused(StatusCode, String);

impl Refused {
    fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self(status, sentence.into())
    }

    fn bad(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, sentence)
    }
}

impl From<import_engine::Error> for Refused {
    /// The cause goes to the log.
    fn from(error: import_engine::Error) -> Self {
        tracing::error!(cause = ?error, "admin request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "something broke; the log says more")
    }
}

type Answer = Result<HttpResponse, Refused>;

impl Service {
    pub(crate) fn new(
        settings: &Settings,
        engine: Arc<Engine>,
        database: Arc<Database>,
        credentials: Arc<Credentials>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let admin_token = settings.admin.token.clone();
        let body_deadline = settings.server.body_deadline_seconds.0;
        let clock_change = tokio::sync::Mutex::default();
        Self { engine, database, credentials, metrics, admin_token, body_deadline, clock_change }
    }

    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    async fn answer(&self, method: &str, segments: &[String], request: &HttpRequest, payload: Payload) -> Answer {
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["live"] => only(&["GET", "HEAD"], method).map(|()| health::live()),
            ["ready"] => {
                only(&["GET", "HEAD"], method)?;
                Ok(self.ready().await)
            }
            ["metrics"] => {
                only(&["GET", "HEAD"], method)?;
                self.metrics_page().await
            }
            ["admin", rest @ ..] => {
                self.require_token(request)?;
                let body = tokio::time::timeout(self.body_deadline, mount::read(payload, BODY_MAX)).await;
                match body {
                    Err(_) => Err(Refused::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")),
                    Ok(Err(dialect::Failure::TooLarge)) => {
                        Err(Refused::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a body has at most {BODY_MAX} bytes")))
                    }
                    Ok(Err(_)) => Err(Refused::bad("the body broke off")),
                    Ok(Ok(body)) => self.admin(method, rest, &body).await,
                }
            }
            _ => Err(not_there()),
        }
    }
}

/// The handler of everything under `/-/`.
pub async fn handle(service: web::Data<Service>, request: HttpRequest, payload: Payload) -> HttpResponse {
    // The path as it came: an account may hold an encoded slash.
    let segments = segments(request.uri().path());
    let method = request.method().as_str().to_owned();
    match service.answer(&method, &segments, &request, payload).await {
        Ok(response) => response,
        Err(Refused(status, sentence)) => {
            let mut response = HttpResponse::build(status);
            if status == StatusCode::UNAUTHORIZED {
                response.insert_header((WWW_AUTHENTICATE, "Bearer"));
            }
            if status == StatusCode::METHOD_NOT_ALLOWED {
                response.insert_header((ALLOW, "GET, HEAD, PUT, POST"));
            }
            written(response, &json!({ "error": sentence }))
        }
    }
}

/// What follows `/-/`, split at its slashes and then decoded.
fn segments(path: &str) -> Vec<String> {
    let rest = path.strip_prefix("/-/").unwrap_or_default();
    rest.split('/').map(|part| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned()).collect()
}

fn only(methods: &[&str], method: &str) -> Result<(), Refused> {
    if methods.contains(&method) {
        return Ok(());
    }
    let sentence = format!("this takes {}", methods.join(" or "));
    Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, sentence))
}

fn not_there() -> Refused {
    Refused::new(StatusCode::NOT_FOUND, "there is nothing here; see docs/admin.md")
}

fn ok(body: &Value) -> HttpResponse {
    written(HttpResponse::Ok(), body)
}

fn written(mut response: actix_web::HttpResponseBuilder, body: &Value) -> HttpResponse {
    response.insert_header(("cache-control", "no-store")).content_type("application/json").body(format!("{body}\n"))
}
