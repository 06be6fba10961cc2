//! `ListRetirableGrants`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::store::{Grant, GrantPlace};
use serde::{Deserialize, Serialize};

use crate::VENDOR;
use crate::authorization::{Access, hidden, on_account};
use crate::errors::Refusal;
use crate::grants::{LIMIT_DEFAULT, LIMIT_MAX, Line, Party, RETIRABLE, account_of};
use crate::shapes;

/// Lists the grants that somebody may retire, of keys of any account in the region.
pub(crate) struct ListRetirableGrants;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    limit: Option<u32>,
    marker: Option<String>,
    retiring_principal: Option<String>,
    retiring_service_principal: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    grants: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

impl Operation for ListRetirableGrants {
    const NAME: &'static str = "ListRetirableGrants";
    const INPUT: &'static [Member] = &[
        Member::optional("Limit", &shapes::LIMIT),
        Member::optional("Marker", &shapes::MARKER),
        Member::optional("RetiringPrincipal", &shapes::PRINCIPAL_ID),
        Member::optional("RetiringServicePrincipal", &shapes::SERVICE_PRINCIPAL),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let after = input.marker.as_deref().map(read_marker).transpose()?;
        let retiring = Party::named(
            input.retiring_principal,
            input.retiring_service_principal,
            ["RetiringPrincipal", "RetiringServicePrincipal"],
            call.region(),
        )?;
        // Unverified: the text.
        let retiring = retiring.ok_or_else(|| {
            Refusal::Validation("You must specify either RetiringPrincipal or RetiringServicePrincipal.".to_owned())
        })?;
        on_account(call, &Access::to(Self::NAME)).await?;
        let word = retiring.to_word();
        // Nobody here calls as a service, and a principal must be of the caller's account.
        // Unverified: the exception.
        if retiring.service().is_some() || account_of(&word) != Some(call.account()) {
            return Err(hidden(call, &Access::to(Self::NAME))?);
        }
        let limit = input.limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
        let page = call.engine.list_retirable_grants(VENDOR, call.region(), &word, after.as_ref(), limit).await?;
        let next_marker = page.grants.last().filter(|_| page.truncated).map(write_marker);
        let grants = page.grants.iter().map(Line::of).collect::<Result<_, _>>()?;
        Ok(Output { grants, next_marker, truncated: page.truncated })
    }
}

fn write_marker(grant: &Grant) -> String {
    let place = grant.place();
    RETIRABLE.write(&format!("{}/{}/{}", place.account, place.key, place.id))
}

fn read_marker(marker: &str) -> Result<GrantPlace, Refusal> {
    let text = RETIRABLE.read(marker)?;
    let parts: Vec<&str> = text.split('/').collect();
    let [account, key, id] = parts.as_slice() else { return Err(Refusal::InvalidMarker) };
    Ok(GrantPlace { account: (*account).to_owned(), key: (*key).into(), id: (*id).to_owned() })
}
