//! UpdateDataKeyDescription.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::store::Record;
use serde::Deserialize;

use crate::data_keys::{HostedDataKey, data_key_id};
use crate::errors::Refusal;
use crate::operations::naming::require_data_key_description;
use crate::record_kinds::DATA_KEY;
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Says something else about a data key.
// Unverified: in whatever state.
pub(crate) struct UpdateDataKeyDescription;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    data_key_id: String,
    description: String,
}

impl Operation for UpdateDataKeyDescription {
    const NAME: &'static str = "UpdateDataKeyDescription";
    const INPUT: &'static [Member] = &[
        Member::required("DataKeyId", &STRING),
        Member::required("Description", &STRING),
        Member::optional("MemberAccount", &MEMBER_ACCOUNT),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let id = data_key_id(&input.data_key_id)?;
        // Unverified: the code for a text that is too long. The action lists none for values; the one for names, which it does
        // list, would say something else.
        require_data_key_description(&input.description)?;
        let change = |record: Record, _| {
            let after =
                HostedDataKey { description: input.description.clone(), ..HostedDataKey::of(&record.attributes)? };
            Ok::<_, Refusal>(Record { attributes: after.to_text()?, ..record })
        };
        call.engine.edit_record(&call.scope, DATA_KEY, id, change).await?;
        Ok(())
    }
}
