//! What users may call their keys and say about them.

use crate::errors::Refusal;

/// The most bytes of a description.
const DESCRIPTION_MAX: usize = 1024;

/// The most bytes of a data key's description.
const DATA_KEY_DESCRIPTION_MAX: usize = 100;

/// How the aliases of keys begin that cloud products make, in whatever letter case.
pub(crate) const PRODUCT_PREFIX: &str = "kms-";

/// 1 to 60 letters, digits, `-` and `_`, the first a letter or a digit.
// Unverified: that letter case counts where aliases are compared, that each region has its own, and that a user's attempt
// at the prefix of cloud products is refused, as the console does.
pub(crate) fn require_alias(alias: &str) -> Result<(), Refusal> {
    let is_products = alias.get(..PRODUCT_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PRODUCT_PREFIX));
    if has_form(alias) && !is_products { Ok(()) } else { Err(Refusal::InvalidAlias) }
}

/// The form of an alias.
// Unverified: that names of data keys have it, and that no beginning is kept for cloud products.
pub(crate) fn require_data_key_name(name: &str) -> Result<(), Refusal> {
    if has_form(name) { Ok(()) } else { Err(Refusal::InvalidDataKeyName) }
}

fn has_form(name: &str) -> bool {
    (1..=60).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
}

/// At most 1024 bytes.
pub(crate) fn require_description(description: &str) -> Result<(), Refusal> {
    if description.len() <= DESCRIPTION_MAX { Ok(()) } else { Err(Refusal::OutOfBounds("Description")) }
}

/// At most 100 bytes, of data keys.
pub(crate) fn require_data_key_description(description: &str) -> Result<(), Refusal> {
    if description.len() <= DATA_KEY_DESCRIPTION_MAX { Ok(()) } else { Err(Refusal::OutOfBounds("Description")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_have_their_form() {
        for good in ["a", "9", "a-_B9", "kms", "kms_a", "a-kms-", &"a".repeat(60)] {
            assert_eq!(require_alias(good), Ok(()), "{good}");
        }
        for bad in ["", "-a", "_a", "a b", "a.b", "ä", "kms-", "kms-cos", "KMS-COS", "Kms-x", &"a".repeat(61)] {
            assert_eq!(require_alias(bad), Err(Refusal::InvalidAlias), "{bad}");
            let is_products = bad.to_ascii_lowercase().starts_with(PRODUCT_PREFIX);
            assert_eq!(require_data_key_name(bad).is_ok(), is_products, "{bad}");
        }
    }

    #[test]
    fn descriptions_are_counted_in_bytes() {
        assert_eq!(require_description(&"é".repeat(512)), Ok(()));
        assert_eq!(require_description(&"é".repeat(513)), Err(Refusal::OutOfBounds("Description")));
        assert_eq!(require_data_key_description(&"é".repeat(50)), Ok(()));
        assert_eq!(require_data_key_description(&"é".repeat(51)), Err(Refusal::OutOfBounds("Description")));
    }
}
