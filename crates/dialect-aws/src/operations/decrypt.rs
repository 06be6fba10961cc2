//! `Decrypt`.

use std::collections::BTreeMap;

use dialect::attestation::hand_over;
use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::EncryptionAlgorithm;
use serde::{Deserialize, Serialize};

use super::checks;
use super::opening::{judge, open};
use super::recipient::{RecipientInfo, attested, measurements};
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Opens a ciphertext. A symmetric one names its key itself.
pub(crate) struct Decrypt;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    ciphertext_blob: Option<Blob>,
    encryption_context: Option<BTreeMap<String, String>>,
    grant_tokens: Option<Vec<String>>,
    key_id: Option<String>,
    encryption_algorithm: Option<String>,
    recipient: Option<RecipientInfo>,
    dry_run: Option<bool>,
    dry_run_modifiers: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext: Option<Blob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_for_recipient: Option<Blob>,
    encryption_algorithm: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<String>,
}

impl Operation for Decrypt {
    const NAME: &'static str = "Decrypt";
    const INPUT: &'static [Member] = &[
        Member::optional("CiphertextBlob", &shapes::CIPHERTEXT),
        Member::optional("EncryptionContext", &shapes::ENCRYPTION_CONTEXT),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("KeyId", &shapes::KEY_ID),
        Member::optional("EncryptionAlgorithm", &shapes::ENCRYPTION_ALGORITHM_SPEC),
        Member::optional("Recipient", &shapes::RECIPIENT_INFO),
        Member::optional("DryRun", &shapes::BOOLEAN),
        Member::optional("DryRunModifiers", &shapes::DRY_RUN_MODIFIER_LIST),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let ignores_ciphertext = checks::ignores_ciphertext(input.dry_run, input.dry_run_modifiers.as_deref())?;
        let algorithm = input.encryption_algorithm.as_deref().and_then(names::encryption_algorithm);
        let algorithm = algorithm.unwrap_or(EncryptionAlgorithm::Symmetric);
        let is_symmetric = algorithm == EncryptionAlgorithm::Symmetric;
        if input.key_id.is_none() && (ignores_ciphertext || !is_symmetric) {
            return Err(Refusal::Missing("KeyId"));
        }
        let blob = match input.ciphertext_blob {
            None if !ignores_ciphertext => return Err(Refusal::Missing("CiphertextBlob")),
            blob => blob,
        };
        let context = checks::encryption_context(input.encryption_context.unwrap_or_default(), is_symmetric)?;
        let tokens = input.grant_tokens.unwrap_or_default();
        let recipient = attested(call, input.recipient).await?;
        let access = Access::to(Self::NAME)
            .with_tokens(&tokens)
            .with_context(&context)
            .with_measurements(measurements(recipient.as_ref()));
        let target = match input.key_id {
            Some(text) => Some(admit(call, &text, Accepts::ANY, &access).await?),
            None => None,
        };
        let opened = match (target, blob) {
            (Some(target), _) if ignores_ciphertext => {
                call.engine.describe_key(&target.scope, &target.id).await?;
                return Err(Refusal::DryRun);
            }
            (target, Some(blob)) => {
                judge(call, target.as_ref(), algorithm, &blob).await?;
                open(call, target.as_ref(), algorithm, &blob, &context, &access).await?
            }
            (_, None) => return Err(Refusal::Missing("CiphertextBlob")),
        };
        let key_material_id = opened.material.filter(|_| recipient.is_none());
        let handed = hand_over(&call.engine, recipient, opened.plaintext).await?;
        let output = Output {
            key_id: key_arn(&opened.key.scope, &opened.key.id),
            plaintext: handed.open,
            ciphertext_for_recipient: handed.sealed,
            encryption_algorithm: names::encryption_word(algorithm),
            key_material_id,
        };
        let key = &opened.key;
        checks::conclude(call, Self::NAME, &[(&key.scope, &key.id)], input.dry_run, output).await
    }
}
