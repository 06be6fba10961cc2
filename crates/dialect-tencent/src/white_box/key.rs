//! What is kept of a white-box key. Its bytes are a sealed secret of its record, its alias is the
//! record's name.

use dialect::constraint::matches_whole;
use dialect::{Call, Kept};
use import_engine::primitives::CbcCipher;
use import_engine::store::Record;
use import_engine::{Error, KeyId, Material, Timestamp};
use serde::{Deserialize, Serialize};

use super::states::Act;
use crate::attributes::Tag;
use crate::errors::Refusal;
use crate::parameters::or_default;
use crate::record_kinds::WHITE_BOX_KEY;

/// The name of the secret that holds the key's bytes.
pub(crate) const KEY_BYTES: &str = "key";

/// What a device's fingerprint looks like.
const IDENTITY: &str = "[0-9a-f]{8}-[0-9a-f]{14}-[0-9a-f]{14}-[0-9a-f]{14}-[0-9a-f]{16}";

/// The most bytes of a device's description.
const DESCRIPTION_MAX: usize = 1024;

/// `Algorithm` of a white-box key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Algorithm {
    /// AES with 256 bits.
    #[serde(rename = "AES_256")]
    Aes256,
    /// SM4.
    #[serde(rename = "SM4")]
    Sm4,
}

impl Algorithm {
    /// The algorithm of a word, if it is one of these.
    pub(crate) fn of(word: &str) -> Option<Self> {
        match word {
            "AES_256" => Some(Self::Aes256),
            "SM4" => Some(Self::Sm4),
            _ => None,
        }
    }

    /// The engine's word for it.
    pub(crate) const fn cipher(self) -> CbcCipher {
        match self {
            Self::Aes256 => CbcCipher::Aes256,
            Self::Sm4 => CbcCipher::Sm4,
        }
    }

    /// Its number in a half.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Aes256 => 1,
            Self::Sm4 => 2,
        }
    }
}

/// `Status` of a white-box key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Status {
    /// It encrypts.
    Enabled,
    /// It does not, and can be deleted.
    Disabled,
}

/// A device that has a key's half for decryption. What it is asked for is the vendor's software on
/// the device; here it is written down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeviceFingerprint {
    /// What tells it from others.
    pub identity: String,
    /// Free text.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
}

impl DeviceFingerprint {
    /// Refuses an identity of another form, and a description that is too long.
    ///
    /// # Errors
    /// [`Refusal::OutOfBounds`].
    // Unverified: that nothing is said against two of the same identity.
    pub(crate) fn require_fit(&self) -> Result<(), Refusal> {
        let fits = matches_whole(IDENTITY, &self.identity) && self.description.len() <= DESCRIPTION_MAX;
        if fits { Ok(()) } else { Err(Refusal::OutOfBounds("DeviceFingerprints")) }
    }
}

/// What is kept of a white-box key besides its record's own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct WhiteBoxKey {
    /// Its algorithm.
    pub algorithm: Algorithm,
    /// Whether it is in use.
    pub status: Status,
    /// Free text.
    pub description: String,
    /// Its labels.
    pub tags: Vec<Tag>,
    /// The devices that have it.
    pub fingerprints: Vec<DeviceFingerprint>,
    /// The Uin of the sub-account or role that made it, if the account itself did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
}

impl Kept for WhiteBoxKey {}

/// The white-box key of an identifier.
///
/// # Errors
/// [`Error::RecordNotFound`].
pub(crate) async fn find(call: &Call, id: &KeyId) -> Result<(Record, WhiteBoxKey), Error> {
    let record = call.engine.record(&call.scope, WHITE_BOX_KEY, id.as_str()).await?;
    let key = WhiteBoxKey::of(&record.attributes)?;
    Ok((record, key))
}

/// The bytes of a white-box key.
///
/// # Errors
/// [`Error::RecordNotFound`] if it has gone since it was read.
pub(crate) async fn bytes(call: &Call, record: &Record) -> Result<Material, Error> {
    call.engine.record_secret(&call.scope, WHITE_BOX_KEY, &record.id, KEY_BYTES).await
}

/// Enables or disables white-box keys, all or none.
///
/// # Errors
/// [`Error::RecordNotFound`].
// Unverified: all of them or none.
pub(crate) async fn switch(call: &Call, ids: &[KeyId], status: Status) -> Result<(), Refusal> {
    let act = if status == Status::Enabled { Act::Enable } else { Act::Disable };
    let change = |record: Record, _: Timestamp| {
        let key = WhiteBoxKey::of(&record.attributes)?;
        act.require(key.status)?;
        Ok::<_, Refusal>(Record { attributes: WhiteBoxKey { status, ..key }.to_text()?, ..record })
    };
    let ids: Vec<&str> = ids.iter().map(KeyId::as_str).collect();
    call.engine.edit_records(&call.scope, WHITE_BOX_KEY, &ids, change).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(identity: &str, description: &str) -> bool {
        let fingerprint = DeviceFingerprint { identity: identity.to_owned(), description: description.to_owned() };
        fingerprint.require_fit().is_ok()
    }

    #[test]
    fn fingerprints_have_their_form() {
        let good = "0123abcd-0123456789abcd-0123456789abcd-0123456789abcd-0123456789abcdef";
        assert!(fits(good, ""));
        assert!(fits(good, &"é".repeat(512)));
        assert!(!fits(good, &"é".repeat(513)));
        let shorter = &good[..good.len() - 1];
        for bad in
            ["", shorter, &format!("{good}0"), &format!("{good}\n"), &good.to_uppercase(), &good.replace('-', "_")]
        {
            assert!(!fits(bad, ""), "{bad}");
        }
    }

    #[test]
    fn what_is_written_is_read_and_words_are_the_vendors() {
        let key = WhiteBoxKey {
            algorithm: Algorithm::Sm4,
            status: Status::Disabled,
            description: "d".into(),
            tags: vec![Tag { tag_key: "a".into(), tag_value: "b".into() }],
            fingerprints: vec![DeviceFingerprint { identity: "i".into(), description: String::new() }],
            creator: None,
        };
        let text = key.to_text().unwrap();
        assert_eq!(serde_json::from_str::<WhiteBoxKey>(&text).unwrap(), key);
        assert!(text.contains(r#""algorithm":"SM4","status":"Disabled""#), "{text}");
        for word in ["AES_256", "SM4"] {
            assert_eq!(serde_json::to_value(Algorithm::of(word)).unwrap(), word);
        }
        for bad in ["", "sm4", "AES_128", "AES256", " SM4"] {
            assert_eq!(Algorithm::of(bad), None, "{bad}");
        }
    }
}
