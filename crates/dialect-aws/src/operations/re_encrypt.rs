//! `ReEncrypt`.

use std::collections::BTreeMap;

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{EncryptionAlgorithm, Error, KeyOperation};
use serde::{Deserialize, Serialize};

use super::checks;
use super::encrypt::seal;
use super::opening::{judge, open};
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Opens a ciphertext and encrypts what was in it under another key, another context or another
/// algorithm; the caller never sees it.
pub(crate) struct ReEncrypt;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    ciphertext_blob: Option<Blob>,
    source_encryption_context: Option<BTreeMap<String, String>>,
    source_key_id: Option<String>,
    destination_key_id: String,
    destination_encryption_context: Option<BTreeMap<String, String>>,
    source_encryption_algorithm: Option<String>,
    destination_encryption_algorithm: Option<String>,
    grant_tokens: Option<Vec<String>>,
    dry_run: Option<bool>,
    dry_run_modifiers: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    ciphertext_blob: Blob,
    source_key_id: String,
    key_id: String,
    source_encryption_algorithm: &'static str,
    destination_encryption_algorithm: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_key_material_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_key_material_id: Option<String>,
}

impl Operation for ReEncrypt {
    const NAME: &'static str = "ReEncrypt";
    const INPUT: &'static [Member] = &[
        Member::optional("CiphertextBlob", &shapes::CIPHERTEXT),
        Member::optional("SourceEncryptionContext", &shapes::ENCRYPTION_CONTEXT),
        Member::optional("SourceKeyId", &shapes::KEY_ID),
        Member::required("DestinationKeyId", &shapes::KEY_ID),
        Member::optional("DestinationEncryptionContext", &shapes::ENCRYPTION_CONTEXT),
        Member::optional("SourceEncryptionAlgorithm", &shapes::ENCRYPTION_ALGORITHM_SPEC),
        Member::optional("DestinationEncryptionAlgorithm", &shapes::ENCRYPTION_ALGORITHM_SPEC),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("DryRun", &shapes::BOOLEAN),
        Member::optional("DryRunModifiers", &shapes::DRY_RUN_MODIFIER_LIST),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let ignores_ciphertext = checks::ignores_ciphertext(input.dry_run, input.dry_run_modifiers.as_deref())?;
        let from = algorithm(input.source_encryption_algorithm.as_deref());
        let to = algorithm(input.destination_encryption_algorithm.as_deref());
        let is_symmetric = |algorithm| algorithm == EncryptionAlgorithm::Symmetric;
        if input.source_key_id.is_none() && (ignores_ciphertext || !is_symmetric(from)) {
            return Err(Refusal::Missing("SourceKeyId"));
        }
        if input.ciphertext_blob.is_none() && !ignores_ciphertext {
            return Err(Refusal::Missing("CiphertextBlob"));
        }
        let opening = input.source_encryption_context.unwrap_or_default();
        let opening = checks::encryption_context(opening, is_symmetric(from))?;
        let sealing = input.destination_encryption_context.unwrap_or_default();
        let sealing = checks::encryption_context(sealing, is_symmetric(to))?;
        let tokens = input.grant_tokens.unwrap_or_default();
        let from_access = Access::to("ReEncryptFrom").with_tokens(&tokens).with_context(&opening);
        let to_access = Access::to("ReEncryptTo").with_tokens(&tokens).with_context(&sealing);
        let source = match &input.source_key_id {
            Some(text) => Some(admit(call, text, Accepts::ANY, &from_access).await?),
            None => None,
        };
        let destination = admit(call, &input.destination_key_id, Accepts::ANY, &to_access).await?;
        if let (true, Some(source)) = (ignores_ciphertext, &source) {
            // Whether the keys are there is all that is asked.
            call.engine.describe_key(&source.scope, &source.id).await?;
            call.engine.describe_key(&destination.scope, &destination.id).await?;
            return Err(Refusal::DryRun);
        }
        let Some(blob) = input.ciphertext_blob else { return Err(Refusal::Missing("CiphertextBlob")) };
        // Unverified: that both keys are judged before the ciphertext is opened.
        judge(call, source.as_ref(), from, &blob).await?;
        checks::encrypting(call, &destination, KeyOperation::Encrypt, to).await?;
        let opened = open(call, source.as_ref(), from, &blob, &opening, &from_access).await?;
        if opened.plaintext.expose().is_empty() && to == EncryptionAlgorithm::Sm2 {
            // RSA-OAEP carries nothing as well as something, SM2 does not. Unverified: the exception.
            return Err(Error::CiphertextInvalid.into());
        }
        let sealed = seal(call, &destination, to, opened.plaintext, &sealing).await?;
        let output = Output {
            ciphertext_blob: sealed.blob,
            source_key_id: key_arn(&opened.key.scope, &opened.key.id),
            key_id: key_arn(&sealed.key.scope, &sealed.key.id),
            source_encryption_algorithm: names::encryption_word(from),
            destination_encryption_algorithm: names::encryption_word(to),
            source_key_material_id: opened.material,
            destination_key_material_id: sealed.material,
        };
        let (from, to) = (&opened.key, &sealed.key);
        let keys = [(&from.scope, &from.id), (&to.scope, &to.id)];
        checks::conclude(call, Self::NAME, &keys, input.dry_run, output).await
    }
}

/// The algorithm of a word; the symmetric one if nothing is said.
fn algorithm(word: Option<&str>) -> EncryptionAlgorithm {
    word.and_then(names::encryption_algorithm).unwrap_or(EncryptionAlgorithm::Symmetric)
}
