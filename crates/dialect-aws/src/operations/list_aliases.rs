//! `ListAliases`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::store::Label;
use import_engine::{Error, Scope};
use serde::{Deserialize, Serialize};

use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::identifiers::{Accepts, alias_arn, resolve};
use crate::managed_keys::predefined_aliases;
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
    #[serde(skip_serializing_if = "Option::is_none")]
    target_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_date: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated_date: Option<f64>,
}

impl Line {
    fn of(label: &Label) -> Self {
        Self {
            alias_name: label.name.clone(),
            alias_arn: alias_arn(&label.scope, &label.name),
            target_key_id: Some(label.key.to_string()),
            creation_date: Some(names::epoch_seconds(label.created_at)),
            last_updated_date: Some(names::epoch_seconds(label.updated_at)),
        }
    }

    /// An alias of a service's own whose key has not been asked for yet. Unverified: that it has no
    /// dates.
    fn without_key(scope: &Scope, name: String) -> Self {
        let alias_arn = alias_arn(scope, &name);
        Self { alias_name: name, alias_arn, target_key_id: None, creation_date: None, last_updated_date: None }
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
        let mut aliases: Vec<Line> = page.labels.iter().map(Line::of).collect();
        if key.is_none() {
            let is_new = |name: &String| page.labels.iter().all(|label| label.name != *name);
            let predefined = predefined_aliases(after.as_deref().unwrap_or_default()).filter(is_new);
            aliases.extend(predefined.map(|name| Line::without_key(&call.scope, name)));
            aliases.sort_by(|one, other| one.alias_name.cmp(&other.alias_name));
        }
        let limit = usize::try_from(limit).map_err(Error::internal)?;
        let truncated = page.truncated || aliases.len() > limit;
        aliases.truncate(limit);
        let next_marker = aliases.last().filter(|_| truncated).map(|line| MARKER.write(&line.alias_name));
        Ok(Output { aliases, next_marker, truncated })
    }
}
