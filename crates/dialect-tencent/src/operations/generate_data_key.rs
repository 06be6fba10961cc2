//! GenerateDataKey.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::KeyId;
use serde::{Deserialize, Serialize};

use crate::attributes::Attributes;
use crate::errors::Refusal;
use crate::guest_key::{GuestKey, answer};
use crate::operations::{hsm_cluster, key_id};
use crate::shapes::{STRING, TAGS, UINT64};
use crate::{ciphertext, context};

/// The most bytes of a data key.
const BYTES_MAX: u64 = 1024;

/// Makes a data key, open and under the key.
pub(crate) struct GenerateDataKey;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    key_spec: Option<String>,
    number_of_bytes: Option<u64>,
    encryption_context: Option<String>,
    encryption_public_key: Option<String>,
    encryption_algorithm: Option<String>,
    is_hosted_by_kms: Option<u64>,
    hsm_cluster_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    plaintext: Blob,
    ciphertext_blob: String,
    tag_code: u64,
    tag_msg: &'static str,
}

impl Operation for GenerateDataKey {
    const NAME: &'static str = "GenerateDataKey";
    // By the newest page; the others have 100.
    const REQUESTS_PER_SECOND: Option<u32> = Some(150);
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &STRING),
        Member::optional("KeySpec", &STRING),
        Member::optional("NumberOfBytes", &UINT64),
        Member::optional("EncryptionContext", &STRING),
        Member::optional("EncryptionPublicKey", &STRING),
        Member::optional("EncryptionAlgorithm", &STRING),
        Member::optional("IsHostedByKms", &UINT64),
        // These three mean something for hosted data keys only.
        Member::optional("DataKeyName", &STRING),
        Member::optional("Description", &STRING),
        Member::optional("Tags", &TAGS),
        Member::optional("HsmClusterId", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let length = length(input.number_of_bytes, input.key_spec.as_deref())?;
        let context = context::parse("EncryptionContext", input.encryption_context.as_deref())?;
        match input.is_hosted_by_kms.unwrap_or(0) {
            0 => {}
            1 => return Err(Refusal::Unsupported("Data keys hosted by KMS are not supported.")),
            _ => return Err(Refusal::InvalidType),
        }
        let guest = GuestKey::of(input.encryption_public_key.as_deref(), input.encryption_algorithm.as_deref())?;
        require_cluster_of(call, &id, input.hsm_cluster_id).await?;
        let data_key = call.engine.generate_data_key(&call.scope, &id, length, &context).await?;
        let ciphertext_blob = ciphertext::encode(&data_key.ciphertext)?;
        Ok(Output {
            key_id: data_key.key.id.to_string(),
            plaintext: answer(call, guest, data_key.plaintext).await?,
            ciphertext_blob,
            tag_code: 0,
            tag_msg: "",
        })
    }
}

/// Refuses another cluster than the key's, if one is named.
async fn require_cluster_of(call: &Call, id: &KeyId, named: Option<String>) -> Result<(), Refusal> {
    let Some(named) = hsm_cluster(call, named)? else { return Ok(()) };
    let key = call.engine.describe_key(&call.scope, id).await?;
    if Attributes::of(&key)?.hsm_cluster == Some(named) { Ok(()) } else { Err(Refusal::InvalidHsmClusterId) }
}

/// How many bytes; the number wins over the kind.
// Unverified: the code when neither is there.
fn length(number_of_bytes: Option<u64>, key_spec: Option<&str>) -> Result<usize, Refusal> {
    match (number_of_bytes, key_spec) {
        (Some(number @ 1..=BYTES_MAX), _) => usize::try_from(number).map_err(|_| Refusal::OutOfBounds("NumberOfBytes")),
        (Some(_), _) => Err(Refusal::OutOfBounds("NumberOfBytes")),
        (None, Some("AES_128")) => Ok(16),
        (None, Some("AES_256")) => Ok(32),
        (None, _) => Err(Refusal::OutOfBounds("KeySpec")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_wins() {
        assert_eq!(length(None, Some("AES_128")), Ok(16));
        assert_eq!(length(None, Some("AES_256")), Ok(32));
        assert_eq!(length(Some(1024), Some("AES_256")), Ok(1024));
        assert_eq!(length(Some(1), None), Ok(1));
        for (number, spec) in [(Some(0), None), (Some(1025), Some("AES_256")), (Some(u64::MAX), None)] {
            assert_eq!(length(number, spec), Err(Refusal::OutOfBounds("NumberOfBytes")));
        }
        for spec in [None, Some(""), Some("AES_512"), Some("aes_256")] {
            assert_eq!(length(None, spec), Err(Refusal::OutOfBounds("KeySpec")));
        }
    }
}
