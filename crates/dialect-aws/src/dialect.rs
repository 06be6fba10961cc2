//! AWS KMS on the wire: which operation, who calls, what answers and refusals look like.

use std::sync::Arc;

use async_trait::async_trait;
use dialect::admin::{Asked, Unanswered};
use dialect::http::{Head, Headers, Record, Request, Response};
use dialect::json::Body;
use dialect::{AnswerText, Call, Credentials, Entry, Failure, Frontend};
use import_engine::{Engine, Error, Scope, Tenant};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::VENDOR;
use crate::administration::Administration;
use crate::asking;
use crate::auth::authenticate;
use crate::circumstances::Circumstances;
use crate::directory::Directory;
use crate::errors::{self, Context, Form, Refusal};
use crate::operations;
use crate::quotas::Quotas;
use crate::settings::Settings;

const JSON: &str = "application/x-amz-json-1.1";
/// What stands before the operation's name in `X-Amz-Target`.
const TARGET_PREFIX: &str = "TrentService.";

/// The AWS dialect.
#[derive(Debug)]
pub struct Aws {
    engine: Arc<Engine>,
    directory: Arc<Directory>,
    settings: Arc<Settings>,
    /// None if nobody is held to them.
    quotas: Option<Quotas>,
}

impl Aws {
    /// The dialect over an engine that knows this vendor's [`policy`](crate::policy).
    pub fn new(engine: Arc<Engine>, credentials: Arc<Credentials>, settings: Settings) -> Self {
        let directory = Arc::new(Directory::new(credentials, Some(engine.clone())));
        let quotas = settings.request_quotas.then(|| Quotas::new(settings.requests_per_second.clone()));
        Self { engine, directory, settings: Arc::new(settings), quotas }
    }

    async fn run(&self, request: Request, record: &mut Record) -> Result<AnswerText, errors::Answer> {
        let head = &request.head;
        let mut context = Context::default();
        check_line(head).map_err(|refusal| explain(&refusal, context, record))?;
        let caller = authenticate(&request, &self.directory, &self.settings).await;
        let caller = caller.map_err(|refusal| explain(&refusal, context, record))?;
        record.tenant = Some(caller.tenant().to_string());
        let scope = Scope::new(caller.tenant().clone(), caller.region());
        context.scope = Some(&scope);
        let entry = find_operation(&head.headers).map_err(|refusal| explain(&refusal, context, record))?;
        record.operation = Some(entry.name);
        context.operation = Some(entry.name);
        let body = Body::parse(&request.body)
            .map_err(|reason| explain(&Failure::Malformed(reason).into(), context, record))?;
        context.body = Some(body.value());
        let directory = self.directory.clone();
        let circumstances = Circumstances::of(directory, head, entry.name, body.value(), &scope.region, &self.settings);
        let circumstances = Arc::new(circumstances);
        let call = Call::new(self.engine.clone(), caller, request.id.clone(), request.received_at)
            .with_settings(circumstances.clone());
        if let Some(quotas) = &self.quotas {
            let charged = quotas.charge(&call, entry.name, body.value()).await;
            charged.map_err(|refusal| explain(&refusal, context, record))?;
        }
        match asking::within(&call, entry.name, entry.serve(&call, body.value())).await {
            Ok(text) => Ok(text),
            Err(refusal) => {
                let foreign = circumstances.remembered();
                Err(explain(&refusal, Context { foreign: &foreign, ..context }, record))
            }
        }
    }
}

#[async_trait]
impl Frontend for Aws {
    fn vendor(&self) -> &'static str {
        VENDOR
    }

    fn claims(&self, head: &Head) -> bool {
        let begins = |name: &str, start: &str| head.headers.get(name).is_some_and(|value| value.starts_with(start));
        head.headers.bytes("x-amz-target").is_some()
            || begins("authorization", "AWS4-")
            || begins("content-type", "application/x-amz-json")
            || head.query.split('&').any(|item| item.starts_with("X-Amz-"))
    }

    fn body_limit(&self) -> usize {
        self.settings.body_limit_bytes
    }

    async fn serve(&self, request: Request) -> Response {
        let id = request.id.clone();
        let mut record = Record::default();
        let mut response = match self.run(request, &mut record).await {
            Ok(text) => succeed(text),
            Err(answer) => refuse(&answer),
        };
        response.record = record;
        finish(response, &id)
    }

    async fn administer(&self, tenant: &Tenant, asked: &Asked<'_>) -> Result<Value, Unanswered> {
        Administration::new(&self.engine, self.directory.common(), tenant).answer(asked).await
    }

    fn refuse(&self, _head: &Head, request_id: &str, failure: Failure) -> Response {
        let mut record = Record::default();
        let answer = explain(&failure.into(), Context::default(), &mut record);
        let mut response = refuse(&answer);
        response.record = record;
        finish(response, request_id)
    }
}

/// Only `POST /` leads anywhere.
fn check_line(head: &Head) -> Result<(), Refusal> {
    if head.method != "POST" {
        Err(Refusal::NoSuchMethod)
    } else if head.path != "/" {
        Err(Refusal::NoSuchPath)
    } else {
        Ok(())
    }
}

fn find_operation(headers: &Headers) -> Result<&'static Entry<Refusal>, Refusal> {
    let unknown = |name: &str| Refusal::Failure(Failure::UnknownOperation(name.to_owned()));
    let target = headers.get("x-amz-target").filter(|_| !headers.is_repeated("x-amz-target")).unwrap_or_default();
    if !is_json(headers) {
        return Err(unknown(target));
    }
    target.strip_prefix(TARGET_PREFIX).and_then(operations::find).ok_or_else(|| unknown(target))
}

/// One of the media types under which AWS JSON travels. Unverified: that any other one makes the
/// operation unknown.
fn is_json(headers: &Headers) -> bool {
    let Some(value) = headers.get("content-type").filter(|_| !headers.is_repeated("content-type")) else {
        return false;
    };
    let media_type = value.split(';').next().unwrap_or_default().trim();
    [JSON, "application/x-amz-json-1.0", "application/json"].iter().any(|known| media_type.eq_ignore_ascii_case(known))
}

/// Puts a refusal into words, and what the log should know into the record.
fn explain(refusal: &Refusal, context: Context<'_>, record: &mut Record) -> errors::Answer {
    let answer = errors::answer(refusal, context);
    record.code = Some(answer.code.to_owned());
    if let Refusal::Failure(Failure::Engine(Error::Internal(fault))) = refusal {
        record.cause = Some(cause(fault));
    }
    answer
}

/// A fault and everything that caused it.
fn cause(fault: &dyn std::error::Error) -> String {
    let mut text = fault.to_string();
    let mut next = fault.source();
    while let Some(error) = next {
        text.push_str(": ");
        text.push_str(&error.to_string());
        next = error.source();
    }
    text
}

/// An operation without output answers with nothing at all.
fn succeed(text: AnswerText) -> Response {
    let body = if text.as_slice() == b"null" { Zeroizing::default() } else { text };
    Response::new(200, JSON, body)
}

fn refuse(answer: &errors::Answer) -> Response {
    let code = answer.code;
    let envelope = match (answer.form, &answer.message) {
        (Form::Xml, _) => {
            let body = format!("<{code}/>\n").into_bytes();
            return Response::new(answer.status, "application/xml", Zeroizing::new(body));
        }
        (_, None) => json!({ "__type": code }),
        (Form::Json, Some(message)) => json!({ "__type": code, "message": message }),
        (Form::JsonCapital, Some(message)) => json!({ "__type": code, "Message": message }),
    };
    Response::new(answer.status, JSON, Zeroizing::new(envelope.to_string().into_bytes()))
}

fn finish(response: Response, request_id: &str) -> Response {
    response
        .header("x-amzn-RequestId", request_id)
        .header("cache-control", "no-cache, no-store, must-revalidate, private")
        .header("expires", "0")
        .header("pragma", "no-cache")
}
