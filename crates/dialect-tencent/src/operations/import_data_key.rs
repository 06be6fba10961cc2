//! ImportDataKey.

use dialect::constraint::Member;
use dialect::{Call, Operation, SecretText};
use import_engine::{EncryptionContext, Error, Key, KeyId, KeyOperation};
use serde::{Deserialize, Serialize};

use crate::attributes::Tag;
use crate::ciphertext;
use crate::data_keys::{BYTES_MAX, SealedDataKey, Wishes, host};
use crate::errors::Refusal;
use crate::operations::encrypt::seal;
use crate::operations::naming::{require_data_key_description, require_data_key_name};
use crate::operations::{key_id, require_cluster_of};
use crate::shapes::{SECRET, STRING, TAGS, UINT64};
use crate::tags::{require_tags, tag_message};

/// Keeps a data key that was made elsewhere, or made here without being kept.
pub(crate) struct ImportDataKey;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    data_key_name: String,
    import_key_material: SecretText,
    import_type: u64,
    description: Option<String>,
    key_id: Option<String>,
    hsm_cluster_id: Option<String>,
    tags: Option<Vec<Tag>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    data_key_id: String,
    tag_code: u64,
    tag_msg: &'static str,
}

impl Operation for ImportDataKey {
    const NAME: &'static str = "ImportDataKey";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[
        Member::required("DataKeyName", &STRING),
        Member::required("ImportKeyMaterial", &SECRET),
        Member::required("ImportType", &UINT64),
        Member::optional("Description", &STRING),
        Member::optional("KeyId", &STRING),
        Member::optional("HsmClusterId", &STRING),
        Member::optional("Tags", &TAGS),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        require_data_key_name(&input.data_key_name)?;
        let description = input.description.unwrap_or_default();
        require_data_key_description(&description)?;
        let tags = input.tags.unwrap_or_default();
        require_tags(&tags)?;
        let named = match input.key_id.as_deref().unwrap_or_default() {
            "" => None,
            id => Some(key_id(id)?),
        };
        let brought = match input.import_type {
            1 => of_blob(call, &input.import_key_material, named, input.hsm_cluster_id).await?,
            // Unverified: the code when there is no KeyId.
            2 => {
                let id = named.ok_or(Refusal::InvalidKeyId)?;
                of_plaintext(call, &input.import_key_material, &id, input.hsm_cluster_id).await?
            }
            _ => return Err(Refusal::InvalidType),
        };
        let tag_msg = tag_message(&tags);
        let wishes = Wishes { name: input.data_key_name, description, tags, is_imported: true };
        let sealed = SealedDataKey {
            key: &brought.key,
            number_of_bytes: brought.number_of_bytes,
            ciphertext_blob: brought.ciphertext_blob,
            context: EncryptionContext::default(),
        };
        let data_key_id = host(call, wishes, sealed).await?;
        Ok(Output { key_id: brought.key.id.to_string(), data_key_id, tag_code: 0, tag_msg })
    }
}

/// A data key under its CMK.
struct Brought {
    key: Key,
    number_of_bytes: usize,
    ciphertext_blob: String,
}

/// A data key that comes as a ciphertext of GenerateDataKey. It is opened, so that none is kept that will never open.
///
/// # Errors
/// [`Refusal::InvalidImportKeyMaterial`] if it does not open, or holds more than a data key does;
/// [`Refusal::InvalidKeyId`] if another CMK is named; what the engine says about the CMK.
// Unverified: the code for another CMK; that what was made under a context, which cannot be given here, is unacceptable.
async fn of_blob(
    call: &Call,
    text: &SecretText,
    named: Option<KeyId>,
    cluster: Option<String>,
) -> Result<Brought, Refusal> {
    let text = text.expose();
    let parts = ciphertext::decode(text).ok_or(Refusal::InvalidImportKeyMaterial)?;
    if named.is_some_and(|named| named != parts.key) {
        return Err(Refusal::InvalidKeyId);
    }
    require_cluster(call, &parts.key, cluster).await?;
    let opened = match call.engine.decrypt(&call.scope, &parts, &EncryptionContext::default()).await {
        Err(Error::CiphertextInvalid) => return Err(Refusal::InvalidImportKeyMaterial),
        opened => opened?,
    };
    let key = opened.key;
    // Opening is allowed in more states than taking in is.
    if !call.engine.policy(&call.scope)?.allows(KeyOperation::Encrypt, key.state) {
        return Err(Error::WrongState { key: key.id, state: key.state, operation: KeyOperation::Encrypt }.into());
    }
    let number_of_bytes = length(opened.plaintext.len()).ok_or(Refusal::InvalidImportKeyMaterial)?;
    Ok(Brought { key, number_of_bytes, ciphertext_blob: text.to_owned() })
}

/// A data key that comes open, in base64. It is put under a CMK.
///
/// # Errors
/// [`Refusal::InvalidPlaintext`] if it is not base64, or has none or too many bytes; what the engine says about the CMK.
// Unverified: that a data key from elsewhere is no longer than one of GenerateDataKey.
async fn of_plaintext(call: &Call, text: &SecretText, id: &KeyId, cluster: Option<String>) -> Result<Brought, Refusal> {
    let plaintext = text.decode().ok_or(Refusal::InvalidPlaintext)?;
    let number_of_bytes = length(plaintext.len()).ok_or(Refusal::InvalidPlaintext)?;
    require_cluster(call, id, cluster).await?;
    let key = call.engine.describe_key(&call.scope, id).await?;
    let sealed = seal(call, id, plaintext, &EncryptionContext::default()).await?;
    Ok(Brought { key, number_of_bytes, ciphertext_blob: sealed.ciphertext_blob })
}

/// Refuses another cluster than the CMK's, if one is named, with a code that the action lists.
async fn require_cluster(call: &Call, id: &KeyId, named: Option<String>) -> Result<(), Refusal> {
    require_cluster_of(call, id, named).await.map_err(|refusal| match refusal {
        Refusal::InvalidHsmClusterId => Refusal::OutOfBounds("HsmClusterId"),
        other => other,
    })
}

/// A number of bytes that a data key can have.
fn length(bytes: usize) -> Option<usize> {
    u64::try_from(bytes).ok().filter(|bytes| (1..=BYTES_MAX).contains(bytes)).map(|_| bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_key_has_1_to_1024_bytes() {
        for (bytes, expected) in [(0, None), (1, Some(1)), (1024, Some(1024)), (1025, None)] {
            assert_eq!(length(bytes), expected);
        }
    }
}
