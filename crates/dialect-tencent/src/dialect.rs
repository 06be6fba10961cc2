//! How requests and answers look on this vendor's wire.

use std::sync::Arc;

use async_trait::async_trait;
use dialect::admin::{Asked, Unanswered};
use dialect::http::{Head, Record, Request, Response};
use dialect::{AnswerText, Call, Credentials, Failure, Frontend, Verified};
use import_engine::{Engine, Tenant};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::administration::administer;
use crate::arrival::{Arrival, Proof, is_form, media_type, uses_tc3};
use crate::auth::Authenticator;
use crate::directory::Directory;
use crate::errors::{Refusal, SIZE_TC3_MAX, wire};
use crate::operations::{TencentEntry, entry};
use crate::quotas::Quotas;
use crate::regions::exists;
use crate::settings::Settings;
use crate::{API_VERSION, VENDOR, form, parameters, permission, white_box};

/// The SDKs look for an error only when the media type is exactly this, without a charset.
const JSON: &str = "application/json";

/// Tencent Cloud KMS.
pub struct Tencent {
    engine: Arc<Engine>,
    directory: Arc<Directory>,
    authenticator: Authenticator,
    quotas: Quotas,
    settings: Arc<Settings>,
}

impl Tencent {
    /// The dialect over an engine, for callers with these credentials.
    pub fn new(engine: Arc<Engine>, credentials: Arc<Credentials>, settings: Settings) -> Self {
        let directory = Arc::new(Directory::new(credentials, Some(engine.clone())));
        let authenticator = Authenticator::new(directory.clone(), &settings);
        Self { engine, directory, authenticator, quotas: Quotas::default(), settings: Arc::new(settings) }
    }

    /// The answer's members, as the text of a JSON object.
    async fn answer(&self, request: &Request, seen: &mut Seen) -> Result<AnswerText, Refusal> {
        let arrival = Arrival::read(request)?;
        seen.action.clone_from(&arrival.action);
        let admitted = self.authenticator.authenticate(request, &arrival).await?;
        seen.record.tenant = Some(admitted.caller.tenant().to_string());
        let outcome = self.act(request, arrival, admitted.caller, seen).await;
        // What was refused by the gateway has served for nothing.
        if let (Some(mark), false) = (&admitted.mark, seen.reached_action) {
            self.authenticator.forget(mark);
        }
        outcome
    }

    /// The gateway's checks behind the signature, and the action.
    // Unverified: their order. Known is that a bad token is told before the parameters.
    async fn act(
        &self,
        request: &Request,
        arrival: Arrival,
        caller: Verified,
        seen: &mut Seen,
    ) -> Result<AnswerText, Refusal> {
        if arrival.version != API_VERSION {
            return Err(Refusal::NoSuchVersion(arrival.version));
        }
        let Some(entry) = entry(&arrival.action) else {
            return Err(Failure::UnknownOperation(arrival.action).into());
        };
        seen.record.operation = Some(entry.name);
        if let Some(region) = &arrival.region {
            self.require_region(region, entry.name, &arrival.proof)?;
        }
        let input = self.parameters(request, arrival.proof, entry)?;
        let call = Call::new(self.engine.clone(), caller, request.id.clone(), request.received_at)
            .with_settings(self.settings.clone());
        // Unverified: that a member that is null is one that is absent.
        entry.require_fit(input.value())?;
        // From here on its signature has served, and shall not serve for an action that the caller may do.
        seen.reached_action = true;
        permission::require(&call, entry.name, input.value()).await?;
        self.quotas.charge(&call, &self.settings, entry).await?;
        self.settings.require_service(call.account(), entry.name)?;
        let outcome = entry.run_fit(&call, input.value()).await;
        seen.reached_action = !matches!(outcome, Err(Refusal::Failure(Failure::Malformed(_))));
        outcome
    }

    fn require_region(&self, region: &str, action: &str, proof: &Proof) -> Result<(), Refusal> {
        let is_served = self.settings.regions.contains_key(region);
        if is_served && white_box::is_in(region, action) {
            return Ok(());
        }
        if is_served || exists(region) {
            return Err(Refusal::UnsupportedRegion);
        }
        Err(Refusal::UnknownRegion(match proof {
            Proof::Tc3(_) => "X-TC-Region",
            Proof::V1 { .. } => "Region",
        }))
    }

    /// The action's parameters as one value.
    fn parameters(
        &self,
        request: &Request,
        proof: Proof,
        entry: &TencentEntry,
    ) -> Result<dialect::json::Body, Refusal> {
        match proof {
            Proof::V1 { mut parameters, .. } => {
                parameters.retain(|found| !COMMON.contains(&found.name.as_str()));
                parameters::from_form(entry.input, parameters)
            }
            Proof::Tc3(_) if request.head.method == "GET" => {
                parameters::from_form(entry.input, form::parse(&request.head.query)?)
            }
            Proof::Tc3(_) => match media_type(&request.head).as_deref() {
                Some(JSON) => parameters::from_json(entry.input, &request.body, self.settings.lenient_integers),
                Some("multipart/form-data") => Err(Refusal::Multipart),
                _ => Err(Refusal::WrongMediaType),
            },
        }
    }
}

/// Common parameters that stand among an action's own under a parameter signature.
const COMMON: &[&str] = &[
    "Action",
    "Language",
    "Nonce",
    "Region",
    "RequestClient",
    "SecretId",
    "SignatureMethod",
    "Timestamp",
    "Token",
    "Version",
];

/// What became known of a request on the way.
#[derive(Default)]
struct Seen {
    /// The action as sent.
    action: String,
    /// Whether the action itself was asked.
    reached_action: bool,
    record: Record,
}

#[async_trait]
impl Frontend for Tencent {
    fn vendor(&self) -> &'static str {
        VENDOR
    }

    fn claims(&self, head: &Head) -> bool {
        let names_itself = head.headers.iter().any(|(name, _)| name.starts_with("x-tc-"))
            || head.headers.get("authorization").is_some_and(|value| value.starts_with("TC3-HMAC-SHA256"));
        if names_itself {
            return true;
        }
        if head.path != "/" || head.headers.bytes("x-amz-target").is_some() {
            return false;
        }
        match head.method.as_str() {
            "GET" => head
                .query
                .split('&')
                .any(|item| item.starts_with("Action=") || item.strip_prefix("Version=") == Some(API_VERSION)),
            "POST" => is_form(head),
            _ => false,
        }
    }

    fn body_limit(&self) -> usize {
        SIZE_TC3_MAX
    }

    async fn serve(&self, request: Request) -> Response {
        let mut seen = Seen::default();
        match self.answer(&request, &mut seen).await {
            Ok(members) => {
                let mut response = respond(success(&members, &request.id), &request.id);
                response.record = seen.record;
                response
            }
            Err(refusal) => refuse(&refusal, seen, &request.id),
        }
    }

    async fn administer(&self, tenant: &Tenant, asked: &Asked<'_>) -> Result<Value, Unanswered> {
        administer(&self.engine, &self.directory, &self.settings, tenant, asked).await
    }

    fn refuse(&self, head: &Head, request_id: &str, failure: Failure) -> Response {
        let refusal = match failure {
            Failure::TooLarge if !uses_tc3(head) => Refusal::TooLargeForV1,
            failure => failure.into(),
        };
        refuse(&refusal, Seen::default(), request_id)
    }
}

fn refuse(refusal: &Refusal, seen: Seen, request_id: &str) -> Response {
    let wire = wire(refusal, &seen.action);
    let body = json!({"Response": {"Error": {"Code": wire.code, "Message": wire.message}, "RequestId": request_id}});
    let mut response = respond(Zeroizing::new(body.to_string().into_bytes()), request_id);
    response.record = seen.record;
    response.record.code = Some(wire.code.to_owned());
    response.record.cause = wire.cause;
    response
}

fn respond(body: Zeroizing<Vec<u8>>, request_id: &str) -> Response {
    Response::new(200, JSON, body).header("x-tc-requestid", request_id)
}

/// Puts an answer's members beside the request's identifier. The text is not parsed again; it may
/// hold a plaintext, so it is copied once, into a vector of the final size.
fn success(members: &AnswerText, request_id: &str) -> Zeroizing<Vec<u8>> {
    let inner = members.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}")).unwrap_or_default();
    let mut body = Zeroizing::new(Vec::with_capacity(inner.len() + request_id.len() + 40));
    body.extend_from_slice(b"{\"Response\":{");
    body.extend_from_slice(inner);
    if !inner.is_empty() {
        body.push(b',');
    }
    // A lower-case UUID: nothing to escape.
    body.extend_from_slice(b"\"RequestId\":\"");
    body.extend_from_slice(request_id.as_bytes());
    body.extend_from_slice(b"\"}}");
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spliced(members: &str) -> String {
        let text = success(&Zeroizing::new(members.as_bytes().to_vec()), "id");
        String::from_utf8(text.to_vec()).unwrap()
    }

    #[test]
    fn answers_are_wrapped() {
        assert_eq!(spliced(r#"{"KeyId":"k"}"#), r#"{"Response":{"KeyId":"k","RequestId":"id"}}"#);
        for nothing in ["null", "{}"] {
            assert_eq!(spliced(nothing), r#"{"Response":{"RequestId":"id"}}"#);
        }
    }
}
