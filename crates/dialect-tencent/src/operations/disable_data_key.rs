//! DisableDataKey.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::data_keys::{data_key_id, switch};
use crate::errors::Refusal;
use crate::operations::ByDataKeyId;
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Keeps a data key from being handed out for now.
pub(crate) struct DisableDataKey;

impl Operation for DisableDataKey {
    const NAME: &'static str = "DisableDataKey";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] =
        &[Member::required("DataKeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByDataKeyId;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByDataKeyId) -> Result<(), Refusal> {
        switch(call, &[data_key_id(&input.data_key_id)?], false).await
    }
}
