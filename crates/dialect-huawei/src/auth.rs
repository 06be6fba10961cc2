//! Who is calling: request signatures and IAM tokens.
//!
//! The order of checks is the gateway's, as its messages suggest: algorithm and form of the header,
//! access id, date, signature; then the project, which is the service's business.

use std::sync::Arc;

use dialect::http::Request;
use dialect::signature::{sha256_hex, signatures_equal};
use dialect::{Credentials, Verified};
use import_engine::{Engine, Tenant, Timestamp};

use crate::VENDOR;
use crate::accounts::{Holder, Secret, holder};
use crate::codes::Code;
use crate::errors::{Doubt, Refusal};
use crate::pass::Pass;
use crate::settings::Settings;
use crate::signing::{Parsed, canonical_request, parse, signature};
use crate::texts::parse_basic_date;

/// What stands in place of the body's hash if the client left the body unsigned.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
/// What may stand in place of the body's hash.
const CONTENT_HASH: &str = "x-sdk-content-sha256";
const DATE: &str = "x-sdk-date";
const TOKEN: &str = "x-auth-token";

/// Headers that decide who calls, and so must not stand twice.
const DECISIVE: [&str; 5] = ["authorization", DATE, TOKEN, CONTENT_HASH, "host"];

/// Somebody who has proven to hold an access id or a user name. Made in this file only.
#[derive(Debug)]
pub(crate) struct Caller {
    holder: Holder,
    principal: String,
    /// The region that the signature names, if it names one.
    region: Option<String>,
    /// The project that a token is for.
    project: Option<String>,
    /// Whether it was a token that proved it.
    by_token: bool,
}

impl Caller {
    /// Whose the access id is.
    pub(crate) fn holder(&self) -> &Holder {
        &self.holder
    }

    /// The access id or user name.
    pub(crate) fn principal(&self) -> &str {
        &self.principal
    }

    /// The region that the signature names, if it names one.
    pub(crate) fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The caller within the project that the path names.
    ///
    /// # Errors
    /// KMS.0321 if the project is not theirs, or the token is for another one.
    // Unverified for signed requests: the code for tokens is used.
    pub(crate) fn in_project(
        self,
        project: &str,
        host: Option<&str>,
        settings: &Settings,
    ) -> Result<Verified, Refusal> {
        if self.by_token && self.project.as_deref() != Some(project) {
            return Err(Code::ForeignProject.into());
        }
        let account = self.holder.account(project).ok_or(Code::ForeignProject)?;
        let region = self.region_of(project, host, settings).to_owned();
        let verified = Verified::attest(Tenant::new(VENDOR, account), region, self.principal);
        Ok(verified.with_identity(Arc::new(self.holder)))
    }

    /// The region of a call. At the vendor it is the host's, and each project lies in one region.
    /// Here it is the one that the signature names (the derived one does), else the one in the host
    /// (`kms.cn-east-3.example.com`), else the one for which the project was told to the caller
    /// (`GET /v3/projects?name=REGION`), else that of the settings.
    fn region_of<'a>(&'a self, project: &str, host: Option<&str>, settings: &'a Settings) -> &'a str {
        let served = || settings.regions.iter();
        let by_host = || host.and_then(|host| served().find(|region| host.split('.').any(|label| label == *region)));
        let by_project = || served().find(|region| self.holder.is_told(project, region));
        self.region.as_ref().or_else(by_host).or_else(by_project).unwrap_or(&settings.region)
    }
}

/// Proves who sent a request.
///
/// # Errors
/// The gateway's refusals; KMS.0303 for a token that is over.
pub(crate) fn authenticate(
    engine: &Engine,
    credentials: &Credentials,
    settings: &Settings,
    request: &Request,
) -> Result<Caller, Refusal> {
    let headers = &request.head.headers;
    if let Some(twice) = DECISIVE.into_iter().find(|name| headers.is_repeated(name)) {
        return Err(Refusal::Ambiguous(twice));
    }
    // Present, but no text: of no known form.
    match (headers.bytes("authorization"), headers.bytes(TOKEN)) {
        (Some(header), _) => match std::str::from_utf8(header) {
            Ok(header) => by_signature(credentials, settings, request, header),
            Err(_) => Err(Refusal::Unauthenticated(Doubt::Form)),
        },
        (None, Some([])) | (None, None) => Err(Refusal::Unauthenticated(Doubt::NoCredentials)),
        (None, Some(token)) => {
            let token = std::str::from_utf8(token).map_err(|_| Refusal::Unauthenticated(Doubt::Token))?;
            by_token(engine, credentials, request, token)
        }
    }
}

fn by_signature(
    credentials: &Credentials,
    settings: &Settings,
    request: &Request,
    header: &str,
) -> Result<Caller, Refusal> {
    let doubt = |doubt| Err(Refusal::Unauthenticated(doubt));
    let authorization = match parse(header) {
        Parsed::Known(authorization) => authorization,
        Parsed::OtherAlgorithm(name) => return doubt(Doubt::Algorithm(name.to_owned())),
        Parsed::Malformed => return doubt(Doubt::Form),
    };
    let Some((holder, secret)) = holder(credentials, authorization.access_id) else {
        return doubt(Doubt::AccessId(authorization.access_id.to_owned()));
    };
    if !authorization.signed_headers.split(';').any(|name| name == DATE) {
        return doubt(Doubt::Form);
    }
    let Some((date, signed_at)) = request.head.headers.get(DATE).and_then(|date| Some((date, parse_basic_date(date)?)))
    else {
        return doubt(Doubt::Form);
    };
    let apart = request.received_at.seconds().saturating_sub(signed_at.seconds()).saturating_abs();
    if apart > settings.clock_skew_seconds {
        return doubt(Doubt::Clock { signed: date.to_owned(), now: request.received_at });
    }
    if authorization.scope.is_some_and(|scope| !date.starts_with(scope.date)) {
        return doubt(Doubt::Form);
    }
    if let Secret::Is(secret) = secret {
        let mut shown = String::new();
        let mut is_right = false;
        for payload in payload_hashes(request) {
            let canonical = canonical_request(&request.head, authorization.signed_headers, &payload);
            let Some(canonical) = canonical else { return doubt(Doubt::Form) };
            let calculated = signature(secret.expose(), &authorization, date, &canonical)?;
            is_right |= signatures_equal(&calculated, &authorization.signature.to_ascii_lowercase());
            shown = String::from_utf8_lossy(&canonical).into_owned();
        }
        if !is_right {
            return doubt(Doubt::Signature(shown));
        }
    }
    Ok(Caller {
        holder,
        principal: authorization.access_id.to_owned(),
        region: authorization.scope.map(|scope| scope.region.to_owned()),
        project: None,
        by_token: false,
    })
}

/// What may stand for the body in the canonical request, the likelier last.
///
/// A client may put a text in place of the hash. It is believed only if it says that the body is
/// unsigned or if it is the body's hash: anything else would let one signature go with any body.
fn payload_hashes(request: &Request) -> Vec<String> {
    let hash = sha256_hex(&request.body);
    match request.head.headers.get(CONTENT_HASH) {
        Some(UNSIGNED) if request.body.is_empty() => vec![UNSIGNED.to_owned(), hash],
        Some(UNSIGNED) => vec![UNSIGNED.to_owned()],
        _ => vec![hash],
    }
}

fn by_token(engine: &Engine, credentials: &Credentials, request: &Request, token: &str) -> Result<Caller, Refusal> {
    match Pass::open(engine, token)? {
        Some(pass) => admit(credentials, request.received_at, pass),
        None => Err(Refusal::Unauthenticated(Doubt::Token)),
    }
}

/// Whom a genuine token lets in. Form and genuineness are the gateway's to see, age and project the
/// service's.
fn admit(credentials: &Credentials, now: Timestamp, pass: Pass) -> Result<Caller, Refusal> {
    let Some((holder, _)) = holder(credentials, &pass.user) else {
        return Err(Refusal::Unauthenticated(Doubt::Token));
    };
    if pass.expires_at() <= now {
        return Err(Code::TokenOver.into());
    }
    Ok(Caller { holder, principal: pass.user, region: None, project: pass.project, by_token: true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::tell;
    use crate::pass::LIFETIME_SECONDS;
    use dialect::http::{Head, Headers};
    use dialect::{Credential, Trust};
    use import_engine::Material;
    use zeroize::Zeroizing;

    const PROJECT: &str = "0dea2644dc80d5d22ff1c01e3ebea6fc";
    const OTHER: &str = "ffffffffffffffffffffffffffffffff";
    const AK: &str = "AKEXAMPLE0000000001";
    const BODY: &[u8] = br#"{"key_id": "0d0466b0-e727-4d9c-b35d-f84bb474a37f"}"#;
    const SIGNATURE: &str = "313b711c57dae2b5d939f2aa39ca8d0d80ce00c442eb6a1cf3dfc259b74c86c7";

    fn credentials(trust: Trust) -> Credentials {
        Credentials::new(trust).with(
            VENDOR,
            Credential {
                access_id: AK.to_owned(),
                secret: Material::copy_of(b"SKexample0000000000000000000000000000001"),
                account: PROJECT.to_owned(),
            },
        )
    }

    fn header(access_id: &str, signature: &str) -> String {
        format!(
            "SDK-HMAC-SHA256 Access={access_id}, \
             SignedHeaders=content-type;host;user-agent;x-project-id;x-sdk-date, Signature={signature}"
        )
    }

    /// The request of the first KMS vector, so many seconds after it was signed.
    fn request(seconds_later: i64, body: &[u8], more: &[(&str, &str)]) -> Request {
        let mut fields = vec![
            ("host", "127.0.0.1:8443"),
            ("user-agent", "ua/1"),
            ("content-type", "application/json;charset=utf-8"),
            ("x-project-id", PROJECT),
            ("x-sdk-date", "20260102T030405Z"),
        ];
        fields.extend_from_slice(more);
        Request {
            head: Head {
                method: "POST".to_owned(),
                path: format!("/v1.0/{PROJECT}/kms/describe-key"),
                query: String::new(),
                headers: Headers::new(
                    fields.into_iter().map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec())),
                ),
                peer: None,
            },
            body: Zeroizing::new(body.to_vec()),
            id: String::new(),
            received_at: Timestamp::from_seconds(1_767_323_045 + seconds_later),
        }
    }

    fn signed(trust: Trust, request: &Request, header: &str) -> Result<Caller, String> {
        by_signature(&credentials(trust), &Settings::default(), request, header).map_err(|refusal| {
            let told = tell(refusal);
            assert_eq!((told.status, told.code.as_str()), (401, "APIGW.0301"));
            told.message.strip_prefix("Incorrect IAM authentication information: ").unwrap().to_owned()
        })
    }

    fn refused(request: &Request, header: &str) -> String {
        signed(Trust::Configured, request, header).unwrap_err()
    }

    #[test]
    fn a_right_signature_is_a_caller() {
        for seconds in [-900, 0, 900] {
            let caller = signed(Trust::Configured, &request(seconds, BODY, &[]), &header(AK, SIGNATURE)).unwrap();
            let verified = caller.in_project(PROJECT, None, &Settings::default()).unwrap();
            assert_eq!(verified.tenant(), &Tenant::new(VENDOR, PROJECT));
            assert_eq!((verified.region(), verified.principal()), ("cn-north-4", AK));
        }
        assert!(signed(Trust::Configured, &request(0, BODY, &[]), &header(AK, &SIGNATURE.to_uppercase())).is_ok());
    }

    #[test]
    fn each_failure_has_its_text() {
        let now = request(0, BODY, &[]);
        assert_eq!(refused(&now, &header("NOBODY", SIGNATURE)), "ak NOBODY not exist");
        for seconds in [-901, 901] {
            let text = refused(&request(seconds, BODY, &[]), &header(AK, SIGNATURE));
            assert!(text.starts_with(
                "calc aksk signature fail:signature expired, signature time:20260102T030405Z,server time:2026010"
            ));
        }
        let shown = refused(&request(0, b"{}", &[]), &header(AK, SIGNATURE));
        assert!(shown.starts_with(&format!(
            "verify aksk signature fail, canonicalRequest:POST|/v1.0/{PROJECT}/kms/describe-key/||content-type:"
        )));
        // The unknown access id is told before the date, the date before the signature.
        assert!(refused(&request(9999, BODY, &[]), &header("NOBODY", "00")).starts_with("ak NOBODY"));
        assert!(refused(&request(9999, BODY, &[]), &header(AK, "00")).contains("signature expired"));
        let header_without_date = "SDK-HMAC-SHA256 Access=AKEXAMPLE0000000001, SignedHeaders=host, Signature=00";
        assert!(refused(&now, header_without_date).contains("authorization format"));
        assert!(refused(&now, "SDK-HMAC-SM3 Access=a, SignedHeaders=b, Signature=c").contains("SDK-HMAC-SM3"));
    }

    #[test]
    fn a_body_hash_that_is_not_the_body_s_is_not_believed() {
        // The signature covers the hash of BODY; another body comes with that hash in the header.
        let hash = "a53cf1735740c07f57f84ca42c122ec503677b4ddde8d1726011b2edb25af8a1";
        let swapped = request(0, b"{}", &[("x-sdk-content-sha256", hash)]);
        assert!(refused(&swapped, &header(AK, SIGNATURE)).starts_with("verify aksk signature fail"));
        let honest = request(0, BODY, &[("x-sdk-content-sha256", hash)]);
        assert!(signed(Trust::Configured, &honest, &header(AK, SIGNATURE)).is_ok());
    }

    #[test]
    fn open_doors_still_want_a_form() {
        let now = request(0, BODY, &[]);
        assert!(signed(Trust::Open, &now, &header("anybody", "00")).is_ok());
        assert!(signed(Trust::Open, &now, "Bearer 00").is_err());
        assert!(signed(Trust::Public, &now, &header("anybody", "00")).is_err());
    }

    #[test]
    fn the_region_is_what_says_it_first() {
        let caller = |region: Option<&str>| Caller {
            holder: Holder::Named("a".to_owned()),
            principal: "test-a".to_owned(),
            region: region.map(str::to_owned),
            project: None,
            by_token: false,
        };
        let settings = Settings::default();
        let told = Holder::Named("a".to_owned()).project_in("cn-east-3");
        let region = |signed: Option<&str>, host: Option<&str>, project: &str| {
            caller(signed).region_of(project, host, &settings).to_owned()
        };
        assert_eq!(region(None, None, PROJECT), "cn-north-4");
        assert_eq!(region(None, Some("127.0.0.1:7788"), PROJECT), "cn-north-4");
        assert_eq!(region(None, None, &told), "cn-east-3");
        assert_eq!(region(None, Some("kms.ap-southeast-1.myhuaweicloud.com"), &told), "ap-southeast-1");
        assert_eq!(region(None, Some("kms.nowhere-1.myhuaweicloud.com"), &told), "cn-east-3");
        assert_eq!(region(Some("me-east-1"), Some("kms.ap-southeast-1.localhost"), &told), "me-east-1");
    }

    #[test]
    fn another_project_is_refused() {
        let caller = signed(Trust::Configured, &request(0, BODY, &[]), &header(AK, SIGNATURE)).unwrap();
        assert_eq!(tell(caller.in_project(OTHER, None, &Settings::default()).unwrap_err()).code, "KMS.0321");
    }

    #[test]
    fn tokens_end_and_are_for_one_project() {
        let issued = Timestamp::from_seconds(1_767_323_045);
        let admitted = |user: &str, project: Option<&str>, seconds| {
            let pass = Pass::new(user.to_owned(), project.map(str::to_owned), issued);
            admit(&credentials(Trust::Public), issued.plus_seconds(seconds), pass)
                .and_then(|caller| caller.in_project(PROJECT, None, &Settings::default()))
                .map_err(|refusal| tell(refusal).code)
        };
        let caller = admitted("test-a", Some(PROJECT), LIFETIME_SECONDS - 1).unwrap();
        assert_eq!(caller.tenant().account, format!("{PROJECT}/a"));
        assert_eq!(admitted("test-a", Some(PROJECT), LIFETIME_SECONDS).unwrap_err(), "KMS.0303");
        assert_eq!(admitted("test", Some(OTHER), 0).unwrap_err(), "KMS.0321");
        assert_eq!(admitted("test", None, 0).unwrap_err(), "KMS.0321");
        assert_eq!(admitted("gone", Some(PROJECT), 0).unwrap_err(), "APIGW.0301");
    }
}
