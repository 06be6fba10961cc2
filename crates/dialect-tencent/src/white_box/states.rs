//! What may be done with a white-box key in which state.

use super::key::Status;
use super::key::Status::{Disabled, Enabled};
use crate::errors::Refusal;

/// What is done with a white-box key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Act {
    /// DescribeWhiteBoxKey, DescribeWhiteBoxKeyDetails, DescribeWhiteBoxDecryptKey, DescribeWhiteBoxDeviceFingerprints.
    Describe,
    /// EncryptByWhiteBox.
    Encrypt,
    /// EnableWhiteBoxKey, EnableWhiteBoxKeys.
    Enable,
    /// DisableWhiteBoxKey, DisableWhiteBoxKeys.
    Disable,
    /// DeleteWhiteBoxKey.
    Delete,
    /// OverwriteWhiteBoxDeviceFingerprints.
    Overwrite,
}

const ANY: &[Status] = &[Enabled, Disabled];

/// The states in which each may be done.
// Unverified: all but the rows of EncryptByWhiteBox and DeleteWhiteBoxKey; the other actions list no code of state, so
// enabling what is enabled changes nothing, and a disabled key is shown with both its halves.
const STATES: &[(Act, &[Status])] = &[
    (Act::Describe, ANY),
    (Act::Encrypt, &[Enabled]),
    (Act::Enable, ANY),
    (Act::Disable, ANY),
    (Act::Delete, &[Disabled]),
    (Act::Overwrite, ANY),
];

impl Act {
    /// Refuses what a state does not allow.
    ///
    /// # Errors
    /// [`Refusal::WhiteBoxKeyDisabled`], [`Refusal::WhiteBoxKeyEnabled`].
    pub(crate) fn require(self, status: Status) -> Result<(), Refusal> {
        if STATES.iter().any(|(act, states)| *act == self && states.contains(&status)) {
            return Ok(());
        }
        Err(match status {
            Disabled => Refusal::WhiteBoxKeyDisabled,
            Enabled => Refusal::WhiteBoxKeyEnabled,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_things_depend_on_the_state() {
        for (act, enabled, disabled) in [
            (Act::Describe, Ok(()), Ok(())),
            (Act::Encrypt, Ok(()), Err(Refusal::WhiteBoxKeyDisabled)),
            (Act::Enable, Ok(()), Ok(())),
            (Act::Disable, Ok(()), Ok(())),
            (Act::Delete, Err(Refusal::WhiteBoxKeyEnabled), Ok(())),
            (Act::Overwrite, Ok(()), Ok(())),
        ] {
            assert_eq!((act.require(Enabled), act.require(Disabled)), (enabled, disabled), "{act:?}");
        }
    }
}
