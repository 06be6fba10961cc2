//! Codes and texts of refusals.

use super::*;
use dialect::constraint::{Member, Shape, check};
use import_engine::{KeyId, KeySpec, Origin};
use serde_json::{Value, json};

static TEXT: Shape = Shape::text(0, 9);
static TAG: Shape = Shape::Structure(&[Member::required("TagKey", &TEXT)]);
static TAGS: Shape = Shape::List { min: 0, max: 2, of: &TAG };
static TABLE: &[Member] =
    &[Member::required("KeyId", &TEXT), Member::optional("Limit", &Shape::Unsigned), Member::optional("Tags", &TAGS)];

fn told(value: &Value) -> (&'static str, String) {
    let wire = wire(&Failure::Unfit(check(TABLE, value)).into(), "DescribeKey");
    (wire.code, wire.message)
}

#[test]
fn tables_are_told_in_the_gateways_words() {
    let missing = |name: &str| ("MissingParameter", format!("The request is missing a required parameter `{name}`."));
    let unknown = |name: &str| ("UnknownParameter", format!("The parameter `{name}` is not recognized."));
    let wrong_type = |name: &str, expected: &str| {
        let message = format!("The value type of parameter `{name}` is not valid, input type should be `{expected}`.");
        ("InvalidParameter", message)
    };
    assert_eq!(told(&json!({})), missing("KeyId"));
    assert_eq!(told(&json!({"Bogus": 1})), unknown("Bogus"));
    assert_eq!(told(&json!({"KeyId": 1})), wrong_type("KeyId", "string"));
    assert_eq!(told(&json!({"KeyId": "", "Limit": -1})), wrong_type("Limit", "uint64"));
    assert_eq!(told(&json!({"KeyId": "", "Limit": "1"})), wrong_type("Limit", "uint64"));
    assert_eq!(
        told(&json!({"KeyId": "", "Tags": [{"TagKey": "a"}, {"TagKey": 1}]})),
        wrong_type("Tags.1.TagKey", "string")
    );
    assert_eq!(told(&json!({"KeyId": "", "Tags": [{}]})), missing("Tags.0.TagKey"));
    assert_eq!(told(&json!({"KeyId": "", "Tags": [{"TagKey": "a", "X": 1}]})), unknown("Tags.0.X"));
    assert_eq!(told(&json!({"KeyId": "", "Tags": "x"})), wrong_type("Tags", "list"));
    assert_eq!(told(&json!({"KeyId": "", "Tags": [{"TagKey":""},{"TagKey":""},{"TagKey":""}]})).0, "InvalidParameter");
}

fn code(operation: KeyOperation, state: KeyState) -> &'static str {
    let error = Error::WrongState { key: KeyId::from("k"), state, operation };
    wire(&error.into(), "").code
}

#[test]
fn states_have_the_codes_of_the_table() {
    use KeyState::{Archived, Disabled, Enabled, PendingDeletion, PendingImport};
    for (operation, state, expected) in [
        (KeyOperation::Encrypt, Disabled, "CmkDisabled"),
        (KeyOperation::Encrypt, PendingImport, "CmkDisabled"),
        (KeyOperation::Encrypt, Archived, "CmkArchived"),
        (KeyOperation::GenerateDataKey, Archived, "CmkDisabled"),
        (KeyOperation::Unarchive, Enabled, "CmkStateNotSupport"),
        (KeyOperation::Decrypt, PendingDeletion, "CmkDisabled"),
        (KeyOperation::GenerateDataKey, Disabled, "CmkDisabled"),
        (KeyOperation::GenerateDataKey, PendingDeletion, "KeyPendingDelete"),
        (KeyOperation::Enable, PendingImport, "CmkStateNotSupport"),
        (KeyOperation::Disable, PendingDeletion, "CmkStateNotSupport"),
        (KeyOperation::ScheduleDeletion, Enabled, "CmkShouldBeDisabled"),
        (KeyOperation::ScheduleDeletion, PendingDeletion, "CmkStateNotSupport"),
        (KeyOperation::CancelDeletion, Enabled, "CmkNotPendingDelete"),
        (KeyOperation::ImportMaterial, Disabled, "CmkStateNotSupport"),
        (KeyOperation::DeleteMaterial, PendingDeletion, "CmkStateNotSupport"),
    ] {
        assert_eq!(code(operation, state), format!("ResourceUnavailable.{expected}"), "{operation} {state}");
    }
}

#[test]
fn records_have_the_codes_of_their_kind() {
    let told = |kind: &str| {
        let (kind, other) = (kind.to_owned(), kind.to_owned());
        [
            Error::RecordNotFound { kind: kind.clone(), id: String::new() },
            Error::RecordTaken { kind, name: String::new() },
            Error::TooManyRecords(other),
        ]
        .map(|error| wire(&error.into(), "").code)
    };
    assert_eq!(
        told(DATA_KEY),
        [
            "ResourceUnavailable.DataKeyNotFound",
            "InvalidParameterValue.DataKeyNameAlreadyExists",
            "LimitExceeded.DataKeyLimitExceeded"
        ]
    );
    assert_eq!(
        told(WHITE_BOX_KEY),
        ["ResourceNotFound", "InvalidParameterValue.AliasAlreadyExists", "LimitExceeded.KeyLimitExceeded"]
    );
}

#[test]
fn values_out_of_bounds_have_the_code_that_the_action_lists() {
    let (name, list) =
        (Refusal::OutOfBounds("Limit"), json!({"KeyId": "", "Tags": [{"TagKey":""},{"TagKey":""},{"TagKey":""}]}));
    for (action, expected) in [
        ("ListKeys", "InvalidParameter"),
        ("ListDataKeys", "InvalidParameterValue"),
        ("EnableDataKeys", "InvalidParameterValue"),
    ] {
        assert_eq!(wire(&name, action).code, expected, "{action}");
        assert_eq!(wire(&Failure::Unfit(check(TABLE, &list)).into(), action).code, expected, "{action}");
    }
    assert!(VALUES_HAVE_THEIR_OWN_CODE.is_sorted());
}

#[test]
fn a_data_keys_name_that_is_taken_has_a_code_that_the_action_lists() {
    for (action, expected) in [
        ("GenerateDataKey", "InvalidParameterValue.DataKeyNameAlreadyExists"),
        ("ImportDataKey", "InvalidParameterValue.InvalidDataKeyName"),
        ("UpdateDataKeyName", "InvalidParameterValue"),
    ] {
        let error = Error::RecordTaken { kind: DATA_KEY.into(), name: String::new() };
        assert_eq!(wire(&error.into(), action).code, expected, "{action}");
    }
}

#[test]
fn some_actions_on_data_keys_list_more_states() {
    use KeyState::{Archived, Disabled, PendingDeletion, PendingImport};
    for (action, state, expected) in [
        ("ImportDataKey", Disabled, "CmkDisabled"),
        ("ImportDataKey", Archived, "CmkArchived"),
        ("ImportDataKey", PendingDeletion, "KeyPendingDelete"),
        ("ImportDataKey", PendingImport, "CmkStateNotSupport"),
        ("GetDataKeyPlaintext", Disabled, "CmkDisabled"),
        ("GetDataKeyPlaintext", PendingDeletion, "CmkStateNotSupport"),
        ("GetDataKeyPlaintext", PendingImport, "CmkStateNotSupport"),
        ("Decrypt", PendingImport, "CmkDisabled"),
    ] {
        let error = Error::WrongState { key: KeyId::from("k"), state, operation: KeyOperation::Decrypt };
        assert_eq!(wire(&error.into(), action).code, format!("ResourceUnavailable.{expected}"), "{action} {state}");
    }
}

#[test]
fn a_number_beyond_its_type_is_of_another_type() {
    use crate::shapes::INT64;
    static TABLE: &[Member] = &[Member::required("KeyStatus", &INT64)];
    let expected = wire(&Failure::Unfit(check(TABLE, &json!({"KeyStatus": "1"}))).into(), "DescribeWhiteBoxKeyDetails");
    assert!(expected.code == "InvalidParameter" && expected.message.contains("int64"), "{expected:?}");
    for value in [i64::MAX.unsigned_abs() + 1, u64::MAX] {
        let report = check(TABLE, &json!({ "KeyStatus": value }));
        assert_eq!(wire(&Failure::Unfit(report).into(), "DescribeWhiteBoxKeyDetails"), expected);
    }
}

#[test]
fn too_many_fingerprints_have_a_code_of_their_own() {
    static FINGERPRINTS: Shape = Shape::List { min: 0, max: 1, of: &TEXT };
    static TABLE: &[Member] = &[Member::required("DeviceFingerprints", &FINGERPRINTS)];
    let told =
        |value: Value| wire(&Failure::Unfit(check(TABLE, &value)).into(), "OverwriteWhiteBoxDeviceFingerprints").code;
    assert_eq!(told(json!({"DeviceFingerprints": ["", ""]})), "LimitExceeded.FingerprintsLimitExceeded");
    assert_eq!(told(json!({"DeviceFingerprints": ["0123456789"]})), "InvalidParameterValue");
}

#[test]
fn every_code_is_documented() {
    let documented = include_str!("documented_codes.txt");
    for refusal in samples() {
        let code = wire(&refusal, "").code;
        assert!(documented.lines().any(|line| line == code), "{code}");
    }
}

#[test]
fn a_fault_keeps_its_cause_to_itself() {
    let wire = wire(&Error::internal("the disk is full").into(), "");
    assert_eq!((wire.code, wire.message.as_str()), ("InternalError", "Internal error."));
    assert_eq!(wire.cause.as_deref(), Some("the disk is full"));
}

fn samples() -> Vec<Refusal> {
    let id = || KeyId::from("k");
    let engine = [
        Error::KeyNotFound(id()),
        Error::NameTaken(String::new()),
        Error::OriginUnfit { key: id(), origin: Origin::Generated },
        Error::WrappingNotOffered,
        Error::TokenUnknown,
        Error::TokenForOtherKey,
        Error::TokenExpired,
        Error::TokenSuperseded,
        Error::ExpiryNotInFuture,
        Error::ExpiryTooFar,
        Error::UnwrapFailed,
        Error::MaterialUnfit,
        Error::MaterialDiffers,
        Error::CiphertextInvalid,
        Error::PlaintextTooLong { maximum: 1 },
        Error::DeletionWindow,
        Error::KeyBound { key: id(), operation: KeyOperation::Disable },
        Error::ProviderKey { key: id(), operation: KeyOperation::Archive },
        Error::RotationOff(id()),
        Error::RotationRecent(id()),
        Error::NotRotatable { key: id(), spec: KeySpec::Rsa2048 },
        Error::RecordNotFound { kind: DATA_KEY.into(), id: String::new() },
        Error::RecordTaken { kind: DATA_KEY.into(), name: String::new() },
        Error::TooManyRecords(DATA_KEY.into()),
        Error::RecordNotFound { kind: WHITE_BOX_KEY.into(), id: String::new() },
        Error::TooManyRecords(WHITE_BOX_KEY.into()),
        Error::Busy,
        Error::internal("x"),
    ];
    let states = KeyOperation::ALL.iter().flat_map(|operation| {
        KeyState::ALL.iter().map(|state| Error::WrongState {
            key: KeyId::from("k"),
            state: *state,
            operation: *operation,
        })
    });
    let failures = [
        Failure::UnknownOperation("X".into()),
        Failure::TooLarge,
        Failure::Deadline,
        Failure::BrokenRequest,
        Failure::Malformed(String::new()),
        Failure::Unfit(Report::default()),
    ];
    let own = [
        Refusal::UnsupportedProtocol,
        Refusal::WrongPath,
        Refusal::TooLarge,
        Refusal::TooLargeForV1,
        Refusal::Missing("x"),
        Refusal::Repeated("x".into()),
        Refusal::UnsplitItem,
        Refusal::NotText,
        Refusal::NotJson,
        Refusal::WrongMediaType,
        Refusal::Multipart,
        Refusal::WrongType { path: "x".into(), expected: "string" },
        Refusal::NoSuchVersion("x".into()),
        Refusal::UnknownRegion("Region"),
        Refusal::UnsupportedRegion,
        Refusal::TooFrequent(Rate::per_second(10)),
        Refusal::SignatureFailure,
        Refusal::SignatureExpire { server_time: 0 },
        Refusal::SecretIdNotFound,
        Refusal::InvalidSecretId,
        Refusal::InvalidAuthorization("x"),
        Refusal::TokenFailure,
        Refusal::Unauthorized { request_id: "x".into(), resource: "x".into() },
        Refusal::OutOfBounds("x"),
        Refusal::NotAllowed("x"),
        Refusal::BindingNotFound,
        Refusal::TooManyBindings,
        Refusal::ServiceUnavailable,
        Refusal::InvalidKeyId,
        Refusal::DuplicatedKeyId,
        Refusal::InvalidDataKeyId,
        Refusal::DuplicatedDataKeyId,
        Refusal::InvalidDataKeyName,
        Refusal::InvalidImportKeyMaterial,
        Refusal::DataKeyState(Fault::Disabled),
        Refusal::DataKeyState(Fault::PendingDelete),
        Refusal::DataKeyState(Fault::NotPendingDelete),
        Refusal::DataKeyState(Fault::NotSupported),
        Refusal::InvalidAlias,
        Refusal::InvalidType,
        Refusal::InvalidKeyUsage,
        Refusal::UnsupportedKeyUsage,
        Refusal::InvalidHsmClusterId,
        Refusal::TagKeysDuplicated,
        Refusal::InvalidPlaintext,
        Refusal::InvalidCiphertext,
        Refusal::DecryptError,
        Refusal::EncryptionError,
        Refusal::StateNotSupport,
        Refusal::UsageUnfit,
        Refusal::NotPurchased,
        Refusal::WhiteBoxKeyDisabled,
        Refusal::WhiteBoxKeyEnabled,
    ];
    let engine = engine.into_iter().chain(states).map(Refusal::from);
    engine.chain(failures.into_iter().map(Refusal::from)).chain(own).collect()
}
