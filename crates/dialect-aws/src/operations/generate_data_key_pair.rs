//! `GenerateDataKeyPair`, and what it shares with its sibling that keeps the private half back.

use std::collections::BTreeMap;

use dialect::attestation::hand_over;
use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{DataKeyPair, EncryptionAlgorithm, EncryptionContext, Error, KeyOperation};
use serde::{Deserialize, Serialize};

use super::checks;
use super::recipient::{RecipientInfo, attested, measurements};
use crate::authorization::Access;
use crate::ciphertext::to_blob;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, Target, admit, key_arn};
use crate::{names, shapes};

/// Makes a key pair and shows its private half open and sealed.
pub(crate) struct GenerateDataKeyPair;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    encryption_context: Option<BTreeMap<String, String>>,
    key_id: String,
    key_pair_spec: String,
    grant_tokens: Option<Vec<String>>,
    recipient: Option<RecipientInfo>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    #[serde(flatten)]
    pub sealed: SealedPair,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key_plaintext: Option<Blob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_for_recipient: Option<Blob>,
}

/// A key pair whose private half is sealed.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SealedPair {
    private_key_ciphertext_blob: Blob,
    public_key: Blob,
    key_id: String,
    key_pair_spec: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<String>,
}

impl Operation for GenerateDataKeyPair {
    const NAME: &'static str = "GenerateDataKeyPair";
    const INPUT: &'static [Member] = &[
        Member::optional("EncryptionContext", &shapes::ENCRYPTION_CONTEXT),
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("KeyPairSpec", &shapes::DATA_KEY_PAIR_SPEC),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("Recipient", &shapes::RECIPIENT_INFO),
        Member::optional("DryRun", &shapes::BOOLEAN),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let context = checks::encryption_context(input.encryption_context.unwrap_or_default(), true)?;
        let tokens = input.grant_tokens.unwrap_or_default();
        let recipient = attested(call, input.recipient).await?;
        let access = Access::to(Self::NAME)
            .with_tokens(&tokens)
            .with_context(&context)
            .with_measurements(measurements(recipient.as_ref()));
        let target = admit(call, &input.key_id, Accepts::ANY, &access).await?;
        let pair = make(call, &target, &input.key_pair_spec, &context, input.dry_run).await?;
        let mut sealed = seal(&pair, input.key_pair_spec)?;
        sealed.key_material_id.take_if(|_| recipient.is_some());
        let handed = hand_over(&call.engine, recipient, pair.plaintext).await?;
        let output = Output { sealed, private_key_plaintext: handed.open, ciphertext_for_recipient: handed.sealed };
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}

/// Makes a pair, unless it is only tried: RSA pairs are too dear to throw away.
pub(crate) async fn make(
    call: &Call,
    target: &Target,
    word: &str,
    context: &EncryptionContext,
    dry_run: Option<bool>,
) -> Result<DataKeyPair, Refusal> {
    // Unverified: exception and text for SM2 outside China.
    let Some(spec) = names::key_spec(word, call.region()).filter(|spec| spec.is_asymmetric()) else {
        return Err(Refusal::Unsupported(format!("KeyPairSpec {word} is not supported in this Region.")));
    };
    if dry_run == Some(true) {
        let symmetric = EncryptionAlgorithm::Symmetric;
        checks::encrypting(call, target, KeyOperation::GenerateDataKey, symmetric).await?;
        return Err(Refusal::DryRun);
    }
    Ok(call.engine.generate_data_key_pair(&target.scope, &target.id, spec, context).await?)
}

/// The pair without the open private half.
pub(crate) fn seal(pair: &DataKeyPair, key_pair_spec: String) -> Result<SealedPair, Refusal> {
    let blob = to_blob(&pair.ciphertext).ok_or_else(|| Error::internal("a ciphertext of another dialect"))?;
    Ok(SealedPair {
        private_key_ciphertext_blob: blob.into(),
        public_key: pair.public_key.clone().into(),
        key_id: key_arn(&pair.key.scope, &pair.key.id),
        key_pair_spec,
        key_material_id: Some(pair.ciphertext.material.0.clone()),
    })
}
