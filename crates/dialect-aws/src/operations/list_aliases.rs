//! `ListAliases`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::store::Label;
use serde::{Deserialize, Serialize};

use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::identifiers::{Accepts, alias_arn, resolve};
use crate::marker::Marker;
use crate::{names, shapes};

const LIMIT_DEFAULT: u32 = 50;
/// The most aliases on a page. Unverified: that a higher limit, which the shape allows, means this
/// one.
const LIMIT_MAX: u32 = 100;
/// Markers here hold the name of a page's last alias.
const MARKER: Marker = Marker("aliases/");

/// Lists the aliases of one key, or of all keys of the caller's account in the region, by name.
pub(crate) struct ListAliases;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: Option<String>,
    limit: Option<u32>,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    aliases: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Line {
    alias_name: String,
    alias_arn: String,
    target_key_id: String,
    creation_date: f64,
    last_updated_date: f64,
}

impl Line {
    fn of(label: &Label) -> Self {
        Self {
            alias_name: label.name.clone(),
            alias_arn: alias_arn(&label.scope, &label.name),
            target_key_id: label.key.to_string(),
            creation_date: names::epoch_seconds(label.created_at),
            last_updated_date: names::epoch_seconds(label.updated_at),
        }
    }
}

impl Operation for ListAliases {
    const NAME: &'static str = "ListAliases";
    const INPUT: &'static [Member] = &[
        Member::optional("KeyId", &shapes::KEY_ID),
        Member::optional("Limit", &shapes::LIMIT),
        Member::optional("Marker", &shapes::MARKER),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let after = input.marker.as_deref().map(|marker| MARKER.read(marker)).transpose()?;
        // Permission is asked for in the account even where a key is named.
        let access = Access::to(Self::NAME);
        authorization::on_account(call, &access).await?;
        let key = match input.key_id {
            Some(text) => Some(resolve(call, &text, Accepts::OWN_KEY).await?.id),
            None => None,
        };
        let limit = input.limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
        let page = call.engine.list_labels(&call.scope, key.as_ref(), after.as_deref(), limit).await?;
        let next_marker = page.labels.last().filter(|_| page.truncated).map(|label| MARKER.write(&label.name));
        Ok(Output { aliases: page.labels.iter().map(Line::of).collect(), next_marker, truncated: page.truncated })
    }
}
