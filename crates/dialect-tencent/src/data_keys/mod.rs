//! Data keys that the service keeps for its users.
//!
//! What is kept of a data key is its ciphertext under its CMK, and what that is bound to; its plaintext lies nowhere. So it
//! can be read as long as the CMK opens it, under the rules for reading anything under that CMK, and no longer.
//!
//! A data key does not vanish with its CMK. That actions which take a DataKeyId and nothing else list CmkNotFound, while
//! those that only look at a data key do not, says that it is still there when the CMK is not: it can be looked at and
//! deleted, and never be read again.

pub(crate) mod metadata;
pub(crate) mod states;

use std::collections::BTreeMap;

use dialect::{Call, Kept};
use import_engine::store::Record;
use import_engine::{EncryptionContext, Error, Key, KeyId, KeyIdForm, KeyOperation, NewRecord, RecordId};
use serde::{Deserialize, Serialize};

use crate::attributes::{Attributes, Tag};
use crate::errors::Refusal;
use crate::identity::other_creator;
use crate::operations::is_uuid;
use crate::record_kinds::DATA_KEY;
use crate::settings::Settings;
use states::{Action, State};

/// The most bytes of a data key.
pub(crate) const BYTES_MAX: u64 = 1024;

/// What is kept of a data key besides its name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct HostedDataKey {
    /// Its CMK.
    pub key_id: String,
    /// How many bytes it has.
    pub number_of_bytes: usize,
    /// The data key under its CMK, as it is handed out.
    pub ciphertext_blob: String,
    /// What the ciphertext is bound to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, String>,
    /// Free text.
    pub description: String,
    /// Whether it is handed out, unless it is about to be deleted.
    pub is_enabled: bool,
    /// Whether it was made elsewhere.
    pub is_imported: bool,
    /// The Uin of whoever made it, if the account itself did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// The HSM cluster of its CMK, if that is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hsm_cluster: Option<String>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// What whoever makes a data key says about it.
pub(crate) struct Wishes {
    /// Its name.
    pub name: String,
    /// Free text.
    pub description: String,
    /// Its labels.
    pub tags: Vec<Tag>,
    /// Whether it was made elsewhere.
    pub is_imported: bool,
}

/// A data key under a CMK that is not kept yet.
pub(crate) struct SealedDataKey<'a> {
    /// The CMK.
    pub key: &'a Key,
    /// How many bytes it has.
    pub number_of_bytes: usize,
    /// The data key under its CMK.
    pub ciphertext_blob: String,
    /// What the ciphertext is bound to.
    pub context: EncryptionContext,
}

impl Kept for HostedDataKey {}

impl HostedDataKey {
    /// Its state. One whose record is due one day is about to be deleted.
    pub fn state(&self, record: &Record) -> State {
        match (record.due_at, self.is_enabled) {
            (Some(_), _) => State::PendingDelete,
            (None, true) => State::Enabled,
            (None, false) => State::Disabled,
        }
    }

    /// Refuses an action that its state does not take.
    ///
    /// # Errors
    /// [`Refusal::DataKeyState`].
    pub fn require(&self, record: &Record, action: Action) -> Result<(), Refusal> {
        action.require(self.state(record)).map_err(Refusal::DataKeyState)
    }

    /// What the ciphertext is bound to.
    pub fn context(&self) -> EncryptionContext {
        EncryptionContext { pairs: self.context.clone(), additional: Vec::new() }
    }
}

/// An identifier of a data key, if the text has its form.
///
/// # Errors
/// [`Refusal::InvalidDataKeyId`].
pub(crate) fn data_key_id(text: &str) -> Result<&str, Refusal> {
    if is_uuid(text) { Ok(text) } else { Err(Refusal::InvalidDataKeyId) }
}

/// Identifiers of the right form, none twice, in the order given.
///
/// # Errors
/// [`Refusal::InvalidDataKeyId`], [`Refusal::DuplicatedDataKeyId`].
pub(crate) fn distinct_ids(texts: &[String]) -> Result<Vec<&str>, Refusal> {
    let ids: Vec<&str> = texts.iter().map(|text| data_key_id(text)).collect::<Result<_, _>>()?;
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) { Err(Refusal::DuplicatedDataKeyId) } else { Ok(ids) }
}

/// Keeps a data key and answers its identifier.
///
/// # Errors
/// [`Error::RecordTaken`] if another data key has the name, [`Error::TooManyRecords`].
pub(crate) async fn host(call: &Call, wishes: Wishes, sealed: SealedDataKey<'_>) -> Result<String, Refusal> {
    let settings: &Settings = call.settings()?;
    let Wishes { name, description, tags, is_imported } = wishes;
    let SealedDataKey { key, number_of_bytes, ciphertext_blob, context } = sealed;
    let data_key = HostedDataKey {
        key_id: key.id.to_string(),
        number_of_bytes,
        ciphertext_blob,
        context: context.pairs,
        description,
        is_enabled: true,
        is_imported,
        creator: other_creator(call)?,
        hsm_cluster: Attributes::of_key(key)?.hsm_cluster,
        tags,
    };
    let new = NewRecord {
        kind: DATA_KEY,
        id: RecordId::Fresh(KeyIdForm::TimeUuid),
        name: Some(name),
        // It outlives its CMK.
        key: None,
        attributes: data_key.to_text()?,
        due_at: None,
        secrets: Vec::new(),
        most: Some(most(settings)),
    };
    Ok(call.engine.create_record(&call.scope, new).await?.id)
}

/// How many data keys there may be. Those that are about to be deleted do not count.
fn most(settings: &Settings) -> usize {
    usize::try_from(settings.data_key_limit).unwrap_or(usize::MAX)
}

/// How many data keys count.
///
/// # Errors
/// [`Error::Internal`].
pub(crate) async fn count(call: &Call) -> Result<usize, Error> {
    let records = call.engine.records(&call.scope, DATA_KEY, None).await?;
    Ok(records.iter().filter(|record| record.due_at.is_none()).count())
}

/// Refuses one more data key if there are as many as there may be.
///
/// # Errors
/// [`Error::TooManyRecords`].
pub(crate) async fn require_room(call: &Call) -> Result<(), Error> {
    let settings: &Settings = call.settings()?;
    if count(call).await? < most(settings) { Ok(()) } else { Err(Error::TooManyRecords(DATA_KEY.to_owned())) }
}

/// One data key.
///
/// # Errors
/// [`Error::RecordNotFound`].
pub(crate) async fn find(call: &Call, id: &str) -> Result<(Record, HostedDataKey), Error> {
    let record = call.engine.record(&call.scope, DATA_KEY, id).await?;
    let data_key = HostedDataKey::of(&record.attributes)?;
    Ok((record, data_key))
}

/// Several data keys, in the order given.
///
/// # Errors
/// [`Error::RecordNotFound`] if one of them is not there.
pub(crate) async fn find_all(call: &Call, ids: &[&str]) -> Result<Vec<(Record, HostedDataKey)>, Error> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.push(find(call, id).await?);
    }
    Ok(found)
}

/// Enables or disables data keys, all or none. Whether all are there is told before what state one of them is in.
///
/// # Errors
/// [`Error::RecordNotFound`], [`Refusal::DataKeyState`]; of enabling also what [`require_usable_cmk`] says.
pub(crate) async fn switch(call: &Call, ids: &[&str], is_enabled: bool) -> Result<(), Refusal> {
    let action = if is_enabled { Action::Enable } else { Action::Disable };
    let found = find_all(call, ids).await?;
    for (record, data_key) in &found {
        data_key.require(record, action)?;
    }
    if is_enabled {
        let mut key_ids: Vec<&str> = Vec::new();
        for (_, data_key) in &found {
            if !key_ids.contains(&data_key.key_id.as_str()) {
                key_ids.push(&data_key.key_id);
                require_usable_cmk(call, data_key).await?;
            }
        }
    }
    let change = |record: Record, _| {
        let before = HostedDataKey::of(&record.attributes)?;
        before.require(&record, action)?;
        let after = HostedDataKey { is_enabled, ..before };
        Ok::<_, Refusal>(Record { attributes: after.to_text()?, ..record })
    };
    call.engine.edit_records(&call.scope, DATA_KEY, ids, change).await?;
    Ok(())
}

/// Refuses a data key whose CMK would not open it now.
///
/// # Errors
/// [`Error::KeyNotFound`], [`Refusal::StateNotSupport`].
// Unverified: that this is what EnableDataKey and CancelDataKeyDeletion want of the CMK, for which they list two codes.
pub(crate) async fn require_usable_cmk(call: &Call, data_key: &HostedDataKey) -> Result<(), Refusal> {
    let key = call.engine.describe_key(&call.scope, &KeyId::from(data_key.key_id.as_str())).await?;
    let opens = call.engine.policy(&call.scope)?.allows(KeyOperation::Decrypt, key.state);
    let has_material = key.current_material().is_some_and(|material| material.present);
    if opens && has_material { Ok(()) } else { Err(Refusal::StateNotSupport) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use import_engine::{Scope, Tenant, Timestamp};

    fn sample() -> HostedDataKey {
        HostedDataKey {
            key_id: "k".into(),
            number_of_bytes: 32,
            ciphertext_blob: "a-k-b-k-c".into(),
            context: BTreeMap::from([("a".into(), "\"1\"".into())]),
            description: String::new(),
            is_enabled: true,
            is_imported: false,
            creator: Some("200".into()),
            hsm_cluster: Some("cls".into()),
            tags: vec![Tag { tag_key: "a".into(), tag_value: String::new() }],
        }
    }

    fn record(data_key: &HostedDataKey, due_at: Option<Timestamp>) -> Record {
        Record {
            scope: Scope::new(Tenant::new("tencent", "1"), "r"),
            kind: DATA_KEY.into(),
            id: "d".into(),
            name: Some("n".into()),
            key: None,
            attributes: data_key.to_text().unwrap(),
            created_at: Timestamp(0),
            due_at,
            revision: 1,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let bare =
            HostedDataKey { context: BTreeMap::new(), creator: None, hsm_cluster: None, tags: Vec::new(), ..sample() };
        for data_key in [sample(), bare] {
            assert_eq!(HostedDataKey::of(&record(&data_key, None).attributes), Ok(data_key));
        }
        assert!(HostedDataKey::of("x").is_err());
    }

    #[test]
    fn whoever_is_due_is_about_to_be_deleted() {
        let disabled = HostedDataKey { is_enabled: false, ..sample() };
        for (data_key, due_at, expected) in [
            (sample(), None, State::Enabled),
            (disabled.clone(), None, State::Disabled),
            (sample(), Some(Timestamp(1)), State::PendingDelete),
            (disabled, Some(Timestamp(1)), State::PendingDelete),
        ] {
            assert_eq!(data_key.state(&record(&data_key, due_at)), expected);
        }
    }

    #[test]
    fn identifiers_have_their_form_and_differ() {
        let ids = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let [one, other] = ["87ff856e-973c-11ef-947b-525400d834e5", "23e80852-1e38-11e9-b129-5cb9019b4b01"];
        assert_eq!(distinct_ids(&ids(&[one, other])), Ok(vec![one, other]));
        assert_eq!(distinct_ids(&ids(&[one, other, one])), Err(Refusal::DuplicatedDataKeyId));
        assert_eq!(distinct_ids(&ids(&[one, "x", one])), Err(Refusal::InvalidDataKeyId));
    }
}
