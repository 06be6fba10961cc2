//! `Recipient`: answers whose secret only an attested environment can read.

use dialect::Call;
use dialect::attestation::{self, DocumentForm, Recipient};
use dialect::wire::Blob;
use serde::Deserialize;

use crate::circumstances::Circumstances;
use crate::errors::Refusal;

/// `RecipientInfo`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RecipientInfo {
    key_encryption_algorithm: Option<String>,
    attestation_document: Option<Blob>,
}

/// The documents of Nitro enclaves and of NitroTPM.
const DOCUMENT: DocumentForm =
    DocumentForm { public_key: "public_key", measurements: &["pcrs", "nitrotpm_pcrs"], blob_max: 1024 };

/// The recipient that a request names, if it names one. Comes before authorization, whose conditions look at the
/// measurements.
///
/// # Errors
/// [`Refusal::Attestation`] for everything that is wrong with a document; [`Refusal::Unsupported`] if this server
/// trusts nobody.
pub(crate) async fn attested(call: &Call, info: Option<RecipientInfo>) -> Result<Option<Recipient>, Refusal> {
    let Some(info) = info else { return Ok(None) };
    // Unverified: that both are needed, and what is said if one is missing.
    if info.key_encryption_algorithm.is_none() {
        return Err(Refusal::Missing("recipient.keyEncryptionAlgorithm"));
    }
    let Some(document) = info.attestation_document else {
        return Err(Refusal::Missing("recipient.attestationDocument"));
    };
    let Some(anchor) = &call.settings::<Circumstances>()?.settings.attestation_root else {
        return Err(Refusal::Unsupported("No attestation_root is set: no Recipient can be trusted.".to_owned()));
    };
    let recipient = attestation::attested(&call.engine, anchor, &DOCUMENT, document.bytes()).await?;
    recipient.map(Some).ok_or(Refusal::Attestation)
}

/// The measurements of a recipient, for authorization.
pub(crate) fn measurements(recipient: Option<&Recipient>) -> &[(u8, String)] {
    recipient.map_or(&[], |recipient| &recipient.measurements)
}
