//! What proves that whoever asks for the data key of a capsule is an access point.
//!
//! A custom access point proves it by a signature with the private key that was made here. What the
//! vendor has it sign is not written anywhere. Here it is these four, as the request has them,
//! joined by line feeds: `key_id`, `datakey_capsule`, `public_key` (empty if there is none) and
//! `expire_time`; the signature is RSASSA-PKCS1-v1_5 with SHA-256, base64. So a document is good for
//! one capsule, one recipient and a time that its signer has chosen, and cannot be turned to another.
//!
//! The other two kinds of document are statements of the vendor's own servers and of a cluster's
//! identity service, which nothing here can check. They are refused, never taken at their word.

use dialect::Call;
use dialect::constraint::{Member, Shape};
use dialect::wire::decode;
use import_engine::Error;
use serde::Deserialize;

use crate::codes::Code;
use crate::errors::Refusal;
use crate::texts::parse_iso_seconds;

/// A document as it comes.
#[derive(Deserialize)]
pub(crate) struct Document {
    custom_signature: Option<String>,
    custom_public_key: Option<String>,
    expire_time: Option<String>,
    ecs_signature: Option<String>,
    service_token: Option<String>,
}

/// Any text; what it must be is told by one code, whatever is wrong.
static PART: Shape = Shape::text(0, 16384);

/// What a document may look like.
pub(crate) static DOCUMENT: Shape = Shape::Structure(&[
    Member::optional("ecs_signature", &PART),
    Member::optional("custom_signature", &PART),
    Member::optional("custom_public_key", &PART),
    Member::optional("expire_time", &PART),
    Member::optional("service_token", &PART),
]);

/// What a document is about.
pub(crate) struct Request<'a> {
    pub key_id: &'a str,
    pub capsule: &'a str,
    pub public_key: Option<&'a str>,
}

impl Document {
    /// The public key (`SubjectPublicKeyInfo`) of whoever signed this request.
    ///
    /// # Errors
    /// KMS.3804 if the document is of another kind, is over, or does not hold.
    // Unverified: the code for a document that can be read but does not hold.
    pub(crate) async fn signer(&self, call: &Call, request: &Request<'_>) -> Result<Vec<u8>, Refusal> {
        let unproven = || Refusal::from(Code::Attestation);
        // Documents that nobody can check here must not be passed over in favour of one that is.
        if self.ecs_signature.is_some() || self.service_token.is_some() {
            return Err(unproven());
        }
        let (Some(signature), Some(public_key), Some(expire_time)) =
            (&self.custom_signature, &self.custom_public_key, &self.expire_time)
        else {
            return Err(unproven());
        };
        let signature = decode(signature).ok_or_else(unproven)?;
        let spki = decode(public_key).ok_or_else(unproven)?.expose().to_vec();
        // The signer has no other clock than the real one.
        if parse_iso_seconds(expire_time).is_none_or(|end| end <= call.engine.real_now()) {
            return Err(unproven());
        }
        let statement =
            [request.key_id, request.capsule, request.public_key.unwrap_or_default(), expire_time].join("\n");
        let signature = signature.expose().to_vec();
        match call.engine.is_signed_by(spki.clone(), statement.into_bytes(), signature).await {
            Ok(true) => Ok(spki),
            Ok(false) | Err(Error::PeerKeyUnfit) => Err(unproven()),
            Err(error) => Err(error.into()),
        }
    }
}
