//! DisableDataKeys.

use dialect::constraint::Member;
use dialect::{Call, Operation};

use crate::data_keys::{distinct_ids, switch};
use crate::errors::Refusal;
use crate::operations::ByDataKeyIds;
use crate::shapes::{KEY_IDS, MEMBER_ACCOUNT};

/// Keeps up to 100 data keys from being handed out for now.
// Unverified: all of them or none.
pub(crate) struct DisableDataKeys;

impl Operation for DisableDataKeys {
    const NAME: &'static str = "DisableDataKeys";
    const INPUT: &'static [Member] =
        &[Member::required("DataKeyIds", &KEY_IDS), Member::optional("MemberAccount", &MEMBER_ACCOUNT)];
    type Input = ByDataKeyIds;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: ByDataKeyIds) -> Result<(), Refusal> {
        switch(call, &distinct_ids(&input.data_key_ids)?, false).await
    }
}
