//! EnableDataKeys.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::data_keys::{distinct_ids, switch};
use crate::errors::Refusal;
use crate::operations::ByDataKeyIds;
use crate::shapes::{KEY_IDS, MEMBER_ACCOUNT};

/// Lets up to 100 data keys be handed out again.
// Unverified: all of them or none.
pub(crate) struct EnableDataKeys;

impl Operation for EnableDataKeys {
    const NAME: &'static str = "EnableDataKeys";
    const INPUT: &'static [Member] =
        &[Member::required("DataKeyIds", &KEY_IDS), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByDataKeyIds;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByDataKeyIds) -> Result<(), Refusal> {
        switch(call, &distinct_ids(&input.data_key_ids)?, true).await
    }
}
