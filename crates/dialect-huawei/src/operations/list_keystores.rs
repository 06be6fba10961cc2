//! Listing dedicated key stores. Unverified: their order; here the oldest comes first.

use dialect::constraint::Member;
use dialect::wire::Numeric;
use dialect::{Call, Operation};
use import_engine::KeyStore;
use serde::{Deserialize, Serialize};

use super::paging::Window;
use crate::errors::Refusal;
use crate::keystores::KeystoreDetails;
use crate::shapes::{LIMIT, WORD};

pub(super) struct ListKeystores;

#[derive(Deserialize)]
pub(super) struct Input {
    limit: Option<Numeric>,
    offset: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Page {
    total: usize,
    keystores: Vec<KeystoreDetails>,
}

impl Operation for ListKeystores {
    const NAME: &'static str = "list-keystores";
    const INPUT: &'static [Member] = &[Member::optional("limit", &LIMIT), Member::optional("offset", &WORD)];
    type Input = Input;
    type Output = Page;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Page, Refusal> {
        let window = Window::of(input.limit, input.offset.as_deref())?;
        let mut stores: Vec<KeyStore> = call.engine.list_key_stores(&call.scope).await?;
        stores.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
        Ok(Page {
            total: stores.len(),
            keystores: window.over(stores).map(KeystoreDetails::try_from).collect::<Result<_, _>>()?,
        })
    }
}
