//! The `Authorization` header of TC3.

use crate::errors::Refusal;

/// The one scheme.
pub(crate) const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// The end of every credential scope.
pub(crate) const TERMINATOR: &str = "tc3_request";

/// The headers that every signature covers.
const SIGNED_ALWAYS: &[&str] = &["content-type", "host"];

/// The header taken apart.
pub(crate) struct Authorization {
    /// The access id.
    pub secret_id: String,
    /// The UTC day of the scope, `YYYY-MM-DD`.
    pub date: String,
    /// The service of the scope.
    pub service: String,
    /// The names of the signed headers, in the order signed.
    pub signed_headers: Vec<String>,
    /// The signature as sent.
    pub signature: String,
}

impl Authorization {
    /// Takes a header apart.
    ///
    /// # Errors
    /// [`Refusal::InvalidAuthorization`] for another scheme (among them `SKIP`, which SDKs send to
    /// products that ask for no signature), for a part that is missing, unknown or given twice, and
    /// if the headers that must be signed are not.
    pub fn parse(value: &str) -> Result<Self, Refusal> {
        let (scheme, rest) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
        if scheme != ALGORITHM {
            return Err(Refusal::InvalidAuthorization("the algorithm is not `TC3-HMAC-SHA256`"));
        }
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for part in rest.split(',').map(str::trim) {
            let before = match part.split_once('=') {
                Some(("Credential", value)) => credential.replace(value),
                Some(("SignedHeaders", value)) => signed_headers.replace(value),
                Some(("Signature", value)) => signature.replace(value),
                _ => Some(part),
            };
            if before.is_some() {
                return Err(Refusal::InvalidAuthorization("a part is unknown or repeated"));
            }
        }
        let credential = credential.ok_or(Refusal::InvalidAuthorization("`Credential` is missing"))?;
        let signed_headers = signed_headers.ok_or(Refusal::InvalidAuthorization("`SignedHeaders` is missing"))?;
        let signature = signature.ok_or(Refusal::InvalidAuthorization("`Signature` is missing"))?;
        let mut scope = credential.split('/');
        let (Some(secret_id), Some(date), Some(service), Some(TERMINATOR), None) =
            (scope.next(), scope.next(), scope.next(), scope.next(), scope.next())
        else {
            return Err(Refusal::InvalidAuthorization("`Credential` not valid."));
        };
        let signed_headers: Vec<String> = signed_headers.split(';').map(str::to_owned).collect();
        if SIGNED_ALWAYS.iter().any(|name| !signed_headers.iter().any(|signed| signed.eq_ignore_ascii_case(name))) {
            return Err(Refusal::InvalidAuthorization("`content-type` and `host` must be in SignedHeaders"));
        }
        Ok(Self {
            secret_id: secret_id.to_owned(),
            date: date.to_owned(),
            service: service.to_owned(),
            signed_headers,
            signature: signature.to_owned(),
        })
    }
}
