//! White-box keys: keys whose half for decryption is handed to devices.
//!
//! The vendor hides a key in tables of code. Nobody else can make those, so the halves here are
//! plain frames (`half.rs`) that hide nothing; `docs/white-box.md` says so and how they are opened.

mod half;
mod info;
mod key;
mod states;

pub(crate) use half::{DECRYPTION, ENCRYPTION};
pub(crate) use info::WhiteBoxKeyInfo;
pub(crate) use key::{Algorithm, DeviceFingerprint, KEY_BYTES, Status, WhiteBoxKey, bytes, find, switch};
pub(crate) use states::Act;

/// The most white-box keys.
// Unverified: that they are counted in each region by itself; the vendor says "per account".
pub(crate) const KEYS_MAX: usize = 50;

/// The regions that have them.
const REGIONS: &[&str] = &["ap-beijing", "ap-guangzhou", "ap-hongkong", "ap-shanghai"];

/// Whether an action is refused to accounts that have not bought them.
pub(crate) fn needs_them(action: &str) -> bool {
    is_about_them(action) && action != "DescribeWhiteBoxServiceStatus"
}

/// Whether a region has an action, which it has if it has white-box keys or the action is not about them.
pub(crate) fn is_in(region: &str, action: &str) -> bool {
    !is_about_them(action) || REGIONS.contains(&region)
}

/// Whether an action is about white-box keys. All of them say so in their names.
fn is_about_them(action: &str) -> bool {
    action.contains("WhiteBox")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::supported;

    #[test]
    fn thirteen_actions_are_about_them() {
        let them: Vec<&str> = supported().into_iter().filter(|action| is_about_them(action)).collect();
        assert_eq!(them.len(), 13);
        assert_eq!(them.iter().filter(|action| needs_them(action)).count(), 12);
        for action in them {
            assert!(is_in("ap-guangzhou", action) && !is_in("ap-singapore", action), "{action}");
        }
        assert!(is_in("ap-singapore", "CreateKey") && !needs_them("CreateKey"));
    }
}
