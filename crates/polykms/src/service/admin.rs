//! The admin API: who may use it, and which request is which.

use actix_web::http::StatusCode;
use dialect::admin::{Asked, Unanswered};
use dialect::json::Body;
use import_engine::{Tenant, constant_time_eq};
use serde_json::{Value, json};

use super::{Answer, Page, Refused, Service, not_there, only};
use crate::vendors::{vendor, vendors};

impl Service {
    /// Holds the caller to the admin token, in constant time. The value of its `Authorization` is
    /// given.
    pub(super) fn require_token(&self, authorization: &[u8]) -> Result<(), Refused> {
        let Some(token) = &self.admin_token else {
            return Err(Refused::new(StatusCode::FORBIDDEN, "there is no admin API here: admin.token is not set"));
        };
        let given = authorization.strip_prefix(b"Bearer ").unwrap_or_default();
        if constant_time_eq(given, token.expose().as_bytes()) {
            Ok(())
        } else {
            Err(Refused::new(
                StatusCode::UNAUTHORIZED,
                "send the header `Authorization: Bearer TOKEN` with admin.token",
            ))
        }
    }

    pub(super) async fn admin(&self, method: &str, path: &[&str], body: &[u8]) -> Answer {
        match path {
            ["tenants", vendor, account, "clock"] => {
                only(&["GET", "PUT"], method)?;
                let tenant = self.tenant(vendor, account)?;
                if method == "PUT" { self.move_clock(&tenant, body).await } else { self.show_clock(&tenant).await }
            }
            ["tenants", vendor, account, rest @ ..] => {
                let tenant = self.tenant(vendor, account)?;
                self.administer(&tenant, method, rest, body).await
            }
            ["sweep"] => {
                only(&["POST"], method)?;
                Ok(Page::ok(&json!({ "changed": self.engine.sweep().await? })))
            }
            _ => Err(not_there()),
        }
    }

    /// Hands a request to the dialect whose tenant it is about.
    async fn administer(&self, tenant: &Tenant, method: &str, path: &[&str], body: &[u8]) -> Answer {
        let body = match body {
            [] => Body::from_value(Value::Null),
            body => Body::parse(body).map_err(|fault| Refused::bad(format!("the body is not JSON: {fault}")))?,
        };
        let Some(frontend) = self.frontends.iter().find(|frontend| frontend.vendor() == tenant.vendor) else {
            return Err(not_there());
        };
        let asked = Asked { method, path, body: body.value() };
        match frontend.administer(tenant, &asked).await {
            // Wiped on drop: it may hold a secret.
            Ok(answer) => Ok(Page::ok(Body::from_value(answer).value())),
            Err(Unanswered::NotThere) => Err(not_there()),
            Err(Unanswered::Engine(error)) => Err(error.into()),
            Err(unanswered) => {
                let status = match unanswered {
                    Unanswered::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
                    Unanswered::Missing(_) => StatusCode::NOT_FOUND,
                    Unanswered::Conflict(_) => StatusCode::CONFLICT,
                    _ => StatusCode::BAD_REQUEST,
                };
                Err(Refused::new(status, unanswered.sentence()))
            }
        }
    }

    /// The tenant by a vendor's word, and an account or an access id that has one.
    fn tenant(&self, vendor_word: &str, account: &str) -> Result<Tenant, Refused> {
        let Some(entry) = vendor(vendor_word) else {
            let words = vendors().map(|entry| entry.word).join(", ");
            return Err(Refused::new(StatusCode::NOT_FOUND, format!("there is no such vendor; there are {words}")));
        };
        match (entry.resolve_account)(&self.credentials, account) {
            Some(account) => Ok(Tenant::new(entry.word, account)),
            None => Err(Refused::new(
                StatusCode::NOT_FOUND,
                format!("this is no account of {vendor_word}, nor an access id that is known here"),
            )),
        }
    }
}
