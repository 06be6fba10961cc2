//! CancelDataKeyDeletion.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::store::Record;
use serde::Serialize;

use crate::data_keys::states::Action;
use crate::data_keys::{HostedDataKey, data_key_id, find, require_room, require_usable_cmk};
use crate::errors::Refusal;
use crate::operations::ByDataKeyId;
use crate::record_kinds::DATA_KEY;
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Keeps a data key that was to vanish. It is disabled afterwards, and counts again.
// Unverified: the state afterwards.
pub(crate) struct CancelDataKeyDeletion;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    data_key_id: String,
}

impl Operation for CancelDataKeyDeletion {
    const NAME: &'static str = "CancelDataKeyDeletion";
    const INPUT: &'static [Member] =
        &[Member::required("DataKeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByDataKeyId;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByDataKeyId) -> Result<Output, Refusal> {
        let id = data_key_id(&input.data_key_id)?;
        let (record, data_key) = find(call, id).await?;
        data_key.require(&record, Action::CancelDeletion)?;
        require_usable_cmk(call, &data_key).await?;
        // Who cancels or makes one at the same moment is not seen: there may be one too many for a time.
        require_room(call).await?;
        let cancel = |record: Record, _| {
            let before = HostedDataKey::of(&record.attributes)?;
            before.require(&record, Action::CancelDeletion)?;
            let after = HostedDataKey { is_enabled: false, ..before };
            Ok::<_, Refusal>(Record { attributes: after.to_text()?, due_at: None, ..record })
        };
        let record = call.engine.edit_record(&call.scope, DATA_KEY, id, cancel).await?;
        Ok(Output { data_key_id: record.id })
    }
}
