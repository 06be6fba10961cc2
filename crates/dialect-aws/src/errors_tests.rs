//! The sentences, held against what the service was recorded to say.

use dialect::constraint::{Member, Shape, check};
use import_engine::{KeyUsage, Origin, Tenant};
use serde_json::json;

use super::*;
use crate::decision::Denial;
use crate::shapes;

const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn told(error: Error, operation: &'static str) -> (u16, &'static str, Option<String>) {
    let scope = Scope::new(Tenant::new("aws", "111122223333"), "us-east-1");
    let context = Context { scope: Some(&scope), operation: Some(operation), body: None, foreign: &[] };
    let answer = answer(&Failure::Engine(error).into(), context);
    (answer.status, answer.code, answer.message)
}

fn said(error: Error) -> (&'static str, String) {
    let (status, code, message) = told(error, "GenerateMac");
    assert_eq!(status, 400);
    (code, message.unwrap_or_default())
}

fn state(state: KeyState, operation: KeyOperation) -> (&'static str, String) {
    said(Error::WrongState { key: ID.into(), state, operation })
}

#[test]
fn states_are_told_apart() {
    let encrypt = KeyOperation::Encrypt;
    assert_eq!(state(KeyState::Disabled, encrypt), ("DisabledException", format!("{ARN} is disabled.")));
    let invalid = |rest: &str| ("KMSInvalidStateException", format!("{ARN} {rest}."));
    assert_eq!(state(KeyState::PendingImport, encrypt), invalid("is pending import"));
    assert_eq!(state(KeyState::PendingDeletion, encrypt), invalid("is pending deletion"));
    assert_eq!(state(KeyState::PendingReplicaDeletion, encrypt), invalid("is pending replica deletion"));
    assert_eq!(state(KeyState::Creating, encrypt), invalid("is creating"));
    assert_eq!(state(KeyState::Updating, KeyOperation::Replicate), invalid("is updating"));
    assert_eq!(state(KeyState::Unavailable, encrypt), invalid("is unavailable"));
    for other in [KeyState::Enabled, KeyState::Disabled, KeyState::PendingImport, KeyState::Updating] {
        assert_eq!(state(other, KeyOperation::CancelDeletion), invalid("is not pending deletion"));
    }
}

#[test]
fn recorded_sentences() {
    assert_eq!(said(Error::KeyNotFound(ID.into())), ("NotFoundException", format!("Key '{ARN}' does not exist")));
    assert_eq!(
        said(Error::WrongUsage {
            key: ID.into(),
            spec: KeySpec::Aes256,
            usage: KeyUsage::EncryptDecrypt,
            operation: KeyOperation::GenerateMac
        }),
        ("InvalidKeyUsageException", format!("{ARN} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac."))
    );
    assert_eq!(
        said(Error::AlgorithmUnfit { key: ID.into(), spec: KeySpec::Hmac224, algorithm: "HMAC_SHA_256" }),
        ("InvalidKeyUsageException", "Algorithm HMAC_SHA_256 is incompatible with key spec HMAC_224.".to_owned())
    );
    assert_eq!(
        said(Error::OriginUnfit { key: ID.into(), origin: Origin::Generated }),
        ("UnsupportedOperationException", format!("{ARN} origin is AWS_KMS which is not valid for this operation."))
    );
    assert_eq!(
        said(Error::UsageUnfit { spec: KeySpec::Rsa2048, usage: KeyUsage::KeyAgreement }),
        ("ValidationException", "KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048".to_owned())
    );
}

#[test]
fn imports_are_refused_without_a_word() {
    let silent = |error| {
        let (status, code, message) = told(error, "ImportKeyMaterial");
        assert_eq!((status, message), (400, None));
        code
    };
    assert_eq!(silent(Error::TokenUnknown), "InvalidImportTokenException");
    assert_eq!(silent(Error::TokenForOtherKey), "InvalidImportTokenException");
    assert_eq!(silent(Error::TokenExpired), "ExpiredImportTokenException");
    assert_eq!(silent(Error::UnwrapFailed), "InvalidCiphertextException");
    assert_eq!(silent(Error::MaterialUnfit), "IncorrectKeyMaterialException");
    assert_eq!(silent(Error::MaterialDiffers), "IncorrectKeyMaterialException");
    assert_eq!(silent(Error::CiphertextInvalid), "InvalidCiphertextException");
}

#[test]
fn faults_tell_nothing() {
    let (status, code, message) = told(Error::internal("disk on fire"), "Encrypt");
    assert_eq!((status, code), (500, "KMSInternalException"));
    assert!(!message.unwrap().contains("fire"));
}

static TABLE: &[Member] = &[
    Member::required("KeyId", &shapes::KEY_ID),
    Member::required("Plaintext", &shapes::PLAINTEXT),
    Member::optional("NumberOfBytes", &shapes::NUMBER_OF_BYTES),
    Member::optional("CiphertextBlob", &shapes::CIPHERTEXT),
    Member::optional("GrantTokens", &SHORT_LIST),
    Member::optional("Tags", &shapes::TAG_LIST),
    Member::optional("Origin", &shapes::ORIGIN),
];
static SHORT_LIST: Shape = Shape::List { min: 0, max: 1, of: &shapes::KEY_ID };

fn violations_of(body: &Value) -> String {
    let report = check(TABLE, body);
    let answer = answer(&Failure::Unfit(report).into(), Context { body: Some(body), ..Context::default() });
    assert_eq!((answer.status, answer.code), (400, "ValidationException"));
    answer.message.unwrap()
}

#[test]
fn violations_are_counted_and_joined() {
    assert_eq!(
        violations_of(&json!({"Plaintext": "AA=="})),
        "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null"
    );
    assert_eq!(
        violations_of(&json!({"KeyId": "", "Plaintext": "", "NumberOfBytes": 1025})),
        "3 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length \
         greater than or equal to 1; Value at 'plaintext' failed to satisfy constraint: Member must have length \
         greater than or equal to 1; Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have \
         value less than or equal to 1024"
    );
    let base = |name: &str, value: Value| {
        let mut body = json!({"KeyId": "k", "Plaintext": "AA=="});
        body[name] = value;
        violations_of(&body)
    };
    assert_eq!(
        base("Tags", json!([{"TagKey": "", "TagValue": "v"}])),
        "1 validation error detected: Value '' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must \
         have length greater than or equal to 1"
    );
    assert_eq!(
        base("GrantTokens", json!(["a", "b"])),
        "1 validation error detected: Value '[a, b]' at 'grantTokens' failed to satisfy constraint: Member must have \
         length less than or equal to 1"
    );
    assert_eq!(
        base("GrantTokens", json!([""])),
        "1 validation error detected: Value '[]' at 'grantTokens' failed to satisfy constraint: Member must satisfy \
         constraint: [Member must have length less than or equal to 2048, Member must have length greater than or \
         equal to 1]"
    );
    assert_eq!(
        base("CiphertextBlob", json!("")),
        "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]' at 'ciphertextBlob' failed \
         to satisfy constraint: Member must have length greater than or equal to 1"
    );
    assert_eq!(
        base("Origin", json!("X")),
        "1 validation error detected: Value 'X' at 'origin' failed to satisfy constraint: Member must satisfy enum \
         value set: [AWS_KMS, EXTERNAL, AWS_CLOUDHSM, EXTERNAL_KEY_STORE]"
    );
}

#[test]
fn wrong_types_are_told_apart_from_wrong_values() {
    for body in [json!([]), json!({"KeyId": 1, "Plaintext": "AA=="}), json!({"KeyId": "k", "Plaintext": "?"})] {
        let answer = answer(&Failure::Unfit(check(TABLE, &body)).into(), Context::default());
        assert_eq!((answer.status, answer.code, answer.message), (400, "SerializationException", None));
    }
}

#[test]
fn refusals_of_policies_name_who_may_not_what() {
    let told = |denial| {
        let denied = Denied { principal: "P".into(), action: "Encrypt", resource: "R".into(), denial };
        let answer = answer(&Refusal::Denied(Box::new(denied)), Context::default());
        assert_eq!((answer.status, answer.code, answer.form), (400, "AccessDeniedException", Form::JsonCapital));
        answer.message.unwrap()
    };
    let start = "User: P is not authorized to perform: kms:Encrypt on";
    for (denial, rest) in [
        (Denial::KeyDenies, "resource: R with an explicit deny in a resource-based policy"),
        (Denial::CallerDenies, "resource: R with an explicit deny in an identity-based policy"),
        (Denial::SessionDenies, "resource: R with an explicit deny in a session policy"),
        (Denial::NoKeyPolicy, "resource: R because no resource-based policy allows the kms:Encrypt action"),
        (Denial::NoCallerPolicy, "resource: R because no identity-based policy allows the kms:Encrypt action"),
        (Denial::NoSessionPolicy, "resource: R because no session policy allows the kms:Encrypt action"),
    ] {
        assert_eq!(told(denial), format!("{start} {rest}"));
    }
    let hidden = "this resource because the resource does not exist in this Region, no resource-based policies allow \
                  access, or a resource-based policy explicitly denies access";
    for denies in [true, false] {
        assert_eq!(told(Denial::Foreign { denies }), format!("{start} {hidden}"));
    }
}
