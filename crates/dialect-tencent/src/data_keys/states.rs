//! What may be done with a data key in each of its states: one table.

/// Where a data key stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// It is handed out.
    Enabled,
    /// It is not, for now.
    Disabled,
    /// It vanishes one day.
    PendingDelete,
}

impl State {
    /// `KeyState` of a data key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::PendingDelete => "PendingDelete",
        }
    }
}

/// What minds the state of a data key. Looking at one, calling it otherwise and describing it do not: those actions list no
/// code for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    /// EnableDataKey, EnableDataKeys.
    Enable,
    /// DisableDataKey, DisableDataKeys.
    Disable,
    /// ScheduleDataKeyDeletion.
    ScheduleDeletion,
    /// CancelDataKeyDeletion.
    CancelDeletion,
    /// GetDataKeyPlaintext.
    GetPlaintext,
    /// GetDataKeyCiphertextBlob.
    GetCiphertextBlob,
}

/// Why a state does not take an action.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// The data key is disabled.
    Disabled,
    /// The data key is about to be deleted.
    PendingDelete,
    /// The data key is not about to be deleted.
    NotPendingDelete,
    /// The state is another one than the action needs.
    NotSupported,
}

use Fault::{Disabled, NotPendingDelete, NotSupported, PendingDelete};

/// What each action finds wrong with a data key that is enabled, disabled, about to be deleted.
// Unverified: that enabling what is enabled and disabling what is disabled change nothing, as with CMKs; the code of
// EnableDataKey for a data key that is about to be deleted, which EnableDataKeys lists and it does not; that a data key must
// be disabled before its deletion is scheduled, as a CMK must; and that the ciphertext of none but an enabled one is
// handed out: Decrypt opens it, so that anything else would get round the state.
const TABLE: &[(Action, [Option<Fault>; 3])] = &[
    (Action::Enable, [None, None, Some(NotSupported)]),
    (Action::Disable, [None, None, Some(NotSupported)]),
    (Action::ScheduleDeletion, [Some(NotSupported), None, Some(NotSupported)]),
    (Action::CancelDeletion, [Some(NotPendingDelete), Some(NotPendingDelete), None]),
    (Action::GetPlaintext, [None, Some(Disabled), Some(PendingDelete)]),
    (Action::GetCiphertextBlob, [None, Some(NotSupported), Some(NotSupported)]),
];

impl Action {
    /// Whether a state takes the action.
    ///
    /// # Errors
    /// What the table says. An action without a row goes in no state.
    pub fn require(self, state: State) -> Result<(), Fault> {
        let Some((_, [enabled, disabled, pending])) = TABLE.iter().find(|(action, _)| *action == self) else {
            return Err(NotSupported);
        };
        let fault = match state {
            State::Enabled => enabled,
            State::Disabled => disabled,
            State::PendingDelete => pending,
        };
        fault.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_one_row() {
        for action in [
            Action::Enable,
            Action::Disable,
            Action::ScheduleDeletion,
            Action::CancelDeletion,
            Action::GetPlaintext,
            Action::GetCiphertextBlob,
        ] {
            assert_eq!(TABLE.iter().filter(|(row, _)| *row == action).count(), 1, "{action:?}");
        }
    }

    #[test]
    fn the_columns_are_the_states() {
        assert_eq!(Action::GetPlaintext.require(State::Enabled), Ok(()));
        assert_eq!(Action::GetPlaintext.require(State::Disabled), Err(Disabled));
        assert_eq!(Action::GetPlaintext.require(State::PendingDelete), Err(PendingDelete));
        assert_eq!(Action::CancelDeletion.require(State::Disabled), Err(NotPendingDelete));
        assert_eq!(Action::CancelDeletion.require(State::PendingDelete), Ok(()));
    }
}
