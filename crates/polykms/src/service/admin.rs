//! The admin API: who may use it, and which request is which.

use actix_web::http::StatusCode;
use import_engine::{Tenant, constant_time_eq};
use serde_json::json;

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
            ["sweep"] => {
                only(&["POST"], method)?;
                Ok(Page::ok(&json!({ "changed": self.engine.sweep().await? })))
            }
            _ => Err(not_there()),
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
