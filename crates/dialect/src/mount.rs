//! The one actix handler: reads the body under a cap, finds the dialect, writes the answer.
//!
//! The framework's own refusals never reach a client from here: the body is read by hand, because
//! the extractors would answer in actix's words.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use async_trait::async_trait;
use futures_util::StreamExt as _;
use import_engine::{Chance, Clock};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::http::{Head, Headers, Request, Response};

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
}

/// The handler. Register as the default service.
pub async fn handle(mounted: web::Data<Mounted>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let started = Instant::now();
    let id = request_id(mounted.chance.as_ref());
    let head = head(&request);
    let Some(frontend) = mounted.frontend(&head) else { return HttpResponse::NotFound().finish() };
    let received_at = mounted.clock.now();
    let body = tokio::time::timeout(mounted.body_deadline, read(payload, frontend.body_limit()));
    let response = match body.await {
        Err(_) => frontend.refuse(&head, &id, Failure::Deadline),
        Ok(Err(failure)) => frontend.refuse(&head, &id, failure),
        Ok(Ok(body)) => {
            let whole = Request { head: head.clone(), body, id: id.clone(), received_at };
            match tokio::time::timeout(mounted.answer_deadline, frontend.serve(whole)).await {
                Ok(response) => response,
                Err(_) => frontend.refuse(&head, &id, Failure::Deadline),
            }
        }
    };
    log(frontend.vendor(), &id, &head, &response, started.elapsed());
    write(response)
}

impl Mounted {
    fn frontend(&self, head: &Head) -> Option<&Arc<dyn Frontend>> {
        self.frontends.iter().find(|frontend| frontend.claims(head)).or(self.frontends.last())
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
    }
}

async fn read(mut payload: Payload, limit: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
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
