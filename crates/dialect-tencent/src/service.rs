//! Accounts whose service is switched off.

use serde::Deserialize;

/// Why an account has no service.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// It was never bought.
    NotBought,
    /// It is suspended for arrears.
    Arrears,
    /// It was given up.
    Released,
}

impl ServiceState {
    /// `InvalidType` of GetServiceStatus.
    pub(crate) const fn invalid_type(self) -> i64 {
        match self {
            Self::NotBought => 0,
            Self::Arrears => 2,
            Self::Released => 3,
        }
    }
}

/// The actions that list UnsupportedOperation.ServiceTemporaryUnavailable.
// Unverified: that the others go on without the service, for which they list no code.
pub(crate) const NEED_THE_SERVICE: &[&str] = &[
    "ArchiveKey",
    "BindCloudResource",
    "CancelKeyArchive",
    "CancelKeyDeletion",
    "CreateKey",
    "DeleteImportedKeyMaterial",
    "DisableKey",
    "DisableKeys",
    "EnableKey",
    "EnableKeyRotation",
    "EnableKeys",
    "GetParametersForImport",
    "ImportKeyMaterial",
    "ScheduleKeyDeletion",
    "UnbindCloudResource",
    "UpdateAlias",
    "UpdateKeyDescription",
];
