//! GetDataKeyPlaintext.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::Error;
use serde::{Deserialize, Serialize};

use crate::ciphertext;
use crate::data_keys::states::Action;
use crate::data_keys::{data_key_id, find};
use crate::errors::Refusal;
use crate::guest_key::{GuestKey, answer};
use crate::shapes::STRING;

/// A data key itself, opened by its CMK.
pub(crate) struct GetDataKeyPlaintext;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    data_key_id: String,
    encryption_public_key: Option<String>,
    encryption_algorithm: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    plaintext: Blob,
}

impl Operation for GetDataKeyPlaintext {
    const NAME: &'static str = "GetDataKeyPlaintext";
    const INPUT: &'static [Member] = &[
        Member::required("DataKeyId", &STRING),
        Member::optional("EncryptionPublicKey", &STRING),
        Member::optional("EncryptionAlgorithm", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let id = data_key_id(&input.data_key_id)?;
        let guest = GuestKey::of(input.encryption_public_key.as_deref(), input.encryption_algorithm.as_deref())?;
        let (record, data_key) = find(call, id).await?;
        data_key.require(&record, Action::GetPlaintext)?;
        let kept = ciphertext::decode(&data_key.ciphertext_blob);
        let kept = kept.ok_or_else(|| Error::internal("a data key that is no ciphertext"))?;
        let opened = match call.engine.decrypt(&call.scope, &kept, &data_key.context()).await {
            // It opened when it was taken in, and what a CMK has had it keeps for ever.
            Err(Error::CiphertextInvalid) => return Err(Error::internal("a data key that does not open").into()),
            opened => opened?,
        };
        Ok(Output { plaintext: answer(call, guest, opened.plaintext).await? })
    }
}
