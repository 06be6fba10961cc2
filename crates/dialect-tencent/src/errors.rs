//! Everything this dialect refuses, with its code and text. The only file that knows either.
//!
//! Texts in a comment's company were never seen; the code is what clients act on.

use dialect::Failure;
use dialect::constraint::{Mismatch, Report, Rule, Violation};
use dialect::quota::Rate;
use import_engine::{Error, KeyOperation, KeyState};

use crate::API_VERSION;
use crate::data_keys::states::Fault;
use crate::record_kinds::{DATA_KEY, WHITE_BOX_KEY};

/// The most bytes of a POST request under TC3.
pub(crate) const SIZE_TC3_MAX: usize = 10 * 1024 * 1024;

/// The most bytes of a POST request under one of the older signatures.
pub(crate) const SIZE_V1_MAX: usize = 1024 * 1024;

/// Why this dialect said no.
#[derive(Debug, PartialEq)]
pub(crate) enum Refusal {
    /// What all dialects have in common.
    Failure(Failure),

    // Found by the gateway.
    /// Neither GET nor POST.
    UnsupportedProtocol,
    /// Not the one path there is.
    WrongPath,
    /// More than a request may have.
    TooLarge,
    /// More than a request under an older signature may have.
    TooLargeForV1,
    /// A common parameter is missing.
    Missing(&'static str),
    /// A header or parameter is given twice.
    Repeated(String),
    /// An item of a query or form without `=`.
    UnsplitItem,
    /// Parameters that are not UTF-8.
    NotText,
    /// The body is not a JSON object.
    NotJson,
    /// A body of a media type that the service does not take.
    WrongMediaType,
    /// A multipart body, which no action takes.
    Multipart,
    /// A value of another type.
    WrongType {
        /// Where.
        path: String,
        /// The vendor's word for the type that belongs there.
        expected: &'static str,
    },
    /// No such version.
    NoSuchVersion(String),
    /// No such region, and the name of the common parameter that says so.
    UnknownRegion(&'static str),
    /// A region without this service.
    UnsupportedRegion,
    /// More requests in a second than the action takes, which is so many.
    TooFrequent(Rate),

    // Found while proving the caller.
    /// The signature is another one.
    SignatureFailure,
    /// The timestamp is too far from this time, in seconds since 1970.
    SignatureExpire {
        /// The real time.
        server_time: i64,
    },
    /// Nobody has this access id.
    SecretIdNotFound,
    /// The access id has an impossible form.
    InvalidSecretId,
    /// The `Authorization` header is not as it should be.
    InvalidAuthorization(&'static str),
    /// A token that is not good.
    TokenFailure,
    /// The caller may not do this.
    Unauthorized {
        /// The identifier of the request.
        request_id: String,
        /// On what.
        resource: String,
    },

    // Found by the service.
    /// A value out of its bounds, by the parameter's name.
    OutOfBounds(&'static str),
    /// A value out of its bounds, of an action that lists a code for values.
    NotAllowed(&'static str),
    /// No such binding of the key.
    BindingNotFound,
    /// As many bindings as a key may have.
    TooManyBindings,
    /// The account's service is switched off.
    ServiceUnavailable,
    /// Not the form of a key identifier.
    InvalidKeyId,
    /// A key identifier given twice.
    DuplicatedKeyId,
    /// Not the form of a data key's identifier.
    InvalidDataKeyId,
    /// A data key's identifier given twice.
    DuplicatedDataKeyId,
    /// Not the form of a data key's name.
    InvalidDataKeyName,
    /// No data key to take in.
    InvalidImportKeyMaterial,
    /// A data key in a state that does not take the action.
    DataKeyState(Fault),
    /// Not the form of an alias.
    InvalidAlias,
    /// `Type` is not one of those.
    InvalidType,
    /// No such usage.
    InvalidKeyUsage,
    /// A usage that is not offered here.
    UnsupportedKeyUsage,
    /// No such cluster.
    InvalidHsmClusterId,
    /// A tag key given twice.
    TagKeysDuplicated,
    /// A plaintext that is not base64, or too long.
    InvalidPlaintext,
    /// A ciphertext that is not one of ours.
    InvalidCiphertext,
    /// A ciphertext that a private key does not open.
    DecryptError,
    /// An answer that cannot be encrypted under the caller's key.
    EncryptionError,
    /// A key in a state that the action does not take, for actions that say so of Decrypt.
    StateNotSupport,
    /// A key of another usage, for actions that have no code for that.
    UsageUnfit,
    /// The account has not bought white-box keys.
    NotPurchased,
    /// A white-box key that is disabled.
    WhiteBoxKeyDisabled,
    /// A white-box key that is enabled and would have to be disabled.
    WhiteBoxKeyEnabled,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failure(Failure::Engine(error))
    }
}

/// What goes onto the wire, and what only into the log.
#[derive(PartialEq, Debug)]
pub(crate) struct Wire {
    /// `Error.Code`.
    pub code: &'static str,
    /// `Error.Message`.
    pub message: String,
    /// The private cause of a fault.
    pub cause: Option<String>,
}

/// A code with its usual text.
type Known = (&'static str, &'static str);

const INVALID_PARAMETER: &str = "InvalidParameter";

// Unverified: the texts of these. The codes are the vendor's.
const ALIAS_ALREADY_EXISTS: Known = ("InvalidParameterValue.AliasAlreadyExists", "The alias already exists.");
const BINDING_NOT_FOUND: Known =
    ("ResourceUnavailable.CloudResourceBindingNotFound", "The cloud resource is not bound to the CMK.");
const CMK_ARCHIVED: Known = ("ResourceUnavailable.CmkArchived", "The CMK is archived.");
const CMK_DISABLED: Known = ("ResourceUnavailable.CmkDisabled", "The CMK is disabled.");
const CMK_LIMIT_EXCEEDED: Known = ("LimitExceeded.CmkLimitExceeded", "The number of CMKs exceeds the limit.");
const CMK_NOT_FOUND: Known = ("ResourceUnavailable.CmkNotFound", "The CMK does not exist.");
const CMK_NOT_PENDING_DELETE: Known =
    ("ResourceUnavailable.CmkNotPendingDelete", "The CMK is not in the PendingDelete status.");
const CMK_SHOULD_BE_DISABLED: Known =
    ("ResourceUnavailable.CmkShouldBeDisabled", "The CMK must be disabled before its deletion is scheduled.");
const CMK_STATE_NOT_SUPPORT: Known =
    ("ResourceUnavailable.CmkStateNotSupport", "This operation cannot be performed under the current CMK status.");
const CMK_USED_BY_CLOUD_PRODUCT: Known =
    ("FailedOperation.CmkUsedByCloudProduct", "The CMK is being used by a Tencent Cloud product.");
const DATA_KEY_DISABLED: Known = ("ResourceUnavailable.DataKeyDisabled", "The data key is disabled.");
const DATA_KEY_LIMIT_EXCEEDED: Known =
    ("LimitExceeded.DataKeyLimitExceeded", "The number of data keys exceeds the limit.");
const DATA_KEY_NAME_ALREADY_EXISTS: Known =
    ("InvalidParameterValue.DataKeyNameAlreadyExists", "The data key name already exists.");
const DATA_KEY_NOT_FOUND: Known = ("ResourceUnavailable.DataKeyNotFound", "The data key does not exist.");
const DATA_KEY_NOT_PENDING_DELETE: Known =
    ("ResourceUnavailable.DataKeyNotPendingDelete", "The data key is not in the PendingDelete status.");
const DATA_KEY_PENDING_DELETE: Known =
    ("ResourceUnavailable.DataKeyPendingDelete", "The data key is pending deletion.");
const DATA_KEY_STATE_NOT_SUPPORT: Known = (
    "ResourceUnavailable.DataKeyStateNotSupport",
    "This operation cannot be performed under the current data key status.",
);
const DECRYPT_ERROR: Known = ("FailedOperation.DecryptError", "Decryption failed.");
const DECRYPT_MATERIAL_ERROR: Known =
    ("InvalidParameter.DecryptMaterialError", "Decryption of EncryptedKeyMaterial failed.");
const DUPLICATED_DATA_KEY_ID: Known = ("InvalidParameterValue.DuplicatedDataKeyId", "There are duplicate DataKeyIds.");
const DUPLICATED_KEY_ID: Known = ("InvalidParameterValue.DuplicatedKeyId", "There are duplicate KeyIds.");
const ENCRYPTION_ERROR: Known = ("FailedOperation.EncryptionError", "Encryption failed.");
const EXTERNAL_CMK_CAN_NOT_ROTATE: Known =
    ("UnsupportedOperation.ExternalCmkCanNotRotate", "An external CMK cannot be rotated.");
const FINGERPRINTS_LIMIT_EXCEEDED: Known =
    ("LimitExceeded.FingerprintsLimitExceeded", "The number of device fingerprints exceeds the limit.");
const INTERNAL_ERROR: Known = ("InternalError", "Internal error.");
const INVALID_ALIAS: Known = ("InvalidParameterValue.InvalidAlias", "The alias format is incorrect.");
const INVALID_CIPHERTEXT: Known = ("InvalidParameterValue.InvalidCiphertext", "The ciphertext format is incorrect.");
const INVALID_DATA_KEY_ID: Known = ("InvalidParameterValue.InvalidDataKeyId", "Invalid DataKeyId.");
const INVALID_DATA_KEY_NAME: Known = ("InvalidParameterValue.InvalidDataKeyName", "Invalid DataKeyName.");
const INVALID_HSM_CLUSTER_ID: Known = ("InvalidParameterValue.InvalidHsmClusterId", "Invalid HSM cluster ID.");
const INVALID_IMPORT_KEY_MATERIAL: Known =
    ("InvalidParameterValue.InvalidImportKeyMaterial", "Invalid ImportKeyMaterial.");
const INVALID_KEY_ID: Known = ("InvalidParameterValue.InvalidKeyId", "Invalid KeyId.");
const INVALID_KEY_USAGE: Known = ("InvalidParameterValue.InvalidKeyUsage", "KeyUsage parameter error.");
const INVALID_PENDING_WINDOW: Known =
    ("InvalidParameter.InvalidPendingWindowInDays", "PendingWindowInDays must be between 7 and 30.");
const INVALID_PLAINTEXT: Known = ("InvalidParameterValue.InvalidPlaintext", "Invalid Plaintext.");
const INVALID_TYPE: Known = ("InvalidParameterValue.InvalidType", "The Type parameter is incorrect.");
const KEY_DISABLED: Known = ("ResourceUnavailable.KeyDisabled", "The white-box key is disabled.");
const KEY_LIMIT_EXCEEDED: Known = ("LimitExceeded.KeyLimitExceeded", "The number of white-box keys exceeds the limit.");
const KEY_PENDING_DELETE: Known = ("ResourceUnavailable.KeyPendingDelete", "The CMK is pending deletion.");
const MATERIAL_NOT_MATCH: Known =
    ("InvalidParameterValue.MaterialNotMatch", "The key material is different from the one previously imported.");
const NOT_EXTERNAL_CMK: Known =
    ("UnsupportedOperation.NotExternalCmk", "Incorrect CMK type. Only External CMKs are supported.");
const NOT_PURCHASED: Known = ("ResourceUnavailable.NotPurchased", "The white-box key service has not been purchased.");
const NOT_USER_CREATED_CMK: Known = ("UnsupportedOperation.NotUserCreatedCmk", "The CMK was not created by a user.");
const REQUEST_SIZE_LIMIT_EXCEEDED: Known = ("RequestSizeLimitExceeded", "The request exceeds the size limit.");
const RESOURCE_NOT_FOUND: Known = ("ResourceNotFound", "The white-box key does not exist.");
const ROTATE_NOT_SUPPORTED: Known = ("UnsupportedOperation.RotateNotSupported", "The CMK cannot be rotated.");
const ROTATE_RATE_LIMITED: Known =
    ("RequestLimitExceeded.RotateRateLimited", "A CMK can be rotated once every 24 hours.");
const SERVICE_TEMPORARY_UNAVAILABLE: Known =
    ("UnsupportedOperation.ServiceTemporaryUnavailable", "The service is temporarily unavailable.");
const TAG_KEYS_DUPLICATED: Known = ("InvalidParameterValue.TagKeysDuplicated", "There are duplicate tag keys.");
const TOKEN_EXPIRED: Known = ("ResourceUnavailable.TokenExpired", "Token has expired.");
const TOKEN_FAILURE: Known = ("AuthFailure.TokenFailure", "Token error.");
const TRY_AGAIN: Known = (
    "RequestLimitExceeded",
    "The request could not be served in time. Please reduce the frequency of calls and try again.",
);
const UNSUPPORTED_KEY_USAGE: Known = (
    "UnsupportedOperation.UnsupportedKeyUsageInCurrentRegion",
    "The key usage is not supported in the current region.",
);

/// The actions that list InvalidParameterValue for values out of their bounds, and not InvalidParameter.
const VALUES_HAVE_THEIR_OWN_CODE: &[&str] = &[
    "CreateWhiteBoxKey",
    "DescribeDataKeys",
    "DescribeWhiteBoxKeyDetails",
    "DisableDataKeys",
    "EnableDataKeys",
    "EncryptByWhiteBox",
    "GetDataKeyPlaintext",
    "ListDataKeys",
    "OverwriteWhiteBoxDeviceFingerprints",
    "UpdateDataKeyName",
];

/// Code and text of a refusal. `action` is the action as sent, if it was known by then.
pub(crate) fn wire(refusal: &Refusal, action: &str) -> Wire {
    match refusal {
        Refusal::Failure(failure) => of_failure(failure, action),

        Refusal::UnsupportedProtocol => {
            said("UnsupportedProtocol", "The request protocol is not supported; only GET and POST are.")
        }
        Refusal::WrongPath => said(INVALID_PARAMETER, "The request path is not valid, it should be `/`."),
        Refusal::TooLarge => known(REQUEST_SIZE_LIMIT_EXCEEDED),
        Refusal::TooLargeForV1 => said(
            "AuthFailure.SignatureFailure",
            "The provided credentials could not be validated because of exceeding request size limit, please use new \
             signature method `TC3-HMAC-SHA256`.",
        ),
        Refusal::Missing(name) => missing(name),
        Refusal::Repeated(name) => said(INVALID_PARAMETER, format!("The parameter `{name}` is repeated.")),
        Refusal::UnsplitItem => said(INVALID_PARAMETER, "Url key and value should be splited by `=`."),
        Refusal::NotText => said(INVALID_PARAMETER, "The request parameters should be encoded in UTF-8."),
        // Unverified: this code.
        Refusal::NotJson => said(INVALID_PARAMETER, "The request body is not a valid JSON object."),
        // Unverified: this code.
        Refusal::WrongMediaType => {
            said(INVALID_PARAMETER, "The `Content-Type` of the request is not valid, it should be `application/json`.")
        }
        Refusal::Multipart => said("InvalidRequest", "The multipart format of the request body is incorrect."),
        Refusal::WrongType { path, expected } => wrong_type(path, expected),
        Refusal::NoSuchVersion(version) => {
            said("NoSuchVersion", format!("The specified api version=`{version}` does not exist in service=`kms`."))
        }
        Refusal::UnknownRegion(name) => said(
            "InvalidParameterValue",
            format!("A value specified in `{name}` is not valid, is unsupported, or cannot be used."),
        ),
        Refusal::UnsupportedRegion => said("UnsupportedRegion", "The action not support this region."),
        // Unverified: what the number of requests is that one hears who goes on in spite of it.
        Refusal::TooFrequent(rate) => said(
            "RequestLimitExceeded",
            format!(
                "Your current request times equals to `{}` in a second, which exceeds the frequency limit `{rate}` for \
                 a second. Please reduce the frequency of calls.",
                rate.whole_requests().saturating_add(1)
            ),
        ),

        Refusal::SignatureFailure => said(
            "AuthFailure.SignatureFailure",
            "The provided credentials could not be validated. Please check your signature is correct.",
        ),
        Refusal::SignatureExpire { server_time } => said(
            "AuthFailure.SignatureExpire",
            format!(
                "Signature expired. Please use local time and enable NTP service for time synchronization to avoid a \
                 deviation between `Timestamp` and the server time {server_time}."
            ),
        ),
        Refusal::SecretIdNotFound => said(
            "AuthFailure.SecretIdNotFound",
            "The SecretId is not found, please ensure that your SecretId is correct.",
        ),
        Refusal::InvalidSecretId => said("AuthFailure.InvalidSecretId", "The SecretId is not valid."),
        Refusal::InvalidAuthorization(reason) => said(
            "AuthFailure.InvalidAuthorization",
            format!("The request `Authorization` header does not conform to tencentcloud standards: {reason}"),
        ),
        Refusal::TokenFailure => known(TOKEN_FAILURE),
        Refusal::Unauthorized { request_id, resource } => said(
            unauthorized(action),
            format!(
                "[request id:{request_id}]you are not authorized to perform operation (kms:{action})\n\
                 resource ({resource}) has no permission\n"
            ),
        ),

        Refusal::OutOfBounds(name) => out_of_bounds(name, action),
        Refusal::NotAllowed(name) => not_allowed(name),
        Refusal::BindingNotFound => known(BINDING_NOT_FOUND),
        // Unverified: the code, for a bound that is ours.
        Refusal::TooManyBindings => said("LimitExceeded", "The CMK is bound to too many cloud resources."),
        Refusal::ServiceUnavailable => known(SERVICE_TEMPORARY_UNAVAILABLE),
        Refusal::InvalidKeyId => known(INVALID_KEY_ID),
        Refusal::DuplicatedKeyId => known(DUPLICATED_KEY_ID),
        Refusal::InvalidDataKeyId => known(INVALID_DATA_KEY_ID),
        Refusal::DuplicatedDataKeyId => known(DUPLICATED_DATA_KEY_ID),
        Refusal::InvalidDataKeyName => known(INVALID_DATA_KEY_NAME),
        Refusal::InvalidImportKeyMaterial => known(INVALID_IMPORT_KEY_MATERIAL),
        Refusal::DataKeyState(fault) => known(match fault {
            Fault::Disabled => DATA_KEY_DISABLED,
            Fault::PendingDelete => DATA_KEY_PENDING_DELETE,
            Fault::NotPendingDelete => DATA_KEY_NOT_PENDING_DELETE,
            Fault::NotSupported => DATA_KEY_STATE_NOT_SUPPORT,
        }),
        Refusal::InvalidAlias => known(INVALID_ALIAS),
        Refusal::InvalidType => known(INVALID_TYPE),
        Refusal::InvalidKeyUsage => known(INVALID_KEY_USAGE),
        Refusal::UnsupportedKeyUsage => known(UNSUPPORTED_KEY_USAGE),
        Refusal::InvalidHsmClusterId => known(INVALID_HSM_CLUSTER_ID),
        Refusal::TagKeysDuplicated => known(TAG_KEYS_DUPLICATED),
        Refusal::InvalidPlaintext => known(INVALID_PLAINTEXT),
        Refusal::InvalidCiphertext => known(INVALID_CIPHERTEXT),
        Refusal::DecryptError => known(DECRYPT_ERROR),
        Refusal::EncryptionError => known(ENCRYPTION_ERROR),
        Refusal::StateNotSupport => known(CMK_STATE_NOT_SUPPORT),
        Refusal::UsageUnfit => usage_unfit(),
        Refusal::NotPurchased => known(NOT_PURCHASED),
        Refusal::WhiteBoxKeyDisabled => known(KEY_DISABLED),
        // Unverified: this code, the only one of DeleteWhiteBoxKey that fits.
        Refusal::WhiteBoxKeyEnabled => said("FailedOperation", "The white-box key must be disabled first."),
    }
}

fn of_failure(failure: &Failure, action: &str) -> Wire {
    match failure {
        Failure::UnknownOperation(name) => said(
            "InvalidAction",
            format!(
                "The request action=`{name}` is invalid or not found in service=`kms` and version=`{API_VERSION}`."
            ),
        ),
        Failure::TooLarge => known(REQUEST_SIZE_LIMIT_EXCEEDED),
        Failure::Deadline => known(TRY_AGAIN),
        Failure::BrokenRequest => said(INVALID_PARAMETER, "The request is incomplete."),
        Failure::Malformed(_) => said(INVALID_PARAMETER, "The request parameters are not valid."),
        Failure::Unfit(report) => of_report(report, action),
        Failure::Engine(error) => of_engine(error, action),
    }
}

/// The first thing that a table found, in the order in which the gateway looks.
fn of_report(report: &Report, action: &str) -> Wire {
    if let Some(path) = report.unknown.first() {
        return said("UnknownParameter", format!("The parameter `{path}` is not recognized."));
    }
    if let Some(Mismatch { path, expected }) = report.mismatches.first() {
        return wrong_type(&path.to_string(), type_word(expected));
    }
    if let Some(absent) = report.violations.iter().find(|violation| violation.rule == Rule::Required) {
        return missing(&absent.path.to_string());
    }
    match report.violations.first() {
        Some(Violation { path, rule: Rule::LengthAtMost(_), .. }) if path.to_string() == "DeviceFingerprints" => {
            known(FINGERPRINTS_LIMIT_EXCEEDED)
        }
        // The tables bound no number but by its type.
        Some(Violation { path, rule: Rule::ValueAtLeast(_) | Rule::ValueAtMost(_), shape, .. }) => {
            wrong_type(&path.to_string(), type_word(shape.type_name()))
        }
        Some(violation) => out_of_bounds(&violation.path.to_string(), action),
        None => said(INVALID_PARAMETER, "The request parameters are not valid."),
    }
}

fn of_engine(error: &Error, action: &str) -> Wire {
    match error {
        Error::KeyNotFound(_) => known(CMK_NOT_FOUND),
        Error::TooManyKeys => known(CMK_LIMIT_EXCEEDED),
        // There are no labels and no grants in this dialect.
        Error::LabelNotFound(_) | Error::TooManyLabels(_) | Error::TooManyGrants(_) | Error::GrantNotFound(_) => {
            known(CMK_NOT_FOUND)
        }
        Error::NameTaken(_) => known(ALIAS_ALREADY_EXISTS),
        Error::ProviderKey { operation, .. } => known(of_product(*operation)),
        Error::KeyBound { .. } => known(CMK_USED_BY_CLOUD_PRODUCT),
        // No key of this dialect lives in several regions.
        Error::NotPrimary(_)
        | Error::AlreadyPrimary(_)
        | Error::MemberExists { .. }
        | Error::NoReplica { .. }
        | Error::ReplicaState { .. } => known(CMK_STATE_NOT_SUPPORT),
        Error::WrongState { state, operation, .. } => {
            known(state_for_data_key(action, *state).unwrap_or_else(|| wrong_state(*operation, *state)))
        }
        // Unverified: what Encrypt, ReEncrypt and the actions on signatures say about a key of another usage.
        Error::WrongUsage { .. } | Error::AlgorithmUnfit { .. }
            if ["GenerateDataKey", "ImportDataKey"].contains(&action) =>
        {
            known(INVALID_KEY_USAGE)
        }
        Error::WrongUsage { .. } | Error::AlgorithmUnfit { .. } => usage_unfit(),
        Error::UsageUnfit { .. } => known(INVALID_KEY_USAGE),
        Error::OriginUnfit { .. } => known(match action {
            "EnableKeyRotation" => EXTERNAL_CMK_CAN_NOT_ROTATE,
            "RotateKey" => ROTATE_NOT_SUPPORTED,
            _ => NOT_EXTERNAL_CMK,
        }),
        Error::WrappingNotOffered => out_of_bounds("WrappingAlgorithm", action),
        // Unverified: all but the expired token. A token that is superseded, of another key, or
        // whose private key is gone is as useless as an old one; a forged one is told no more.
        Error::TokenUnknown | Error::TokenForOtherKey | Error::TokenExpired | Error::TokenSuperseded => {
            known(TOKEN_EXPIRED)
        }
        Error::ExpiryNotInFuture | Error::ExpiryTooFar => out_of_bounds("ValidTo", action),
        // Unverified: the code for material of a wrong length; one answer for every bad blob.
        Error::UnwrapFailed
        | Error::TemporaryKeyUnfit
        | Error::PrivateKeyMissing
        | Error::PrivateKeyUnfit
        | Error::MaterialUnfit => known(DECRYPT_MATERIAL_ERROR),
        Error::MaterialDiffers => known(MATERIAL_NOT_MATCH),
        // No action of this dialect names a material or brings a second one.
        Error::MaterialPending { .. } | Error::MaterialNotFound(_) => known(MATERIAL_NOT_MATCH),
        Error::NotRotatable { .. } if action == "RotateKey" => known(ROTATE_NOT_SUPPORTED),
        // Unverified: the code of EnableKeyRotation on a key that is not symmetric.
        Error::NotRotatable { .. } => said("UnsupportedOperation", "A CMK of this usage cannot be rotated."),
        Error::RotationPeriod => not_allowed("RotateDays"),
        Error::RotationOff(_) => known(ROTATE_NOT_SUPPORTED),
        Error::RotationRecent(_) => known(ROTATE_RATE_LIMITED),
        // Keys are rotated however often they were, and without material that somebody brought.
        Error::RotationLimit(_) | Error::RotationNear(_) | Error::NothingToRotateTo(_) => known(TRY_AGAIN),
        // No action of this dialect minds that rotation is on.
        Error::RotationOn(_) => known(CMK_STATE_NOT_SUPPORT),
        Error::MaterialNotDeletable => known(CMK_STATE_NOT_SUPPORT),
        // Unverified: also of a context that is another one.
        Error::CiphertextInvalid => known(INVALID_CIPHERTEXT),
        Error::PlaintextTooLong { .. } => known(INVALID_PLAINTEXT),
        Error::DigestLength => out_of_bounds("Message", action),
        Error::MessageFormUnfit => out_of_bounds("MessageType", action),
        // No action of this dialect brings a peer's key.
        Error::PeerKeyUnfit => out_of_bounds("PublicKey", action),
        Error::DeletionWindow => known(INVALID_PENDING_WINDOW),
        // No action of this dialect has to do with key stores.
        Error::KeyStoreNotFound(_)
        | Error::KeyStoreNameTaken(_)
        | Error::KeyStoreClaimTaken(_)
        | Error::TooManyKeyStores
        | Error::KeyStoreState { .. }
        | Error::KeyStoreHoldsKeys(_)
        | Error::OutsideKeyTaken(_)
        | Error::OutsideKeyUnfit(_)
        | Error::Outside { .. } => known(INTERNAL_ERROR),
        Error::RecordNotFound { kind, .. } => of_kind(kind, DATA_KEY_NOT_FOUND, RESOURCE_NOT_FOUND),
        Error::RecordTaken { kind, .. } => of_kind(kind, data_key_name_taken(action), ALIAS_ALREADY_EXISTS),
        Error::TooManyRecords(kind) => of_kind(kind, DATA_KEY_LIMIT_EXCEEDED, KEY_LIMIT_EXCEEDED),
        Error::Busy => known(TRY_AGAIN),
        Error::Internal(fault) => Wire { cause: Some(cause_chain(fault)), ..known(INTERNAL_ERROR) },
    }
}

/// The code of a CMK's state, of actions on data keys that list more of them than those on CMKs do.
fn state_for_data_key(action: &str, state: KeyState) -> Option<Known> {
    match (action, state) {
        ("ImportDataKey" | "GetDataKeyPlaintext", KeyState::Disabled) => Some(CMK_DISABLED),
        ("ImportDataKey", KeyState::Archived) => Some(CMK_ARCHIVED),
        ("ImportDataKey", KeyState::PendingDeletion) => Some(KEY_PENDING_DELETE),
        // Unverified: which states the code is for.
        ("ImportDataKey" | "GetDataKeyPlaintext", _) => Some(CMK_STATE_NOT_SUPPORT),
        _ => None,
    }
}

/// The code of an operation in a state that does not allow it.
const fn wrong_state(operation: KeyOperation, state: KeyState) -> Known {
    match (operation, state) {
        (KeyOperation::ScheduleDeletion, KeyState::Enabled) => CMK_SHOULD_BE_DISABLED,
        (KeyOperation::CancelDeletion, _) => CMK_NOT_PENDING_DELETE,
        (KeyOperation::GenerateDataKey, KeyState::PendingDeletion | KeyState::PendingReplicaDeletion) => {
            KEY_PENDING_DELETE
        }
        (KeyOperation::Encrypt, KeyState::Archived) => CMK_ARCHIVED,
        // Unverified for PendingImport and PendingDelete, and for data keys of archived keys; the
        // actions list no other code of state.
        (KeyOperation::Encrypt | KeyOperation::Decrypt | KeyOperation::GenerateDataKey, _) => CMK_DISABLED,
        (
            KeyOperation::Enable
            | KeyOperation::Disable
            | KeyOperation::ScheduleDeletion
            | KeyOperation::Archive
            | KeyOperation::Unarchive
            | KeyOperation::Bind
            | KeyOperation::Unbind
            // Unverified: UpdateAlias and UpdateKeyDescription list no code of state.
            | KeyOperation::Edit
            | KeyOperation::Label
            | KeyOperation::SetAccess
            | KeyOperation::Grant
            | KeyOperation::SetRotation
            | KeyOperation::StopRotation
            | KeyOperation::ShowRotation
            | KeyOperation::Rotate
            | KeyOperation::GetImportParameters
            | KeyOperation::ImportMaterial
            | KeyOperation::DeleteMaterial
            | KeyOperation::Sign
            | KeyOperation::Verify
            | KeyOperation::GetPublicKey
            | KeyOperation::GenerateMac
            | KeyOperation::VerifyMac
            // No actions of this dialect.
            | KeyOperation::DeriveSharedSecret
            | KeyOperation::Encapsulate
            | KeyOperation::Decapsulate
            | KeyOperation::Replicate
            | KeyOperation::MovePrimary,
            _,
        ) => CMK_STATE_NOT_SUPPORT,
    }
}

/// The code of an operation that nobody but the cloud product that made the key may do.
const fn of_product(operation: KeyOperation) -> Known {
    match operation {
        KeyOperation::Disable | KeyOperation::ScheduleDeletion | KeyOperation::DeleteMaterial | KeyOperation::Bind => {
            CMK_USED_BY_CLOUD_PRODUCT
        }
        // ArchiveKey and CancelKeyArchive. Unverified: the others.
        _ => NOT_USER_CREATED_CMK,
    }
}

/// A data key's name that another has.
// Unverified: but for GenerateDataKey, which alone lists the code for it. The others have the nearest that they list.
fn data_key_name_taken(action: &str) -> Known {
    let (code, message) = DATA_KEY_NAME_ALREADY_EXISTS;
    match action {
        "ImportDataKey" => (INVALID_DATA_KEY_NAME.0, message),
        "UpdateDataKeyName" => ("InvalidParameterValue", message),
        _ => (code, message),
    }
}

/// The code of what concerns a record: one for data keys, one for white-box keys.
fn of_kind(kind: &str, data_key: Known, white_box_key: Known) -> Wire {
    match kind {
        DATA_KEY => known(data_key),
        WHITE_BOX_KEY => known(white_box_key),
        // No other kind is asked for by name.
        _ => known(INTERNAL_ERROR),
    }
}

/// The code for callers who may not do an action.
// Unverified: which it is where an action lists two, and that it is the common one where it lists none.
fn unauthorized(action: &str) -> &'static str {
    match action {
        "GetDataKeyPlaintext" | "ImportDataKey" | "ListDataKeyDetail" => "AuthFailure.UnauthorizedOperation",
        "PostQuantumCryptoSign" | "SignByAsymmetricKey" => "AuthFailure",
        _ => "UnauthorizedOperation",
    }
}

fn known((code, message): Known) -> Wire {
    said(code, message)
}

fn said(code: &'static str, message: impl Into<String>) -> Wire {
    Wire { code, message: message.into(), cause: None }
}

fn missing(name: &str) -> Wire {
    said("MissingParameter", format!("The request is missing a required parameter `{name}`."))
}

fn wrong_type(path: &str, expected: &str) -> Wire {
    said(
        INVALID_PARAMETER,
        format!("The value type of parameter `{path}` is not valid, input type should be `{expected}`."),
    )
}

/// A key of another usage, told by an action that lists no code for that.
fn usage_unfit() -> Wire {
    said(INVALID_PARAMETER, "The key usage does not support this operation.")
}

/// A value that the service refuses and has no code of its own for.
fn out_of_bounds(name: &str, action: &str) -> Wire {
    if VALUES_HAVE_THEIR_OWN_CODE.contains(&action) {
        return not_allowed(name);
    }
    said(INVALID_PARAMETER, format!("The value of parameter `{name}` is not valid."))
}

/// The same, of an action that lists a code for values.
fn not_allowed(name: &str) -> Wire {
    said("InvalidParameterValue", format!("The value of parameter `{name}` is not valid."))
}

// Unverified: the words for anything but `string`.
fn type_word(expected: &'static str) -> &'static str {
    match expected {
        "unsigned integer" => "uint64",
        "integer" => "int64",
        "boolean" => "bool",
        other => other,
    }
}

fn cause_chain(fault: &import_engine::Fault) -> String {
    let mut text = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
#[path = "errors_tests.rs"]
mod tests;
