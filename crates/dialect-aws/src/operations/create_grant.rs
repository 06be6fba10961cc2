//! `CreateGrant`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{Key, NewGrant};
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::grants::{self, Constraints, Party, Terms, root_arn};
use crate::identifiers::{Accepts, admit, key_arn};
use crate::shapes;

/// Lets somebody use a key.
pub(crate) struct CreateGrant;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    grantee_principal: Option<String>,
    retiring_principal: Option<String>,
    operations: Vec<String>,
    constraints: Option<Constraints>,
    grant_tokens: Option<Vec<String>>,
    name: Option<String>,
    dry_run: Option<bool>,
    grantee_service_principal: Option<String>,
    retiring_service_principal: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    grant_token: String,
    grant_id: String,
}

impl Operation for CreateGrant {
    const NAME: &'static str = "CreateGrant";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::optional("GranteePrincipal", &shapes::PRINCIPAL_ID),
        Member::optional("RetiringPrincipal", &shapes::PRINCIPAL_ID),
        Member::required("Operations", &shapes::GRANT_OPERATION_LIST),
        Member::optional("Constraints", &shapes::GRANT_CONSTRAINTS),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("Name", &shapes::GRANT_NAME),
        Member::optional("DryRun", &shapes::BOOLEAN),
        Member::optional("GranteeServicePrincipal", &shapes::SERVICE_PRINCIPAL),
        Member::optional("RetiringServicePrincipal", &shapes::SERVICE_PRINCIPAL),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let terms = terms(input.operations, input.constraints);
        terms.check()?;
        let grantee = Party::named(
            input.grantee_principal,
            input.grantee_service_principal,
            ["GranteePrincipal", "GranteeServicePrincipal"],
            call.region(),
        )?;
        let retiring = Party::named(
            input.retiring_principal,
            input.retiring_service_principal,
            ["RetiringPrincipal", "RetiringServicePrincipal"],
            call.region(),
        )?;
        let grantee = check_parties(grantee, retiring.as_ref(), &terms)?;
        let tokens = input.grant_tokens.unwrap_or_default();
        let access = Access::to(Self::NAME).with_tokens(&tokens).with_grant(&terms);
        let target = admit(call, &input.key_id, Accepts::KEY, &access).await?;
        let new = NewGrant {
            name: input.name.unwrap_or_default(),
            grantee: grantee.to_word(),
            retiring: retiring.as_ref().map(Party::to_word),
            issuer: root_arn(call.region(), call.account()),
            terms: terms.to_text()?,
        };
        let fits = |key: &Key| terms.fit(key, &key_arn(&key.scope, &key.id));
        if input.dry_run == Some(true) {
            call.engine.try_grant(&target.scope, &target.id, &new, fits).await?;
            return Err(Refusal::DryRun);
        }
        let grant = call.engine.create_grant(&target.scope, &target.id, &new, fits).await?;
        Ok(Output { grant_token: grants::write(call, &grant)?, grant_id: grant.id })
    }
}

/// The terms as they are kept. Unverified: that an operation that is named twice counts once.
fn terms(named: Vec<String>, constraints: Option<Constraints>) -> Terms {
    let mut operations: Vec<String> = Vec::with_capacity(named.len());
    for operation in named {
        if !operations.contains(&operation) {
            operations.push(operation);
        }
    }
    Terms { operations, constraints: constraints.and_then(Constraints::if_any) }
}

/// The grantee, if there is one and the terms suit it. Unverified: the texts.
fn check_parties(grantee: Option<Party>, retiring: Option<&Party>, terms: &Terms) -> Result<Party, Refusal> {
    let invalid = |text: &str| Refusal::Validation(text.to_owned());
    let grantee =
        grantee.ok_or_else(|| invalid("You must specify either GranteePrincipal or GranteeServicePrincipal."))?;
    if grantee.service().is_some() {
        if terms.constraints.as_ref().is_none_or(|constraints| constraints.source_arn.is_none()) {
            return Err(invalid("You must specify a SourceArn grant constraint with GranteeServicePrincipal."));
        }
        if retiring.is_none() {
            return Err(invalid(
                "You must specify either RetiringPrincipal or RetiringServicePrincipal with GranteeServicePrincipal.",
            ));
        }
    }
    Ok(grantee)
}
