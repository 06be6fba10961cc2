//! What is signed: the parameters that the four actions on signatures share.

use dialect::wire::decode;

use crate::errors::Refusal;

/// The most bytes of a message.
const MESSAGE_MAX: usize = 4096;

/// The most bytes of a signature that are looked at; the longest there is has 4627.
const SIGNATURE_MAX: usize = 8192;

/// The bytes of a `Message` that is to be signed.
///
/// # Errors
/// [`Refusal::Missing`] if there are none, otherwise [`Refusal::OutOfBounds`].
// Unverified: that an empty message is a missing one. The gateway lets it through, and the actions that sign list
// MissingParameter as a code of their own.
pub(super) fn to_sign(text: &str) -> Result<Vec<u8>, Refusal> {
    if text.is_empty() { Err(Refusal::Missing("Message")) } else { to_verify(text) }
}

/// The bytes of a `Message` that was signed.
///
/// # Errors
/// [`Refusal::OutOfBounds`].
pub(super) fn to_verify(text: &str) -> Result<Vec<u8>, Refusal> {
    bytes(text, MESSAGE_MAX).ok_or(Refusal::OutOfBounds("Message"))
}

/// The bytes of a `SignatureValue`.
///
/// # Errors
/// [`Refusal::NotAllowed`].
// Unverified: this code for text that is no base64; the actions that verify list it beside InvalidParameter. Bytes that are
// no signature are just not the right one.
pub(super) fn signature(text: &str) -> Result<Vec<u8>, Refusal> {
    bytes(text, SIGNATURE_MAX).ok_or(Refusal::NotAllowed("SignatureValue"))
}

fn bytes(text: &str, most: usize) -> Option<Vec<u8>> {
    decode(text).map(|bytes| bytes.expose().to_vec()).filter(|bytes| (1..=most).contains(&bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::wire::encode;

    #[test]
    fn messages_have_their_bounds() {
        assert_eq!(to_sign(&encode(&[7; 4096])), Ok(vec![7; 4096]));
        assert_eq!(to_sign(""), Err(Refusal::Missing("Message")));
        assert_eq!(to_verify(""), Err(Refusal::OutOfBounds("Message")));
        for bad in ["x", "AAA", &encode(&[7; 4097])] {
            assert_eq!(to_sign(bad), Err(Refusal::OutOfBounds("Message")));
            assert_eq!(to_verify(bad), Err(Refusal::OutOfBounds("Message")));
        }
        for bad in ["", "x", &encode(&[7; 8193])] {
            assert_eq!(signature(bad), Err(Refusal::NotAllowed("SignatureValue")));
        }
    }
}
