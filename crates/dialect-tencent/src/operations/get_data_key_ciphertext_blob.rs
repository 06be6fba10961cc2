//! GetDataKeyCiphertextBlob.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use serde::Serialize;

use crate::data_keys::states::Action;
use crate::data_keys::{data_key_id, find};
use crate::errors::Refusal;
use crate::operations::ByDataKeyId;
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// A data key under its CMK, whatever has become of that. Decrypt opens it, with the context under which it was made.
pub(crate) struct GetDataKeyCiphertextBlob;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    ciphertext_blob: String,
}

impl Operation for GetDataKeyCiphertextBlob {
    const NAME: &'static str = "GetDataKeyCiphertextBlob";
    const INPUT: &'static [Member] =
        &[Member::required("DataKeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByDataKeyId;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByDataKeyId) -> Result<Output, Refusal> {
        let (record, data_key) = find(call, data_key_id(&input.data_key_id)?).await?;
        data_key.require(&record, Action::GetCiphertextBlob)?;
        Ok(Output { ciphertext_blob: data_key.ciphertext_blob })
    }
}
