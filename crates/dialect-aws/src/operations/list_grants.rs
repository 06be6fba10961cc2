//! `ListGrants`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Error, GrantPage};
use serde::{Deserialize, Serialize};

use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::grants::{LIMIT_DEFAULT, LIMIT_MAX, Line, OF_KEY, Party, check_id};
use crate::identifiers::{Accepts, Target, admit};
use crate::shapes;

/// Lists the grants of a key.
pub(crate) struct ListGrants;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    limit: Option<u32>,
    marker: Option<String>,
    key_id: String,
    grant_id: Option<String>,
    grantee_principal: Option<String>,
    grantee_service_principal: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    grants: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

impl Operation for ListGrants {
    const NAME: &'static str = "ListGrants";
    const INPUT: &'static [Member] = &[
        Member::optional("Limit", &shapes::LIMIT),
        Member::optional("Marker", &shapes::MARKER),
        Member::required("KeyId", &shapes::KEY_ID),
        Member::optional("GrantId", &shapes::GRANT_ID),
        Member::optional("GranteePrincipal", &shapes::PRINCIPAL_ID),
        Member::optional("GranteeServicePrincipal", &shapes::SERVICE_PRINCIPAL),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let after = input.marker.as_deref().map(|marker| OF_KEY.read(marker)).transpose()?;
        let grantee = Party::named(
            input.grantee_principal,
            input.grantee_service_principal,
            ["GranteePrincipal", "GranteeServicePrincipal"],
            call.region(),
        )?;
        if let Some(id) = &input.grant_id {
            check_id(id)?;
        }
        let target = admit(call, &input.key_id, Accepts::KEY, &Access::to(Self::NAME)).await?;
        if grantee.as_ref().is_some_and(|grantee| grantee.service().is_some()) {
            // "This filter is only usable by callers in a service principal", which nobody is here.
            // Unverified: the exception.
            return Err(authorization::hidden(call, &Access::to(Self::NAME))?);
        }
        let grantee = grantee.as_ref().map(Party::to_word);
        let page = match &input.grant_id {
            Some(id) => one(call, &target, id, grantee.as_deref(), after.as_deref()).await?,
            None => {
                let limit = input.limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
                let (grantee, after) = (grantee.as_deref(), after.as_deref());
                call.engine.list_grants(&target.scope, &target.id, grantee, after, limit).await?
            }
        };
        let next_marker = page.grants.last().filter(|_| page.truncated).map(|grant| OF_KEY.write(&grant.id));
        let grants = page.grants.iter().map(Line::of).collect::<Result<_, _>>()?;
        Ok(Output { grants, next_marker, truncated: page.truncated })
    }
}

/// The one grant of an identifier, if it passes the other filters.
async fn one(
    call: &Call,
    target: &Target,
    id: &str,
    grantee: Option<&str>,
    after: Option<&str>,
) -> Result<GrantPage, Error> {
    let found = match call.engine.grant(&target.scope, &target.id, id).await {
        // Unverified: that a filter which nothing passes leaves an empty list.
        Err(Error::GrantNotFound(_)) => None,
        found => Some(found?),
    };
    let passes =
        |id: &str, of: &str| grantee.is_none_or(|grantee| grantee == of) && after.is_none_or(|after| id > after);
    let grants = found.into_iter().filter(|grant| passes(&grant.id, &grant.grantee)).collect();
    Ok(GrantPage { grants, truncated: false })
}
