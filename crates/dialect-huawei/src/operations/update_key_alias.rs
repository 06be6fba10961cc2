//! Giving a key another name in place of the one that it was made with.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Facts, KeyOperation};
use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::default_keys::ENDING;
use crate::errors::Refusal;
use crate::key_details::KeyInfo;
use crate::shapes::{ALIAS, KEY_ID, SEQUENCE};

pub(super) struct UpdateKeyAlias;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    key_alias: String,
}

#[derive(Serialize)]
pub(super) struct Renamed {
    key_id: String,
    key_alias: String,
}

impl Operation for UpdateKeyAlias {
    const NAME: &'static str = "update-key-alias";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::required("key_alias", &ALIAS),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = KeyInfo<Renamed>;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        if input.key_alias.ends_with(ENDING) {
            return Err(Code::InvalidAlias.into());
        }
        let rename = |facts: Facts<'_>| -> Result<(), Refusal> {
            *facts.name = Some(input.key_alias.clone());
            Ok(())
        };
        let key = call.engine.edit_key(&call.scope, &input.key_id.into(), KeyOperation::Edit, rename).await?;
        Ok(KeyInfo { key_info: Renamed { key_id: key.id.0, key_alias: key.name.unwrap_or_default() } })
    }
}
