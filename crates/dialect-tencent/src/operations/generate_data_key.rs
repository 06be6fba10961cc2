//! GenerateDataKey.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::attributes::Tag;
use crate::data_keys::{BYTES_MAX, SealedDataKey, Wishes, host};
use crate::errors::Refusal;
use crate::guest_key::{GuestKey, answer};
use crate::operations::naming::{require_data_key_description, require_data_key_name};
use crate::operations::{key_id, require_cluster_of};
use crate::shapes::{STRING, TAGS, UINT64};
use crate::tags::{require_tags, tag_message};
use crate::{ciphertext, context};

/// Makes a data key, open and under the key; on demand the service keeps it.
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
    data_key_name: Option<String>,
    description: Option<String>,
    tags: Option<Vec<Tag>>,
    hsm_cluster_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    plaintext: Blob,
    ciphertext_blob: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_key_id: Option<String>,
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

    async fn run(call: &Call, mut input: Input) -> Result<Output, Refusal> {
        let id = key_id(&input.key_id)?;
        let length = length(input.number_of_bytes, input.key_spec.as_deref())?;
        let context = context::parse("EncryptionContext", input.encryption_context.as_deref())?;
        let wishes = wishes(&mut input)?;
        let guest = GuestKey::of(input.encryption_public_key.as_deref(), input.encryption_algorithm.as_deref())?;
        require_cluster_of(call, &id, input.hsm_cluster_id).await?;
        let made = call.engine.generate_data_key(&call.scope, &id, length, &context).await?;
        let ciphertext_blob = ciphertext::encode(&made.ciphertext)?;
        // Nothing is kept that cannot be answered.
        let plaintext = answer(call, guest, made.plaintext).await?;
        let (mut tag_msg, mut data_key_id) = ("", None);
        if let Some(wishes) = wishes {
            tag_msg = tag_message(&wishes.tags);
            let (key, ciphertext_blob) = (&made.key, ciphertext_blob.clone());
            let sealed = SealedDataKey { key, number_of_bytes: length, ciphertext_blob, context };
            data_key_id = Some(host(call, wishes, sealed).await?);
        }
        Ok(Output { key_id: made.key.id.to_string(), plaintext, ciphertext_blob, data_key_id, tag_code: 0, tag_msg })
    }
}

/// What is wished of a data key that the service keeps; `None` if it does not. What is said of one that it does not keep means
/// nothing.
// Unverified: the code when no name is there.
fn wishes(input: &mut Input) -> Result<Option<Wishes>, Refusal> {
    match input.is_hosted_by_kms.unwrap_or(0) {
        0 => return Ok(None),
        1 => {}
        _ => return Err(Refusal::InvalidType),
    }
    let name = input.data_key_name.take().unwrap_or_default();
    require_data_key_name(&name)?;
    let description = input.description.take().unwrap_or_default();
    require_data_key_description(&description)?;
    let tags = input.tags.take().unwrap_or_default();
    require_tags(&tags)?;
    Ok(Some(Wishes { name, description, tags, is_imported: false }))
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
