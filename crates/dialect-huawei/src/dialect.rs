//! From a request to its operation, and from an answer or a refusal to what goes over the wire.

use std::sync::Arc;

use async_trait::async_trait;
use dialect::admin::{Asked, Unanswered};
use dialect::http::{Head, Record, Request, Response};
use dialect::json::Body;
use dialect::signature::pairs;
use dialect::{AnswerText, Call, Credentials, Failure, Frontend};
use import_engine::{Engine, Error, Tenant};
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::accounts::is_project_id;
use crate::auth::Authenticator;
use crate::codes::Code;
use crate::directory::Directory;
use crate::errors::{Layer, Refusal, Told, tell};
use crate::iam::{self, Desk, IamCall};
use crate::operations::TABLE;
use crate::quotas::Quotas;
use crate::routes::{Match, find};
use crate::settings::Settings;
use crate::{VENDOR, administration, authorization, versions};

/// The gateway's limit on a body: 12 MB.
const GATEWAY_LIMIT: usize = 12 * 1024 * 1024;
/// The service's own. Unverified: its size; the longest lawful bodies are those with attestation documents.
const SERVICE_LIMIT: usize = 128 * 1024;

const JSON: &str = "application/json";

/// Huawei Cloud KMS over HTTP.
pub struct Huawei {
    engine: Arc<Engine>,
    directory: Arc<Directory>,
    authenticator: Authenticator,
    settings: Arc<Settings>,
    /// None if nobody is held to them.
    quotas: Option<Quotas>,
}

impl Huawei {
    /// The dialect over an engine in which [`policy`](crate::policy()) is registered under
    /// [`VENDOR`].
    pub fn new(engine: Arc<Engine>, credentials: Arc<Credentials>, settings: Settings) -> Self {
        let directory = Arc::new(Directory::new(credentials, Some(engine.clone())));
        let authenticator = Authenticator::new(directory.clone(), &settings);
        let quotas = Quotas::of(&settings);
        Self { engine, directory, authenticator, settings: Arc::new(settings), quotas }
    }

    async fn answer(&self, request: &Request, record: &mut Record) -> Result<Response, Refusal> {
        let head = &request.head;
        if let Some(query) = versions::query(&head.method, &head.path) {
            record.operation = Some(versions::name(query));
            let text = versions::answer(query, &self.base(head)).map_err(Error::internal)?;
            return Ok(Response::new(200, JSON, Zeroizing::new(text)));
        }
        if let Some(call) = IamCall::find(&head.method, &head.path) {
            record.operation = Some(call.name());
            return self.answer_iam(call, request).await.map_err(iam::in_iam_words);
        }
        let found = find(TABLE, &head.method, &head.path).ok_or(Refusal::NoRoute)?;
        record.operation = Some(found.route.entry.name);
        self.answer_kms(found, request, record).await
    }

    async fn answer_iam(&self, call: IamCall, request: &Request) -> Result<Response, Refusal> {
        let base = self.base(&request.head);
        let desk = Desk {
            engine: &self.engine,
            directory: &self.directory,
            authenticator: &self.authenticator,
            settings: &self.settings,
            base: &base,
            request,
        };
        desk.answer(call).await
    }

    async fn answer_kms(&self, found: Match, request: &Request, record: &mut Record) -> Result<Response, Refusal> {
        let caller = self.authenticator.authenticate(&self.engine, &self.settings, request).await?;
        // The gateway takes any segment for a project id; the service does not.
        let project = found.value("project_id").filter(|project| is_project_id(project)).ok_or(Code::InvalidUrl)?;
        let verified = caller.in_project(project, request.head.headers.get("host"), &self.settings)?;
        record.tenant = Some(verified.tenant().to_string());
        let call = Call::new(self.engine.clone(), verified, request.id.clone(), request.received_at)
            .with_settings(self.settings.clone());
        if let Some(quotas) = &self.quotas {
            quotas.charge(&call, found.route).await?;
        }
        let input = input(&found, request)?;
        let text = authorization::serve(found.route, &call, input.value()).await?;
        Ok(success(found.route.status, text))
    }

    /// The URL under which the client has reached this server.
    fn base(&self, head: &Head) -> String {
        if let Some(url) = &self.settings.public_url {
            return url.clone();
        }
        // What the client sent goes back to it, but only as a host.
        let host = head.headers.get("host").filter(|host| {
            host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'))
        });
        format!("http://{}", host.unwrap_or("localhost"))
    }
}

#[async_trait]
impl Frontend for Huawei {
    fn vendor(&self) -> &'static str {
        VENDOR
    }

    /// Everything under a version (`/v1.0`, `/v3` …), and the list of versions.
    fn claims(&self, head: &Head) -> bool {
        let mut first = head.path.bytes().skip(1);
        let is_version = first.next() == Some(b'v') && first.next().is_some_and(|byte| byte.is_ascii_digit());
        is_version || (head.path == "/" && head.method == "GET" && head.query.is_empty())
    }

    fn body_limit(&self) -> usize {
        GATEWAY_LIMIT
    }

    async fn serve(&self, request: Request) -> Response {
        let mut record = Record::default();
        let answered = self.answer(&request, &mut record).await;
        let mut response = match answered {
            Ok(response) => response,
            Err(refusal) => {
                let told = tell(refusal);
                record.code = Some(told.code.clone());
                record.cause = told.cause.clone();
                refused(told, &request_id(&request.id))
            }
        };
        response.record = record;
        identified(response, &request.head, &request.id)
    }

    async fn administer(&self, tenant: &Tenant, asked: &Asked<'_>) -> Result<Value, Unanswered> {
        administration::answer(&self.engine, &self.directory, &self.settings, tenant, asked).await
    }

    fn refuse(&self, head: &Head, request_id: &str, failure: Failure) -> Response {
        let told = tell(failure.into());
        let record = Record { code: Some(told.code.clone()), cause: told.cause.clone(), ..Record::default() };
        let mut response = refused(told, &self::request_id(request_id));
        response.record = record;
        identified(response, head, request_id)
    }
}

/// The vendor's request ids have no dashes.
fn request_id(id: &str) -> String {
    id.replace('-', "")
}

/// Every answer names its request; IAM's under a name of its own, too, which its clients put into
/// their messages.
fn identified(response: Response, head: &Head, id: &str) -> Response {
    let id = request_id(id);
    let is_iam = head.path.starts_with("/v3") || head.path.starts_with("/v5");
    let response = if is_iam { response.header("x-iam-trace-id", id.clone()) } else { response };
    response.header("x-request-id", id)
}

/// The one value that an operation sees: the body with path and query folded into it.
fn input(found: &Match, request: &Request) -> Result<Body, Refusal> {
    let head = &request.head;
    if head.headers.is_repeated("content-type") {
        return Err(Refusal::Ambiguous("content-type"));
    }
    if request.body.len() > SERVICE_LIMIT {
        return Err(Code::BodyTooLong.into());
    }
    let mut body = if head.method == "GET" || (request.body.is_empty() && !found.route.takes_body()) {
        Body::from_value(Value::Object(Map::new()))
    } else {
        if !request.body.is_empty() && !is_json(head) {
            return Err(Code::InvalidFormat.into());
        }
        Body::parse(&request.body).map_err(Failure::Malformed)?
    };
    // Not an object: the table says so.
    let Value::Object(members) = body.value_mut() else { return Ok(body) };
    if head.method == "GET" {
        for (name, value) in pairs(&head.query, false) {
            let name = String::from_utf8(name).map_err(|_| Code::InvalidUrl)?;
            let value = String::from_utf8(value.unwrap_or_default()).map_err(|_| Code::InvalidUrl)?;
            if members.insert(name, Value::String(value)).is_some() {
                return Err(Code::InvalidUrl.into());
            }
        }
    }
    for (name, value) in found.values() {
        let value = value.ok_or(Code::InvalidUrl)?;
        // The project is the caller's business; a member of that name is one that nobody knows.
        if !found.route.entry.input.iter().any(|member| member.name == name) {
            continue;
        }
        // Some calls have a name in the path and once more in the body.
        match members.insert(name.to_owned(), Value::String(value.to_owned())) {
            None | Some(Value::Null) => {}
            Some(Value::String(said)) if said == value => {}
            Some(Value::String(_)) => return Err(Refusal::Parameter(name)),
            Some(_) => return Err(Code::InvalidFormat.into()),
        }
    }
    Ok(body)
}

/// Whether the body says to be JSON. One that does not say what it is, is taken at its word.
// Unverified: what the service says to other media types.
fn is_json(head: &Head) -> bool {
    match head.headers.bytes("content-type") {
        None => true,
        Some(value) => value
            .split(|byte| *byte == b';')
            .next()
            .is_some_and(|media_type| media_type.trim_ascii().eq_ignore_ascii_case(JSON.as_bytes())),
    }
}

fn success(status: u16, text: AnswerText) -> Response {
    match (status, text.as_slice()) {
        (204, _) => Response::empty(204),
        // Some clients decode every 200 and stumble over an empty one.
        (status, b"null") => Response::new(status, JSON, Zeroizing::new(b"{}".to_vec())),
        (status, _) => Response::new(status, JSON, text),
    }
}

/// A refusal in the envelope of its layer.
fn refused(told: Told, id: &str) -> Response {
    let body = match told.layer {
        Layer::Service => serde_json::to_vec(&ServiceEnvelope {
            error: ServiceError { error_code: &told.code, error_msg: &told.message },
        }),
        Layer::Gateway => {
            serde_json::to_vec(&GatewayEnvelope { error_msg: &told.message, error_code: &told.code, request_id: id })
        }
        Layer::Iam => serde_json::to_vec(&IamEnvelope {
            error: IamError { code: told.status, message: &told.message, title: told.title },
        }),
    };
    // Texts and numbers do not fail to be written.
    let response = Response::new(told.status, JSON, Zeroizing::new(body.unwrap_or_default()));
    match told.layer {
        Layer::Gateway => response.header("server", "api-gateway"),
        Layer::Service | Layer::Iam => response,
    }
}

#[derive(Serialize)]
struct ServiceEnvelope<'a> {
    error: ServiceError<'a>,
}

#[derive(Serialize)]
struct ServiceError<'a> {
    error_code: &'a str,
    error_msg: &'a str,
}

/// In the order of the gateway's own answers.
#[derive(Serialize)]
struct GatewayEnvelope<'a> {
    error_msg: &'a str,
    error_code: &'a str,
    request_id: &'a str,
}

#[derive(Serialize)]
struct IamEnvelope<'a> {
    error: IamError<'a>,
}

#[derive(Serialize)]
struct IamError<'a> {
    code: u16,
    message: &'a str,
    title: &'static str,
}
