//! The one actix handler: reads the body under a cap, finds the dialect, writes the answer.
//!
//! The framework's own refusals never reach a client from here: the body is read by hand, because
//! the extractors would answer in actix's words.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use async_trait::async_trait;
use futures_util::{FutureExt as _, StreamExt as _};
use import_engine::{Chance, Clock, Error, Tenant};
use serde_json::Value;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

use crate::admin::{Asked, Unanswered};
use crate::failure::Failure;
use crate::http::{Head, Headers, Record, Request, Response};

/// One vendor's language, as the handler sees it.
#[async_trait]
pub trait Frontend: Send + Sync {
    /// The vendor's word.
    fn vendor(&self) -> &'static str;

    /// Whether a request is in this language.
    fn claims(&self, head: &Head) -> bool;

    /// The most bytes a body may have.
    fn body_limit(&self) -> usize;

    /// Answers a request.
    async fn serve(&self, request: Request) -> Response;

    /// Says no to a request whose body could not be had.
    fn refuse(&self, head: &Head, request_id: &str, failure: Failure) -> Response;

    /// Answers a request of the admin API about who may act for a tenant. A dialect in which nobody
    /// but the tenant acts has nothing to say.
    async fn administer(&self, _tenant: &Tenant, _asked: &Asked<'_>) -> Result<Value, Unanswered> {
        Err(Unanswered::NotThere)
    }
}

/// The languages spoken on one port, and what they need from the outside.
pub struct Mounted {
    /// In the order in which they are asked; the last one gets what nobody claims.
    pub frontends: Vec<Arc<dyn Frontend>>,
    /// Real time.
    pub clock: Arc<dyn Clock>,
    /// For request identifiers.
    pub chance: Arc<dyn Chance>,
    /// How long a body may take to arrive.
    pub body_deadline: Duration,
    /// How long an answer may take, the body apart.
    pub answer_deadline: Duration,
    /// Where the work on a request runs. `None`: on the thread that read it, which is right unless
    /// the store's connections belong to another runtime.
    pub runtime: Option<Handle>,
    /// Is told of every answer.
    pub observer: Arc<dyn Observer>,
}

/// Counts answers.
pub trait Observer: Send + Sync {
    /// A request of a vendor was answered.
    fn answered(&self, vendor: &'static str, record: &Record, status: u16, took: Duration);
}

/// The handler. Register as the default service.
pub async fn handle(mounted: web::Data<Mounted>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let started = Instant::now();
    let id = request_id(mounted.chance.as_ref());
    let head = head(&request);
    let Some(frontend) = mounted.frontend(&head) else { return HttpResponse::NotFound().finish() };
    let received_at = mounted.clock.now();
    let limit = frontend.body_limit();
    let body = async { if is_tunnel(&head) { Ok(Zeroizing::default()) } else { read(payload, limit).await } };
    let body = tokio::time::timeout(mounted.body_deadline, body);
    let response = match body.await {
        Err(_) => frontend.refuse(&head, &id, Failure::Deadline),
        Ok(Err(failure)) => frontend.refuse(&head, &id, failure),
        Ok(Ok(body)) => {
            let whole = Request { head: head.clone(), body, id: id.clone(), received_at };
            match mounted.serve(frontend, whole).await {
                Ok(response) => response,
                Err(failure) => frontend.refuse(&head, &id, failure),
            }
        }
    };
    let took = started.elapsed();
    mounted.observer.answered(frontend.vendor(), &response.record, response.status, took);
    log(frontend.vendor(), &id, &head, &response, took);
    write(response)
}

impl Mounted {
    fn frontend(&self, head: &Head) -> Option<&Arc<dyn Frontend>> {
        self.frontends.iter().find(|frontend| frontend.claims(head)).or(self.frontends.last())
    }

    /// Has the request answered where the work belongs, in time, and without letting a panic pass.
    async fn serve(&self, frontend: &Arc<dyn Frontend>, request: Request) -> Result<Response, Failure> {
        let frontend = frontend.clone();
        let work = AssertUnwindSafe(async move { frontend.serve(request).await }).catch_unwind();
        let work = tokio::time::timeout(self.answer_deadline, work);
        let outcome = match &self.runtime {
            None => work.await,
            Some(runtime) => runtime.spawn(work).await.map_err(|error| Failure::Engine(Error::internal(error)))?,
        };
        match outcome {
            Ok(Ok(response)) => Ok(response),
            // The panic hook has logged where.
            Ok(Err(_)) => Err(Failure::Engine(Error::internal("a panic"))),
            Err(_) => Err(Failure::Deadline),
        }
    }
}

fn request_id(chance: &dyn Chance) -> String {
    let mut bytes = [0u8; 16];
    // Without randomness nothing else will work either; the request then fails where it matters.
    let _ = chance.fill(&mut bytes);
    let text = hex::encode(bytes);
    format!("{}-{}-4{}-a{}-{}", &text[..8], &text[8..12], &text[13..16], &text[17..20], &text[20..])
}

fn head(request: &HttpRequest) -> Head {
    let uri = request.uri();
    Head {
        method: request.method().as_str().to_owned(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers: Headers::new(
            request.headers().iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())),
        ),
        peer: request.peer_addr().map(|address| address.ip()),
    }
}

/// Whether what follows the head is no body but a stream without end, as HTTP has it. Nothing here
/// opens a tunnel: the request is answered as one without a body.
fn is_tunnel(head: &Head) -> bool {
    head.method == "CONNECT"
        || head.headers.get("upgrade").is_some_and(|protocol| protocol.trim().eq_ignore_ascii_case("websocket"))
}

/// The body, if it has at most `limit` bytes.
///
/// # Errors
/// [`Failure::TooLarge`] as soon as it is over the limit; what is left is not read.
/// [`Failure::BrokenRequest`] if it breaks off.
pub async fn read(mut payload: Payload, limit: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut chunks: Vec<web::Bytes> = Vec::new();
    let mut length = 0usize;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Failure::BrokenRequest)?;
        length = length.saturating_add(chunk.len());
        if length > limit {
            return Err(Failure::TooLarge);
        }
        chunks.push(chunk);
    }
    // One allocation of the final size: a growing vector would leave unwiped copies behind.
    let mut body = Zeroizing::new(Vec::with_capacity(length));
    chunks.iter().for_each(|chunk| body.extend_from_slice(chunk));
    Ok(body)
}

fn write(response: Response) -> HttpResponse {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    for (name, value) in &response.headers {
        builder.insert_header((*name, value.as_str()));
    }
    builder.body(response.body.to_vec())
}

fn log(vendor: &'static str, id: &str, head: &Head, response: &Response, took: Duration) {
    let record = &response.record;
    let operation = record.operation.unwrap_or("-");
    let tenant = record.tenant.as_deref().unwrap_or("-");
    let code = record.code.as_deref().unwrap_or("-");
    let duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let status = response.status;
    let method = head.method.as_str();
    if let Some(cause) = &record.cause {
        tracing::error!(
            request.id = id,
            vendor,
            operation,
            tenant.id = tenant,
            method,
            status,
            code,
            duration_us,
            cause,
            "request failed"
        );
    } else {
        tracing::info!(
            request.id = id,
            vendor,
            operation,
            tenant.id = tenant,
            method,
            status,
            code,
            duration_us,
            "request"
        );
    }
}

#[cfg(test)]
#[path = "mount_tests.rs"]
mod tests;
