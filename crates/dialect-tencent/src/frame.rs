//! The form that all CiphertextBlobs have: three parts in base64 with `-k-` between them.
//!
//! | part | bytes | content |
//! |---|---|---|
//! | 1 | 64 | as the kind of blob has it |
//! | 2 | 16 | the key's UUID, so that it is constant per key |
//! | 3 | 4 + fixed + padded length | check value (4); a part of fixed length; ciphertext, padded to a multiple of 16 with at least one byte |
//!
//! The whole is *not* base64, just as the vendor's blobs are not. The check value is the beginning
//! of a hash over all the rest. It keeps damage to the UUID from looking like a key that does not
//! exist; what protects the content is the tag that each kind of blob has.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dialect::signature::sha256_hex;
use import_engine::{Error, KeyId};

const SEPARATOR: &str = "-k-";
const BLOCK: usize = 16;
const CHECK: usize = 4;

/// Bytes of the first part.
pub(crate) const HEAD: usize = 64;

/// Bytes of the tag at the end of what the engine calls a body.
pub(crate) const TAG: usize = 16;

/// What a blob's parts hold.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Frame {
    /// The first part.
    pub head: [u8; HEAD],
    /// Which key made it.
    pub key: KeyId,
    /// The third part without its check value.
    pub rest: Vec<u8>,
}

impl Frame {
    /// A frame around a head, which is put together from its parts.
    ///
    /// # Errors
    /// [`Error::Internal`] if these parts are not 64 bytes together.
    pub fn new(head: &[&[u8]], key: &KeyId, fixed: &[&[u8]], body: &[u8]) -> Result<Self, Error> {
        let head = head.concat().try_into().map_err(|_| unfit())?;
        let mut rest = fixed.concat();
        rest.extend_from_slice(body);
        rest.resize(rest.len() - body.len() + padded(body.len()), 0);
        Ok(Self { head, key: key.clone(), rest })
    }

    /// The blob.
    ///
    /// # Errors
    /// [`Error::Internal`] if the key has no UUID.
    pub fn to_text(&self) -> Result<String, Error> {
        let key: [u8; 16] = hex::decode(self.key.as_str().replace('-', ""))
            .map_err(Error::internal)?
            .try_into()
            .map_err(|_| unfit())?;
        let check = check_value(&self.head, &key, &self.rest);
        let tail = STANDARD.encode([&check[..], &self.rest].concat());
        Ok([STANDARD.encode(self.head), STANDARD.encode(key), tail].join(SEPARATOR))
    }

    /// The frame of a blob; `None` for anything that [`Frame::to_text`] does not write.
    pub fn of(text: &str) -> Option<Self> {
        let mut parts = text.split(SEPARATOR);
        let head: [u8; HEAD] = STANDARD.decode(parts.next()?).ok()?.try_into().ok()?;
        let key: [u8; 16] = STANDARD.decode(parts.next()?).ok()?.try_into().ok()?;
        let tail = STANDARD.decode(parts.next()?).ok()?;
        if parts.next().is_some() {
            return None;
        }
        let (check, rest) = tail.split_first_chunk::<CHECK>()?;
        (*check == check_value(&head, &key, rest)).then(|| Self { head, key: key_id(&key), rest: rest.to_vec() })
    }
}

/// A body without its tag, and the tag.
///
/// # Errors
/// [`Error::Internal`] if it is shorter than a tag.
pub(crate) fn without_tag(body: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    body.len().checked_sub(TAG).and_then(|at| body.split_at_checked(at)).ok_or_else(unfit)
}

/// How a length stands in a blob.
///
/// # Errors
/// [`Error::Internal`] if it does not fit.
pub(crate) fn length(body: &[u8]) -> Result<[u8; 4], Error> {
    Ok(u32::try_from(body.len()).map_err(Error::internal)?.to_be_bytes())
}

/// What was padded, if its length and its padding are as they are made.
pub(crate) fn unpadded(bytes: &[u8], length: [u8; 4]) -> Option<&[u8]> {
    let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
    let (body, padding) = bytes.split_at_checked(length)?;
    (bytes.len() == padded(length) && padding.iter().all(|byte| *byte == 0)).then_some(body)
}

/// The next multiple of a block that leaves room for at least one byte.
const fn padded(length: usize) -> usize {
    (length / BLOCK + 1) * BLOCK
}

/// The beginning of a hash over everything else in a blob.
fn check_value(head: &[u8], key: &[u8], rest: &[u8]) -> [u8; CHECK] {
    let digest = sha256_hex(&[head, key, rest].concat());
    let mut check = [0; CHECK];
    // Eight hex digits are four bytes.
    let _ = hex::decode_to_slice(digest.get(..CHECK * 2).unwrap_or_default(), &mut check);
    check
}

/// The UUID that bytes stand for.
fn key_id(bytes: &[u8; 16]) -> KeyId {
    let mut text = hex::encode(bytes);
    for position in [20, 16, 12, 8] {
        text.insert(position, '-');
    }
    KeyId(text)
}

fn unfit() -> Error {
    Error::internal("a ciphertext of unfit parts")
}
