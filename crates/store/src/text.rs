//! Text that every database can keep.
//!
//! A caller may send U+0000 wherever a vendor takes free text or an identifier to look up, and
//! Postgres has no such character. It is kept as two others, the first of which is doubled where
//! it occurs by itself, so that different texts stay different and nothing is lost.

use std::borrow::Cow;

/// Begins a pair that stands for one character.
const ESCAPE: char = '\u{1a}';

/// The form of a text that goes into a row.
pub(crate) fn keepable(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\0' => kept.extend([ESCAPE, '0']),
            ESCAPE => kept.extend([ESCAPE, ESCAPE]),
            other => kept.push(other),
        }
    }
    Cow::Owned(kept)
}

/// The text that [`keepable`] was given.
pub(crate) fn original(kept: String) -> String {
    if !kept.contains(ESCAPE) {
        return kept;
    }
    let mut text = String::with_capacity(kept.len());
    let mut characters = kept.chars();
    while let Some(character) = characters.next() {
        match character {
            ESCAPE if characters.next() == Some('0') => text.push('\0'),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{keepable, original};

    #[test]
    fn nothing_is_lost() {
        for text in ["", "plain", "\0", "a\0b\0", "\u{1a}", "\u{1a}0", "\u{1a}\u{1a}0\0", "密\0钥"] {
            let kept = keepable(text).into_owned();
            assert!(!kept.contains('\0'));
            assert_eq!(original(kept), text);
        }
    }

    #[test]
    fn different_texts_stay_different() {
        assert_ne!(keepable("\0"), keepable("\u{1a}0"));
    }
}
