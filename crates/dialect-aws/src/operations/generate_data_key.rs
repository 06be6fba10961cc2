//! `GenerateDataKey`, and what it shares with its sibling that keeps the plaintext back.

use std::collections::BTreeMap;

use dialect::attestation::hand_over;
use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{DataKey, Error};
use serde::{Deserialize, Serialize};

use super::checks;
use super::recipient::{RecipientInfo, attested, measurements};
use crate::authorization::Access;
use crate::ciphertext::to_blob;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::shapes;

/// Makes a data key and shows it open and sealed.
pub(crate) struct GenerateDataKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    encryption_context: Option<BTreeMap<String, String>>,
    number_of_bytes: Option<usize>,
    key_spec: Option<String>,
    grant_tokens: Option<Vec<String>>,
    recipient: Option<RecipientInfo>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    #[serde(flatten)]
    pub sealed: SealedDataKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    plaintext: Option<Blob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_for_recipient: Option<Blob>,
}

/// A data key under its key.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SealedDataKey {
    ciphertext_blob: Blob,
    key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_id: Option<String>,
}

impl Operation for GenerateDataKey {
    const NAME: &'static str = "GenerateDataKey";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::optional("EncryptionContext", &shapes::ENCRYPTION_CONTEXT),
        Member::optional("NumberOfBytes", &shapes::NUMBER_OF_BYTES),
        Member::optional("KeySpec", &shapes::DATA_KEY_SPEC),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("Recipient", &shapes::RECIPIENT_INFO),
        Member::optional("DryRun", &shapes::BOOLEAN),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let length = length(input.key_spec.as_deref(), input.number_of_bytes)?;
        let context = checks::encryption_context(input.encryption_context.unwrap_or_default(), true)?;
        let tokens = input.grant_tokens.unwrap_or_default();
        let recipient = attested(call, input.recipient).await?;
        let access = Access::to(Self::NAME)
            .with_tokens(&tokens)
            .with_context(&context)
            .with_measurements(measurements(recipient.as_ref()));
        let target = admit(call, &input.key_id, Accepts::ANY, &access).await?;
        let data_key = call.engine.generate_data_key(&target.scope, &target.id, length, &context).await?;
        let mut sealed = seal(&data_key)?;
        sealed.key_material_id.take_if(|_| recipient.is_some());
        let handed = hand_over(&call.engine, recipient, data_key.plaintext).await?;
        let output = Output { sealed, plaintext: handed.open, ciphertext_for_recipient: handed.sealed };
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}

/// How many bytes are wanted: by one way of saying it and not the other.
pub(crate) fn length(key_spec: Option<&str>, number_of_bytes: Option<usize>) -> Result<usize, Refusal> {
    match (key_spec, number_of_bytes) {
        (Some("AES_128"), None) => Ok(16),
        (Some(_), None) => Ok(32),
        (None, Some(number)) => Ok(number),
        // Unverified: the text.
        _ => Err(Refusal::Validation("Please specify either number of bytes or key spec.".to_owned())),
    }
}

/// The sealed half of a data key.
pub(crate) fn seal(data_key: &DataKey) -> Result<SealedDataKey, Refusal> {
    let blob = to_blob(&data_key.ciphertext).ok_or_else(|| Error::internal("a ciphertext of another dialect"))?;
    Ok(SealedDataKey {
        ciphertext_blob: blob.into(),
        key_id: key_arn(&data_key.key.scope, &data_key.key.id),
        key_material_id: Some(data_key.ciphertext.material.0.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_length_is_given() {
        assert_eq!(length(Some("AES_128"), None), Ok(16));
        assert_eq!(length(Some("AES_256"), None), Ok(32));
        assert_eq!(length(None, Some(1)), Ok(1));
        assert!(length(None, None).is_err());
        assert!(length(Some("AES_256"), Some(32)).is_err());
    }
}
