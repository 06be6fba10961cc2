//! UpdateDataKeyName.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::store::Record;
use serde::Deserialize;

use crate::data_keys::data_key_id;
use crate::errors::Refusal;
use crate::operations::naming::require_data_key_name;
use crate::record_kinds::DATA_KEY;
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Calls a data key something else.
// Unverified: in whatever state; and that it may be called what it is called already.
pub(crate) struct UpdateDataKeyName;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    data_key_id: String,
    data_key_name: String,
}

impl Operation for UpdateDataKeyName {
    const NAME: &'static str = "UpdateDataKeyName";
    const INPUT: &'static [Member] = &[
        Member::required("DataKeyId", &STRING),
        Member::required("DataKeyName", &STRING),
        Member::optional("MemberAccount", &MEMBER_ACCOUNT),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let id = data_key_id(&input.data_key_id)?;
        // The action lists no code for names.
        require_data_key_name(&input.data_key_name).map_err(|_| Refusal::OutOfBounds("DataKeyName"))?;
        let name = input.data_key_name.as_str();
        let change = |record: Record, _| Ok::<_, Refusal>(Record { name: Some(name.to_owned()), ..record });
        call.engine.edit_record(&call.scope, DATA_KEY, id, change).await?;
        Ok(())
    }
}
