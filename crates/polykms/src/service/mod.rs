//! What the server answers about itself, under `/-/`: `live`, `ready`, `metrics`, `admin/…`.
//! Described in `docs/admin.md`.

mod admin;
mod clock;
mod health;

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use dialect::mount;
use dialect::{Credentials, Frontend};
use import_engine::Engine;
use serde_json::{Value, json};
use store::Database;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

use crate::metrics::Metrics;
use crate::settings::{SecretText, Settings};

/// The most bytes a body may have.
const BODY_MAX: usize = 65_536;

/// What the answers are made from.
pub struct Service {
    engine: Arc<Engine>,
    database: Arc<Database>,
    credentials: Arc<Credentials>,
    frontends: Vec<Arc<dyn Frontend>>,
    metrics: Arc<Metrics>,
    admin_token: Option<SecretText>,
    body_deadline: Duration,
    /// As in [`mount::Mounted`].
    runtime: Option<Handle>,
    /// A clock is moved relative to where it is: one change at a time.
    clock_change: tokio::sync::Mutex<()>,
}

/// A request under `/-/`.
struct Asked {
    method: String,
    /// The path after `/-/`, split at its slashes and then decoded: an account may hold a slash.
    path: Vec<String>,
    body: Zeroizing<Vec<u8>>,
}

/// An answer as plain values.
struct Page {
    status: StatusCode,
    content_type: &'static str,
    body: String,
}

impl Page {
    fn json(status: StatusCode, body: &Value) -> Self {
        Self { status, content_type: "application/json", body: format!("{body}\n") }
    }

    fn ok(body: &Value) -> Self {
        Self::json(StatusCode::OK, body)
    }
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

    fn broken(cause: &dyn std::fmt::Debug) -> Self {
        tracing::error!(?cause, "admin request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "something broke; the log says more")
    }
}

impl From<import_engine::Error> for Refused {
    /// The cause goes to the log.
    fn from(error: import_engine::Error) -> Self {
        Self::broken(&error)
    }
}

impl From<Refused> for Page {
    fn from(Refused(status, sentence): Refused) -> Self {
        Self::json(status, &json!({ "error": sentence }))
    }
}

type Answer = Result<Page, Refused>;

impl Service {
    pub(crate) fn new(
        settings: &Settings,
        engine: Arc<Engine>,
        database: Arc<Database>,
        credentials: Arc<Credentials>,
        frontends: Vec<Arc<dyn Frontend>>,
        metrics: Arc<Metrics>,
        runtime: Option<Handle>,
    ) -> Self {
        let admin_token = settings.admin.token.clone();
        let body_deadline = settings.server.body_deadline_seconds.0;
        let clock_change = tokio::sync::Mutex::default();
        Self { engine, database, credentials, frontends, metrics, admin_token, body_deadline, runtime, clock_change }
    }

    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Takes in a request. Whoever may not use the admin API is told before the body is read.
    async fn asked(&self, request: &HttpRequest, payload: Payload) -> Result<Asked, Refused> {
        let path = segments(request.uri().path());
        if path.first().is_some_and(|first| first == "admin") {
            let authorization = request.headers().get(AUTHORIZATION);
            self.require_token(authorization.map_or(&b""[..], |value| value.as_bytes()))?;
        }
        let body = match tokio::time::timeout(self.body_deadline, mount::read(payload, BODY_MAX)).await {
            Ok(Ok(body)) => body,
            Ok(Err(dialect::Failure::TooLarge)) => {
                let sentence = format!("a body has at most {BODY_MAX} bytes");
                return Err(Refused::new(StatusCode::PAYLOAD_TOO_LARGE, sentence));
            }
            Ok(Err(_)) => return Err(Refused::bad("the body broke off")),
            Err(_) => return Err(Refused::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")),
        };
        Ok(Asked { method: request.method().as_str().to_owned(), path, body })
    }

    async fn answer(&self, asked: &Asked) -> Answer {
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        let method = asked.method.as_str();
        match path.as_slice() {
            ["live"] => {
                only(&["GET", "HEAD"], method)?;
                Ok(Page::ok(&json!({ "live": true })))
            }
            ["ready"] => {
                only(&["GET", "HEAD"], method)?;
                Ok(self.ready().await)
            }
            ["metrics"] => {
                only(&["GET", "HEAD"], method)?;
                self.metrics_page().await
            }
            ["admin", rest @ ..] => self.admin(method, rest, &asked.body).await,
            _ => Err(not_there()),
        }
    }
}

/// The handler of everything under `/-/`.
pub async fn handle(service: web::Data<Service>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let answer = match service.asked(&request, payload).await {
        Err(refused) => Err(refused),
        Ok(asked) => match service.runtime.clone() {
            None => service.answer(&asked).await,
            Some(runtime) => {
                let work = runtime.spawn(async move { service.answer(&asked).await });
                work.await.unwrap_or_else(|error| Err(Refused::broken(&error)))
            }
        },
    };
    let page = answer.unwrap_or_else(Page::from);
    let mut response = HttpResponse::build(page.status);
    match page.status {
        StatusCode::UNAUTHORIZED => response.insert_header((WWW_AUTHENTICATE, "Bearer")),
        StatusCode::METHOD_NOT_ALLOWED => response.insert_header((ALLOW, "GET, HEAD, PUT, POST, DELETE")),
        _ => &mut response,
    };
    response.insert_header(("cache-control", "no-store")).content_type(page.content_type).body(page.body)
}

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
