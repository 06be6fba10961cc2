//! CreateKey.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{NewKey, Origin};
use serde::{Deserialize, Serialize};

use crate::attributes::{Attributes, Tag};
use crate::errors::Refusal;
use crate::identity::other_creator;
use crate::names::key_state;
use crate::operations::naming::{require_alias, require_description};
use crate::operations::{edition, hsm_cluster};
use crate::regions::Edition;
use crate::settings::Settings;
use crate::shapes::{STRING, TAGS, UINT64};
use crate::tags::{require_tags, tag_message};
use crate::usages::{ENCRYPT_DECRYPT, Usage, is_usage, key_usage, offered};

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
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
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
        let usage = usage(input.key_usage.as_deref().unwrap_or_default(), edition)?;
        let origin = match input.kind {
            None | Some(1) => Origin::Generated,
            Some(2) => Origin::Imported,
            Some(_) => return Err(Refusal::InvalidType),
        };
        // Unverified: the code. Material of other kinds of key is not imported here.
        if origin == Origin::Imported && usage.word != ENCRYPT_DECRYPT {
            return Err(Refusal::InvalidKeyUsage);
        }
        let tags = input.tags.unwrap_or_default();
        require_tags(&tags)?;
        let hsm_cluster = hsm_cluster(call, input.hsm_cluster_id)?;

        let creator = other_creator(call)?;
        let tag_msg = tag_message(&tags);
        let new = NewKey {
            spec: usage.spec,
            usage: usage.usage,
            origin,
            description,
            name: Some(input.alias),
            attributes: Attributes { tags, creator, hsm_cluster: hsm_cluster.clone(), ..Attributes::default() }
                .to_text()?,
            residence: None,
            multi_region: false,
            most: Some(call.settings::<Settings>()?.key_limit),
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

/// The usage that a word stands for in an edition.
fn usage(word: &str, edition: Edition) -> Result<&'static Usage, Refusal> {
    let word = if word.is_empty() { ENCRYPT_DECRYPT } else { word };
    let found = offered(edition).find(|usage| usage.word == word);
    let refusal = || if is_usage(word) { Refusal::UnsupportedKeyUsage } else { Refusal::InvalidKeyUsage };
    found.ok_or_else(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use import_engine::KeySpec;

    #[test]
    fn usages_are_offered_or_known_or_neither() {
        for word in ["", ENCRYPT_DECRYPT] {
            assert_eq!(usage(word, Edition::Sm).map(|usage| usage.spec), Ok(KeySpec::Sm4));
            assert_eq!(usage(word, Edition::Fips).map(|usage| usage.spec), Ok(KeySpec::Aes256));
        }
        assert_eq!(usage("ASYMMETRIC_DECRYPT_SM2", Edition::Sm).map(|usage| usage.spec), Ok(KeySpec::Sm2));
        assert_eq!(usage("ASYMMETRIC_DECRYPT_SM2", Edition::Fips), Err(Refusal::UnsupportedKeyUsage));
        assert_eq!(usage("encrypt_decrypt", Edition::Sm), Err(Refusal::InvalidKeyUsage));
    }
}
