//! Users and agencies of a domain: what the admin API and the settings make, and what their access
//! keys look like.
//!
//! Users belong to a domain, not to one of its projects. They are kept with the tenant of the
//! domain's home: the project that it is told to have in the default region. A project without a
//! name is a home of its own.

use dialect::principals::{Drawn, Issued, Issuing, Kind, Rights, USER, User, UserRules, configured_user};
use serde_json::{Value, json};

use crate::accounts::hash_id;
use crate::texts::iso_date;

/// How names of agencies begin: what the vendor calls roles that another domain takes on.
pub(crate) const AGENCY: &str = "agency/";

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const SECRET_LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const ID: Drawn = Drawn { start: "", letters: b"0123456789abcdef", length: 32 };

/// How access keys look.
// Unverified: the letters that the vendor's own begin with.
pub(crate) static ISSUING: Issuing = Issuing {
    lasting: Drawn { start: "HPUA", letters: LETTERS, length: 20 },
    temporary: Drawn { start: "HSTA", letters: LETTERS, length: 20 },
    secret: Drawn { start: "", letters: SECRET_LETTERS, length: 40 },
    token: Drawn { start: "", letters: BASE64, length: 480 },
    token_names_key: false,
};

static KINDS: [Kind; 2] = [
    Kind { word: "users", prefix: USER, is_role: false, id: ID },
    Kind { word: "agencies", prefix: AGENCY, is_role: true, id: ID },
];

/// How long temporary credentials last at least and at most, in seconds; the least is the default.
pub(crate) const SESSION_SECONDS: (i64, i64) = (900, 86_400);

/// What users and agencies are.
pub(crate) static RULES: UserRules = UserRules {
    kinds: &KINDS,
    issuing: &ISSUING,
    session_seconds: (SESSION_SECONDS.0, SESSION_SECONDS.1, SESSION_SECONDS.0),
    is_resource: None,
    has_trust: true,
    credential,
};

/// A new access key in the words of IAM's own answer.
pub(crate) fn credential(issued: &Issued) -> Value {
    let mut shown = json!({ "access": issued.id, "secret": issued.secret.as_str() });
    if let (Some(token), Some(end)) = (&issued.token, issued.expires_at) {
        shown["securitytoken"] = json!(token.as_str());
        shown["expires_at"] = json!(iso_date(end));
    }
    shown
}

/// Holds a principal from the settings against the rules and puts it into the form in which it is
/// kept. Its id is the same on every gateway and after every start.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn configured_principal(
    account: &str,
    name: &str,
    rights: Rights,
    trusted_accounts: Vec<String>,
) -> Result<String, String> {
    let id = hash_id(&["principal", account, name]);
    configured_user(&RULES, name, &User { id, rights, trusted_accounts })
}
