//! `recipient`: answers whose secret only an attested environment (the vendor's enclaves) can read.

use dialect::Call;
use dialect::attestation::{DocumentForm, Recipient, attested};
use dialect::wire::decode;
use serde::Deserialize;

use crate::codes::Code;
use crate::errors::Refusal;
use crate::settings::Settings;

/// The documents of the vendor's enclaves, as its guide describes them.
const DOCUMENT: DocumentForm = DocumentForm { public_key: "pubkey", measurements: &["pcrs"], blob_max: 4096 };

/// The member, as every operation that takes it has it. There is one way to seal, so that the
/// algorithm, which the table has looked at, says nothing more.
#[derive(Deserialize)]
pub(crate) struct RecipientInfo {
    attestation_document: Option<String>,
}

/// The recipient that a request names, if it names one.
///
/// # Errors
/// KMS.0204 without a document, KMS.3804 for everything that is wrong with one, KMS.3806 if this
/// server trusts nobody.
pub(crate) async fn recipient(call: &Call, info: Option<RecipientInfo>) -> Result<Option<Recipient>, Refusal> {
    let Some(info) = info else { return Ok(None) };
    // Unverified: that the document is needed and the algorithm is not.
    let document = info.attestation_document.ok_or(Code::Missing)?;
    let settings = call.settings::<Settings>()?;
    let anchor = settings.attestation_root.as_ref().ok_or(Code::NoAttestationRoot)?;
    let document = decode(&document).ok_or(Code::Attestation)?;
    let found = attested(&call.engine, anchor, &DOCUMENT, document.expose()).await?;
    // Unverified: that a genuine document without a usable key is told like one that is not genuine
    // (a digital envelope that cannot be built has a code of its own, but that is a fault's: 500).
    found.map(Some).ok_or_else(|| Code::Attestation.into())
}
