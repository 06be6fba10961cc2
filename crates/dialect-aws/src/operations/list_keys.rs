//! `ListKeys`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::KeyId;
use serde::{Deserialize, Serialize};

use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::identifiers::{is_key_id, key_arn};
use crate::marker::Marker;
use crate::shapes;

const LIMIT_DEFAULT: u32 = 100;
/// Markers here hold the id of a page's last key.
const MARKER: Marker = Marker("keys/");

/// Lists the keys of the caller's account in the region.
pub(crate) struct ListKeys;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    limit: Option<u32>,
    marker: Option<String>,
    resource_owners: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    keys: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Line {
    key_id: String,
    key_arn: String,
}

impl Operation for ListKeys {
    const NAME: &'static str = "ListKeys";
    const INPUT: &'static [Member] = &[
        Member::optional("Limit", &shapes::LIMIT),
        Member::optional("Marker", &shapes::MARKER),
        Member::optional("ResourceOwners", &shapes::RESOURCE_OWNERS_LIST),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        authorization::on_account(call, &Access::to(Self::NAME)).await?;
        let after = input.marker.as_deref().map(read_marker).transpose()?;
        // Nothing is shared with other accounts here.
        let lists_own = input.resource_owners.is_none_or(|owners| owners.iter().any(|owner| owner == "SELF"));
        if !lists_own {
            return Ok(Output { keys: Vec::new(), next_marker: None, truncated: false });
        }
        let limit = input.limit.unwrap_or(LIMIT_DEFAULT);
        let page = call.engine.list_keys(&call.scope, after.as_ref(), limit).await?;
        let next_marker = page.keys.last().filter(|_| page.truncated).map(|key| MARKER.write(key.id.as_str()));
        let line = |id: &KeyId| Line { key_id: id.to_string(), key_arn: key_arn(&call.scope, id) };
        Ok(Output { keys: page.keys.iter().map(|key| line(&key.id)).collect(), next_marker, truncated: page.truncated })
    }
}

fn read_marker(marker: &str) -> Result<KeyId, Refusal> {
    MARKER.read(marker).ok().filter(|id| is_key_id(id)).map(KeyId::from).ok_or(Refusal::InvalidMarker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_come_back_and_others_do_not() {
        let id: KeyId = "1234abcd-12ab-34cd-56ef-1234567890ab".into();
        assert_eq!(read_marker(&MARKER.write(id.as_str())), Ok(id));
        for bad in ["", "x", "a2V5cy8=", "1234abcd-12ab-34cd-56ef-1234567890ab"] {
            assert_eq!(read_marker(bad), Err(Refusal::InvalidMarker), "{bad}");
        }
    }
}
