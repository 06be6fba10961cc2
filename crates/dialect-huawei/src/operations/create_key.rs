//! Making a key: of the service's own material, or an empty one that waits for its owner's.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{KeySpec, NewKey, NewResidence, Origin};
use serde::{Deserialize, Serialize};

use crate::accounts::domain_id;
use crate::codes::Code;
use crate::default_keys::ENDING;
use crate::errors::Refusal;
use crate::key_details::{Attributes, DEFAULT_KEYSTORE, KeyInfo};
use crate::names::{default_usage, key_spec, key_usage};
use crate::shapes::{ALIAS, DESCRIPTION, ENTERPRISE_PROJECT, ORIGIN, SEQUENCE, WORD};

pub(super) struct CreateKey;

#[derive(Deserialize)]
pub(super) struct Input {
    key_alias: String,
    key_spec: Option<String>,
    key_usage: Option<String>,
    key_description: Option<String>,
    origin: Option<String>,
    enterprise_project_id: Option<String>,
    keystore_id: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Created {
    key_id: String,
    domain_id: String,
    region_id: String,
}

impl Operation for CreateKey {
    const NAME: &'static str = "create-key";
    const INPUT: &'static [Member] = &[
        Member::required("key_alias", &ALIAS),
        Member::optional("key_spec", &WORD),
        Member::optional("key_usage", &WORD),
        Member::optional("key_description", &DESCRIPTION),
        Member::optional("origin", &ORIGIN),
        Member::optional("enterprise_project_id", &ENTERPRISE_PROJECT),
        Member::optional("sequence", &SEQUENCE),
        Member::optional("keystore_id", &WORD),
    ];
    type Input = Input;
    type Output = KeyInfo<Created>;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Self::Output, Refusal> {
        // The names of the keys that other services of the vendor make for themselves.
        if input.key_alias.ends_with(ENDING) {
            return Err(Code::InvalidAlias.into());
        }
        let spec = match input.key_spec.as_deref() {
            None => KeySpec::Aes256,
            Some(word) => key_spec(word).ok_or(Code::InvalidSpec)?,
        };
        let usage = match input.key_usage.as_deref() {
            None => default_usage(spec),
            Some(word) => key_usage(word).ok_or(Refusal::Parameter("key_usage"))?,
        };
        let residence = residence(input.keystore_id.as_deref())?;
        let origin = match (input.origin.as_deref(), &residence) {
            (Some("external"), Some(_)) => return Err(Code::KeystoreImports.into()),
            (Some("external"), None) => Origin::Imported,
            (_, Some(_)) => Origin::Module,
            (_, None) => Origin::Generated,
        };
        let attributes = input
            .enterprise_project_id
            .map_or_else(Attributes::default, |id| Attributes { enterprise_project_id: id, ..Attributes::default() });
        let new = NewKey {
            most: None,
            spec,
            usage,
            origin,
            description: input.key_description.unwrap_or_default(),
            name: Some(input.key_alias),
            attributes: attributes.to_text()?,
            residence,
            multi_region: false,
        };
        let key = call.engine.create_key(&call.scope, new).await?;
        Ok(KeyInfo {
            key_info: Created {
                key_id: key.id.0,
                domain_id: domain_id(call.account()),
                region_id: call.region().to_owned(),
            },
        })
    }
}

/// The key store that the key shall live in, if it is not the service itself. The two that the vendor
/// runs for everybody are not here.
fn residence(keystore: Option<&str>) -> Result<Option<NewResidence>, Refusal> {
    match keystore {
        None | Some(DEFAULT_KEYSTORE) => Ok(None),
        Some("1" | "2") => Err(Code::NoKeystore.into()),
        Some(store) => Ok(Some(NewResidence { store: store.to_owned(), outside_key: None })),
    }
}
