//! CreateKey.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{KeyUsage, NewKey, Origin};
use serde::{Deserialize, Serialize};

use crate::attributes::{Attributes, Tag};
use crate::errors::Refusal;
use crate::names::{ASYMMETRIC_USAGES, ENCRYPT_DECRYPT, key_state, key_usage, symmetric_spec};
use crate::operations::naming::{require_alias, require_description};
use crate::operations::{edition, hsm_cluster};
use crate::shapes::{STRING, TAGS, UINT64};

/// Makes a key: with material, or waiting for an import.
pub(crate) struct CreateKey;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    alias: String,
    description: Option<String>,
    key_usage: Option<String>,
    #[serde(rename = "Type")]
    kind: Option<u64>,
    tags: Option<Vec<Tag>>,
    hsm_cluster_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    alias: String,
    create_time: i64,
    description: String,
    key_state: &'static str,
    key_usage: &'static str,
    tag_code: u64,
    tag_msg: &'static str,
    hsm_cluster_id: String,
}

impl Operation for CreateKey {
    const NAME: &'static str = "CreateKey";
    const INPUT: &'static [Member] = &[
        Member::required("Alias", &STRING),
        Member::optional("Description", &STRING),
        Member::optional("KeyUsage", &STRING),
        Member::optional("Type", &UINT64),
        Member::optional("Tags", &TAGS),
        Member::optional("HsmClusterId", &STRING),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let edition = edition(call)?;
        require_alias(&input.alias)?;
        let description = input.description.unwrap_or_default();
        require_description(&description)?;
        require_usage(input.key_usage.as_deref().unwrap_or_default())?;
        let origin = match input.kind {
            None | Some(1) => Origin::Generated,
            Some(2) => Origin::Imported,
            Some(_) => return Err(Refusal::InvalidType),
        };
        let tags = input.tags.unwrap_or_default();
        require_tags(&tags)?;
        let hsm_cluster = hsm_cluster(call, input.hsm_cluster_id)?;

        let tag_msg = if tags.is_empty() { "" } else { "ok" };
        let new = NewKey {
            spec: symmetric_spec(edition),
            usage: KeyUsage::EncryptDecrypt,
            origin,
            description,
            name: Some(input.alias),
            attributes: Attributes { tags, hsm_cluster: hsm_cluster.clone(), ..Attributes::default() }.to_text()?,
            residence: None,
            multi_region: false,
        };
        let key = call.engine.create_key(&call.scope, new).await?;
        Ok(Output {
            key_id: key.id.to_string(),
            alias: key.name.clone().unwrap_or_default(),
            create_time: key.created_at.seconds(),
            key_state: key_state(key.state),
            key_usage: key_usage(&key),
            description: key.description,
            tag_code: 0,
            tag_msg,
            hsm_cluster_id: hsm_cluster.unwrap_or_default(),
        })
    }
}

fn require_usage(usage: &str) -> Result<(), Refusal> {
    match usage {
        "" | ENCRYPT_DECRYPT => Ok(()),
        other if ASYMMETRIC_USAGES.contains(&other) => Err(Refusal::UnsupportedKeyUsage),
        _ => Err(Refusal::InvalidKeyUsage),
    }
}

fn require_tags(tags: &[Tag]) -> Result<(), Refusal> {
    let mut keys: Vec<&str> = tags.iter().map(|tag| tag.tag_key.as_str()).collect();
    if keys.contains(&"") {
        return Err(Refusal::OutOfBounds("Tags"));
    }
    keys.sort_unstable();
    if keys.windows(2).any(|pair| pair[0] == pair[1]) { Err(Refusal::TagKeysDuplicated) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usages_are_known_or_not() {
        assert_eq!(require_usage(""), Ok(()));
        assert_eq!(require_usage("ENCRYPT_DECRYPT"), Ok(()));
        assert_eq!(require_usage("ASYMMETRIC_DECRYPT_SM2"), Err(Refusal::UnsupportedKeyUsage));
        assert_eq!(require_usage("encrypt_decrypt"), Err(Refusal::InvalidKeyUsage));
    }
}
