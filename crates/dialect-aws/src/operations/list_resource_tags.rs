//! `ListResourceTags`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use serde::{Deserialize, Serialize};

use crate::attributes::{Attributes, Tag};
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::marker::Marker;
use crate::shapes;

/// The most tags on a page, and how many if nothing is said. Unverified: that a higher limit, which
/// the shape allows, means this one.
const LIMIT_MAX: usize = 50;
/// Markers here hold the name of a page's last tag.
const MARKER: Marker = Marker("tags/");

/// Lists the tags of a key. Unverified: their order, here that in which they came.
pub(crate) struct ListResourceTags;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    limit: Option<usize>,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    tags: Vec<Tag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

impl Operation for ListResourceTags {
    const NAME: &'static str = "ListResourceTags";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::optional("Limit", &shapes::LIMIT),
        Member::optional("Marker", &shapes::MARKER),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let after = input.marker.as_deref().map(|marker| MARKER.read(marker)).transpose()?;
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let key = call.engine.describe_key(&target.scope, &target.id).await?;
        let mut tags = Attributes::of(&key.attributes)?.tags;
        if let Some(after) = after {
            // A tag that went since leaves no place to go on from.
            let last = tags.iter().position(|tag| tag.tag_key == after).ok_or(Refusal::InvalidMarker)?;
            tags.drain(..=last);
        }
        let limit = input.limit.unwrap_or(LIMIT_MAX).min(LIMIT_MAX);
        let truncated = tags.len() > limit;
        tags.truncate(limit);
        let next_marker = tags.last().filter(|_| truncated).map(|tag| MARKER.write(&tag.tag_key));
        Ok(Output { tags, next_marker, truncated })
    }
}
