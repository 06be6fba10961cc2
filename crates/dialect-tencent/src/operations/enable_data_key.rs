//! EnableDataKey.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::data_keys::{data_key_id, switch};
use crate::errors::Refusal;
use crate::operations::ByDataKeyId;
use crate::shapes::{MEMBER_ACCOUNT, STRING};

/// Lets a data key be handed out again. Its CMK must be able to open it.
pub(crate) struct EnableDataKey;

impl Operation for EnableDataKey {
    const NAME: &'static str = "EnableDataKey";
    const INPUT: &'static [Member] =
        &[Member::required("DataKeyId", &STRING), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByDataKeyId;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByDataKeyId) -> Result<(), Refusal> {
        switch(call, &[data_key_id(&input.data_key_id)?], true).await
    }
}
