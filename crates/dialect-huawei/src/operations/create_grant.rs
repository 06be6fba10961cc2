//! Giving somebody the right to use a key.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{Key, NewGrant};
use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::errors::Refusal;
use crate::grants::{self, CREATE_GRANT, OPERATIONS, Terms};
use crate::identity;
use crate::shapes::{ALIAS, GRANT_OPERATIONS, GRANTEE_TYPE, KEY_ID, PRINCIPAL, SEQUENCE};

/// How long the ids of users and domains are.
const PRINCIPAL_LENGTH: usize = 32;

pub(super) struct CreateGrant;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    grantee_principal: String,
    operations: Vec<String>,
    name: Option<String>,
    retiring_principal: Option<String>,
    grantee_principal_type: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Output {
    grant_id: String,
}

impl Operation for CreateGrant {
    const NAME: &'static str = CREATE_GRANT;
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::required("grantee_principal", &PRINCIPAL),
        Member::required("operations", &GRANT_OPERATIONS),
        Member::optional("name", &ALIAS),
        Member::optional("retiring_principal", &PRINCIPAL),
        Member::optional("grantee_principal_type", &GRANTEE_TYPE),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let operations = checked(input.operations)?;
        check_principal(&input.grantee_principal)?;
        input.retiring_principal.as_deref().map(check_principal).transpose()?;
        let is_domain = input.grantee_principal_type.as_deref() == Some("domain");
        let grantee = if is_domain { grants::domain } else { grants::user };
        let new = NewGrant {
            name: String::new(),
            grantee: grantee(&input.grantee_principal),
            retiring: input.retiring_principal.as_deref().map(grants::user),
            issuer: grants::user(&identity::of(call)?.user_id),
            terms: Terms { name: input.name.unwrap_or_default(), operations }.to_text()?,
        };
        let fits = |_: &Key| Ok::<(), Refusal>(());
        let grant = call.engine.create_grant(&call.scope, &input.key_id.into(), &new, fits).await?;
        Ok(Output { grant_id: grant.id })
    }
}

/// What a grant shall allow. Unverified: the code for a word that is none of them, and that one that
/// stands twice counts once.
fn checked(named: Vec<String>) -> Result<Vec<String>, Refusal> {
    if named.iter().any(|word| !OPERATIONS.contains(&word.as_str())) {
        return Err(Refusal::Parameter("operations"));
    }
    let mut operations: Vec<String> = Vec::with_capacity(named.len());
    for word in named {
        if !operations.contains(&word) {
            operations.push(word);
        }
    }
    if operations == [CREATE_GRANT] {
        return Err(Code::OnlyCreateGrant.into());
    }
    Ok(operations)
}

/// Unverified: what the service holds for a user whom it does not know. Here that is an id of
/// another length than all ids have; one of the right length may be of a user elsewhere.
fn check_principal(id: &str) -> Result<(), Refusal> {
    if id.len() == PRINCIPAL_LENGTH { Ok(()) } else { Err(Code::InvalidPrincipal.into()) }
}
