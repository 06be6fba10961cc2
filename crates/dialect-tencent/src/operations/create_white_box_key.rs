//! CreateWhiteBoxKey.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Kept, Operation};
use import_engine::{KeyIdForm, NewRecord, RecordId};
use serde::{Deserialize, Serialize};

use crate::attributes::Tag;
use crate::errors::Refusal;
use crate::identity::other_creator;
use crate::operations::naming::{require_alias, require_description};
use crate::record_kinds::WHITE_BOX_KEY;
use crate::shapes::{STRING, TAGS};
use crate::tags::{require_tags, tag_message};
use crate::white_box::{Algorithm, DECRYPTION, ENCRYPTION, KEY_BYTES, KEYS_MAX, Status, WhiteBoxKey};

/// Makes a white-box key, enabled, and shows both its halves.
pub(crate) struct CreateWhiteBoxKey;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    alias: String,
    algorithm: String,
    description: Option<String>,
    tags: Option<Vec<Tag>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    encrypt_key: Blob,
    decrypt_key: Blob,
    key_id: String,
    tag_code: u64,
    tag_msg: &'static str,
}

impl Operation for CreateWhiteBoxKey {
    const NAME: &'static str = "CreateWhiteBoxKey";
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[
        Member::required("Alias", &STRING),
        Member::required("Algorithm", &STRING),
        Member::optional("Description", &STRING),
        Member::optional("Tags", &TAGS),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        require_alias(&input.alias)?;
        let algorithm = Algorithm::of(&input.algorithm).ok_or(Refusal::OutOfBounds("Algorithm"))?;
        let description = input.description.unwrap_or_default();
        require_description(&description)?;
        let tags = input.tags.unwrap_or_default();
        require_tags(&tags)?;

        let tag_msg = tag_message(&tags);
        let bytes = call.engine.random(algorithm.cipher().key_length())?;
        let key = WhiteBoxKey {
            algorithm,
            status: Status::Enabled,
            description,
            tags,
            fingerprints: Vec::new(),
            creator: other_creator(call)?,
        };
        let new = NewRecord {
            kind: WHITE_BOX_KEY,
            id: RecordId::Fresh(KeyIdForm::TimeUuid),
            // Unverified: that these aliases are unique among themselves, not among those of all keys.
            name: Some(input.alias),
            key: None,
            attributes: key.to_text()?,
            due_at: None,
            secrets: vec![(KEY_BYTES, bytes.clone())],
            most: Some(KEYS_MAX),
        };
        let record = call.engine.create_record(&call.scope, new).await?;
        Ok(Output {
            encrypt_key: ENCRYPTION.of(&record.id, algorithm, &bytes)?,
            decrypt_key: DECRYPTION.of(&record.id, algorithm, &bytes)?,
            key_id: record.id,
            tag_code: 0,
            tag_msg,
        })
    }
}
