//! Every refusal in the vendor's words: code, HTTP status, text, and the envelope of the layer
//! that says it. The only place where a status of a refusal is written, besides the table of codes.

use dialect::Failure;
use dialect::constraint::{Report, Rule};
use dialect::quota::Rate;
use import_engine::{
    EncryptionAlgorithm, Error, KeyFamily, KeyOperation, KeySpec, KeyState, KeyUsage, Origin, Timestamp,
};

use crate::codes::Code;
use crate::keyspace::KEY_POLICY;
use crate::texts::basic_date;

/// Why this dialect says no.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Whatever can stop a request of any dialect.
    Failure(Failure),
    /// The service, with a code.
    Service(Code),
    /// The service, about a member that has no code of its own.
    Parameter(&'static str),
    /// The gateway has no such route.
    NoRoute,
    /// The gateway does not take the request: a header that counts stands twice.
    Ambiguous(&'static str),
    /// The gateway does not believe the caller.
    Unauthenticated(Doubt),
    /// The gateway knows the temporary credentials, which are over.
    TokenMustBeRenewed,
    /// The gateway has had too many requests: how many there may be in a second.
    Throttled(Rate),
    /// IAM.
    Iam(IamRefusal),
}

/// What is wrong with a caller's proof.
#[derive(Debug)]
pub(crate) enum Doubt {
    /// There is none.
    NoCredentials,
    /// A signature algorithm that is not spoken here.
    Algorithm(String),
    /// The signature header is not of its form.
    Form,
    /// Nobody has this access id.
    AccessId(String),
    /// Signed too long ago, or too far ahead.
    Clock {
        /// `X-Sdk-Date` as it was sent.
        signed: String,
        /// What the server's clock shows.
        now: Timestamp,
    },
    /// The signature is not the one calculated; the canonical request it was calculated from.
    Signature(String),
    /// The token is not one of ours.
    Token,
    /// Too many wrong signatures in a row.
    LockedOut,
}

/// Refusals of the IAM calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum IamRefusal {
    /// Wrong user name or password.
    WrongPassword,
    /// No valid token, or nothing of the kind that was asked for belongs to the caller.
    Unauthenticated,
    /// The request is not of its form.
    Malformed,
    /// The caller may not do this.
    Forbidden,
    /// No such identity provider.
    NoProvider,
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

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::Service(code)
    }
}

/// Which layer says it; each has an envelope of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Layer {
    /// The KMS service.
    Service,
    /// The gateway in front of it.
    Gateway,
    /// Identity and access management.
    Iam,
}

/// A refusal in the vendor's words.
#[derive(Debug)]
pub(crate) struct Told {
    pub layer: Layer,
    pub status: u16,
    pub code: String,
    pub message: String,
    /// What IAM puts beside code and text.
    pub title: &'static str,
    /// For the log only.
    pub cause: Option<String>,
}

/// Puts a refusal into words.
pub(crate) fn tell(refusal: Refusal) -> Told {
    match refusal {
        Refusal::Failure(failure) => tell_failure(failure),
        Refusal::Service(code) => service(code),
        Refusal::Parameter(member) => parameter(member),
        Refusal::NoRoute => no_route(),
        Refusal::Ambiguous(header) => {
            gateway(400, "APIGW.0201", format!("The request is malformed: duplicate header {header}"))
        }
        Refusal::Unauthenticated(doubt) => {
            gateway(401, "APIGW.0301", format!("Incorrect IAM authentication information: {}", remainder(doubt)))
        }
        // Unverified: the text.
        Refusal::TokenMustBeRenewed => gateway(401, "APIGW.0307", "The token must be updated.".to_owned()),
        Refusal::Throttled(rate) => {
            let policy = format!("policy user over ratelimit,limit:{rate},time:1 second");
            gateway(429, "APIGW.0308", format!("The throttling threshold has been reached: {policy}"))
        }
        Refusal::Iam(IamRefusal::WrongPassword) => iam(401, "The username or password is wrong.", "Unauthorized"),
        Refusal::Iam(IamRefusal::Unauthenticated) => {
            iam(401, "The request you have made requires authentication.", "Unauthorized")
        }
        Refusal::Iam(IamRefusal::Malformed) => iam(400, "Request body is invalid.", "Bad Request"),
        Refusal::Iam(IamRefusal::Forbidden) => {
            iam(403, "You are not authorized to perform the requested action.", "Forbidden")
        }
        Refusal::Iam(IamRefusal::NoProvider) => iam(404, "Could not find Identity Provider.", "Not Found"),
    }
}

/// Which texts the gateway adds for what is wrong with a caller's proof.
fn remainder(doubt: Doubt) -> String {
    match doubt {
        Doubt::NoCredentials => "x-auth-token not found".to_owned(),
        // Unverified: the texts for other algorithms and for headers of the wrong form.
        Doubt::Algorithm(name) => format!("calc aksk signature fail:unsupported algorithm {name}"),
        Doubt::Form => "calc aksk signature fail:authorization format is incorrect".to_owned(),
        Doubt::AccessId(access_id) => format!("ak {access_id} not exist"),
        Doubt::Clock { signed, now } => format!(
            "calc aksk signature fail:signature expired, signature time:{signed},server time:{}",
            basic_date(now)
        ),
        Doubt::Signature(canonical) => {
            format!("verify aksk signature fail, canonicalRequest:{}", canonical.replace('\n', "|"))
        }
        Doubt::Token => "decrypt token fail".to_owned(),
        Doubt::LockedOut => "AK access failed to reach the limit,forbidden.".to_owned(),
    }
}

fn tell_failure(failure: Failure) -> Told {
    match failure {
        Failure::UnknownOperation(_) => no_route(),
        Failure::TooLarge => gateway(413, "APIGW.0201", "Request entity too large".to_owned()),
        Failure::Deadline => gateway(504, "APIGW.0201", "Backend timeout".to_owned()),
        Failure::BrokenRequest => gateway(400, "APIGW.0201", "Bad request".to_owned()),
        Failure::Malformed(_) => service(Code::InvalidJson),
        Failure::Unfit(report) => unfit(&report),
        Failure::Engine(Error::Internal(fault)) => Told { cause: Some(fault.to_string()), ..service(Code::Broken) },
        Failure::Engine(error) => tell_error(error),
    }
}

/// The first thing that a table found: what is missing before what has the wrong type, and that
/// before what breaks a rule.
// Unverified: this order, and that the form of a request comes before the key, the key's kind and origin
// before its state, and all that before what the request asks of the key.
fn unfit(report: &Report) -> Told {
    if report.violations.iter().any(|violation| violation.rule == Rule::Required) {
        return service(Code::Missing);
    }
    // Text where a number is wanted is a number out of range: the vendor's numbers are texts.
    if report.mismatches.iter().any(|mismatch| mismatch.expected != "integer") {
        return service(Code::InvalidFormat);
    }
    let mismatched = report.mismatches.first().map(|mismatch| mismatch.path.root());
    let violated = report.violations.first().map(|violation| violation.path.root());
    match mismatched.or(violated) {
        Some(member) => member_code(member).map_or_else(|| parameter(member), service),
        None => service(Code::InvalidFormat),
    }
}

/// The code that a member has for being of the wrong form, if it has one.
fn member_code(member: &str) -> Option<Code> {
    Some(match member {
        "key_id" | "target_key_id" => Code::InvalidKeyId,
        "sequence" => Code::InvalidSequence,
        // Unverified for aliases that are not the key's own.
        "key_alias" | "keystore_alias" | "alias" => Code::InvalidAlias,
        "action" => Code::InvalidAction,
        "resource_instances" => Code::InvalidResourceType,
        "key_description" => Code::InvalidDescription,
        "pending_days" => Code::PendingDays,
        "rotation_interval" => Code::RotationInterval,
        "limit" => Code::InvalidLimit,
        "marker" => Code::InvalidMarker,
        "random_data_length" => Code::RandomLength,
        "datakey_length" => Code::DatakeyLength,
        "datakey_plain_length" => Code::PlainLength,
        "datakey_cipher_length" => Code::CipherLength,
        "plain_text" => Code::InvalidPlaintext,
        "cipher_text" => Code::InvalidCiphertext,
        "source_key_id" | "destination_key_id" => Code::InvalidKeyId,
        "encryption_context" => Code::InvalidContext,
        "grantee_principal" | "retiring_principal" => Code::InvalidPrincipal,
        "grant_id" => Code::InvalidGrantId,
        _ => return None,
    })
}

fn tell_error(error: Error) -> Told {
    match error {
        Error::KeyNotFound(_) => service(Code::NoSuchKey),
        // Unverified: the code for an alias that is not there.
        Error::LabelNotFound(_) => service(Code::NoSuchKey),
        // Unverified: the code for one alias too many.
        Error::TooManyLabels(_) => parameter("alias"),
        Error::TooManyKeys => service(Code::TooManyKeys),
        Error::TooManyGrants(_) => service(Code::TooManyGrants),
        Error::GrantNotFound(_) => service(Code::InvalidGrantId),
        Error::NameTaken(_) => service(Code::AliasTaken),
        Error::ProviderKey { .. } => service(Code::DefaultKey),
        // No key of this dialect is bound.
        Error::KeyBound { .. } => parameter("key_id"),
        // Unverified: which code stands for what about replicas. The texts allow these.
        Error::NotPrimary(_) => service(Code::Replica),
        Error::MemberExists { .. } => service(Code::ReplicaExists),
        Error::ReplicaState { .. } => service(Code::ReplicaState),
        Error::AlreadyPrimary(_) | Error::NoReplica { .. } => parameter("primary_region"),
        Error::WrongState { state, operation, .. } => service(wrong_state(operation, state)),
        Error::WrongUsage { spec, usage, operation, .. } => tell_usage(spec, usage, operation),
        Error::AlgorithmUnfit { spec, algorithm, .. } => algorithm_unfit(spec, algorithm),
        Error::UsageUnfit { spec, usage } => usage_unfit(spec, usage),
        Error::OriginUnfit { origin, .. } => service(origin_unfit(origin)),
        Error::WrappingNotOffered => parameter("wrapping_algorithm"),
        Error::TokenUnknown | Error::TokenSuperseded => service(Code::ImportTokenBad),
        Error::TokenForOtherKey => service(Code::ImportTokenForOther),
        Error::TokenExpired => service(Code::ImportTokenOver),
        Error::ExpiryNotInFuture => service(Code::ExpiryPast),
        Error::ExpiryTooFar => parameter("expiration_time"),
        Error::UnwrapFailed => service(Code::UnwrapFailed),
        Error::TemporaryKeyUnfit => service(Code::TemporaryKeyLength),
        Error::PrivateKeyMissing => service(Code::PrivateKeyMissing),
        Error::PrivateKeyUnfit => service(Code::PrivateKeyBad),
        Error::MaterialUnfit => service(Code::MaterialLength),
        Error::MaterialDiffers => service(Code::MaterialDiffers),
        // No call of this dialect names a material, brings a second one, or rotates.
        Error::MaterialPending { .. } | Error::MaterialNotFound(_) => service(Code::MaterialDiffers),
        Error::NotRotatable { spec, .. } => service(not_rotatable(spec)),
        Error::RotationPeriod => service(Code::RotationInterval),
        Error::RotationOff(_) => service(Code::RotationOff),
        Error::RotationOn(_) => service(Code::RotationOn),
        // Nothing is rotated on demand.
        Error::RotationLimit(_) | Error::RotationNear(_) | Error::RotationRecent(_) | Error::NothingToRotateTo(_) => {
            service(Code::RotationUnsupported)
        }
        Error::MaterialNotDeletable => service(Code::PrivateKeyStays),
        // Unverified for what was bound to a ciphertext and is not said again: as for a damaged one.
        Error::CiphertextInvalid => service(Code::InvalidCiphertext),
        Error::PlaintextTooLong { .. } => service(Code::RsaPlaintextTooLong),
        Error::DigestLength => service(Code::DigestLength),
        // Unverified: the code for a digest where the algorithm wants the message, and the reverse.
        Error::MessageFormUnfit => parameter("message_type"),
        // Unverified: peers' keys that are none, or on another curve, have no code of their own.
        Error::PeerKeyUnfit => parameter("public_key"),
        Error::DeletionWindow => service(Code::PendingDays),
        Error::KeyStoreNotFound(_) => service(Code::NoSuchKeystore),
        // Unverified: all further codes of key stores; only the one above was ever seen.
        Error::KeyStoreNameTaken(_) => service(Code::AliasTaken),
        Error::KeyStoreClaimTaken(_) => parameter("cluster_id"),
        Error::TooManyKeyStores => parameter("keystore_alias"),
        Error::KeyStoreState { .. } | Error::KeyStoreHoldsKeys(_) => parameter("keystore_id"),
        // Nobody else keeps keys of this dialect.
        Error::OutsideKeyTaken(_) | Error::OutsideKeyUnfit(_) | Error::Outside { .. } => service(Code::Broken),
        // Unverified: no table has codes for access points and key policies.
        Error::RecordNotFound { kind, .. } if kind == KEY_POLICY => parameter("policy_id"),
        Error::RecordNotFound { .. } => parameter("access_point_id"),
        Error::RecordTaken { kind, .. } if kind == KEY_POLICY => parameter("policy_name"),
        Error::RecordTaken { .. } => parameter("access_point_name"),
        Error::TooManyRecords(_) => parameter("keyspace_id"),
        Error::Busy => service(Code::Busy),
        Error::Internal(fault) => Told { cause: Some(fault.to_string()), ..service(Code::Broken) },
    }
}

/// A key whose material comes from elsewhere than a call needs.
fn origin_unfit(origin: Origin) -> Code {
    match origin {
        // Import calls want an external key.
        Origin::Generated => Code::NotExternal,
        // Rotation wants one of the service's own.
        Origin::Imported => Code::ExternalRotates,
        // What is told of rotation is in `operations/rotation.rs`.
        Origin::Module | Origin::Outside => Code::KeystoreImports,
    }
}

/// A key of a kind that keeps its material.
fn not_rotatable(spec: KeySpec) -> Code {
    match spec.family() {
        KeyFamily::Mac => Code::Hmac,
        // The text says RSA; the code is documented for asymmetric keys.
        KeyFamily::Private | KeyFamily::Symmetric => Code::AsymmetricRotates,
    }
}

/// The vendor's table of calls and states.
fn wrong_state(operation: KeyOperation, state: KeyState) -> Code {
    match (operation, state) {
        (KeyOperation::ScheduleDeletion, _) => Code::AlreadyScheduled,
        (KeyOperation::CancelDeletion, _) => Code::NotScheduled,
        (KeyOperation::DeleteMaterial, _) => Code::NoMaterial,
        // Unverified for enable and disable (1201 and 1301 are possible) and for the import calls
        // (0310 is possible): what a key that is to be deleted says elsewhere.
        (_, KeyState::PendingDeletion | KeyState::PendingReplicaDeletion) => Code::PendingDeletion,
        (KeyOperation::Enable | KeyOperation::Disable, KeyState::Unavailable) => Code::Disabled,
        (KeyOperation::Enable, _) => Code::NotDisabled,
        (KeyOperation::Disable, _) => Code::NotEnabled,
        (KeyOperation::GetImportParameters | KeyOperation::ImportMaterial, _) => Code::NotPendingImport,
        (
            // Nobody archives or binds keys here.
            KeyOperation::Archive
            | KeyOperation::Unarchive
            | KeyOperation::Bind
            | KeyOperation::Unbind
            | KeyOperation::Edit
            | KeyOperation::Label
            | KeyOperation::SetAccess
            | KeyOperation::Grant
            | KeyOperation::SetRotation
            | KeyOperation::StopRotation
            | KeyOperation::ShowRotation
            | KeyOperation::Rotate
            | KeyOperation::Encrypt
            | KeyOperation::Decrypt
            | KeyOperation::GenerateDataKey
            | KeyOperation::Sign
            | KeyOperation::Verify
            | KeyOperation::GetPublicKey
            | KeyOperation::GenerateMac
            | KeyOperation::VerifyMac
            | KeyOperation::DeriveSharedSecret
            | KeyOperation::Encapsulate
            | KeyOperation::Decapsulate
            | KeyOperation::Replicate
            | KeyOperation::MovePrimary,
            _,
        ) => match state {
            // Unverified: what is told of a key whose key store is disabled. It shows as disabled.
            KeyState::Disabled | KeyState::Unavailable => Code::Disabled,
            // Told above.
            KeyState::PendingDeletion | KeyState::PendingReplicaDeletion => Code::PendingDeletion,
            // Unverified: the code for using a key that waits for its material.
            KeyState::PendingImport
            | KeyState::Enabled
            | KeyState::Creating
            | KeyState::Updating
            | KeyState::Archived => Code::NotEnabled,
        },
    }
}

/// A key that is for something else.
fn tell_usage(spec: KeySpec, usage: KeyUsage, operation: KeyOperation) -> Told {
    let code = match (spec.family(), operation) {
        (KeyFamily::Mac, _) => Code::Hmac,
        (KeyFamily::Symmetric, _) => Code::Symmetric,
        // Unverified: 0335 is possible for data keys under a signing key.
        (KeyFamily::Private, KeyOperation::GenerateDataKey) => Code::Asymmetric,
        (KeyFamily::Private, KeyOperation::GenerateMac | KeyOperation::VerifyMac) => Code::Asymmetric,
        (KeyFamily::Private, KeyOperation::Encrypt | KeyOperation::Decrypt) => {
            if never_encrypts(spec) {
                Code::CurveEncrypts
            } else if usage == KeyUsage::SignVerify {
                Code::Signs
            } else {
                Code::Asymmetric
            }
        }
        (
            KeyFamily::Private,
            KeyOperation::Enable
            | KeyOperation::Archive
            | KeyOperation::Unarchive
            | KeyOperation::Bind
            | KeyOperation::Unbind
            | KeyOperation::Disable
            | KeyOperation::ScheduleDeletion
            | KeyOperation::CancelDeletion
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
            | KeyOperation::DeriveSharedSecret
            | KeyOperation::Encapsulate
            | KeyOperation::Decapsulate
            | KeyOperation::Replicate
            | KeyOperation::MovePrimary,
        ) => match usage {
            KeyUsage::EncryptDecrypt => Code::Encrypts,
            KeyUsage::SignVerify => Code::Signs,
            KeyUsage::GenerateVerifyMac | KeyUsage::KeyAgreement | KeyUsage::EncapsulateDecapsulate => Code::Asymmetric,
        },
    };
    service(code)
}

/// Curves on which there is no encryption. SM2 has one.
fn never_encrypts(spec: KeySpec) -> bool {
    spec.is_asymmetric() && spec.rsa_bits().is_none() && spec != KeySpec::Sm2
}

/// `algorithm` is the engine's word of an encryption, signing or MAC algorithm.
fn algorithm_unfit(spec: KeySpec, algorithm: &str) -> Told {
    if EncryptionAlgorithm::from_word(algorithm).is_none() {
        // Unverified for MACs.
        return service(Code::SigningAlgorithm);
    }
    match spec.family() {
        KeyFamily::Symmetric => service(Code::SymmetricAlgorithm),
        KeyFamily::Mac => service(Code::Hmac),
        KeyFamily::Private if spec.rsa_bits().is_some() => service(Code::RsaAlgorithm),
        // Unverified: SM2 keys have no code of their own.
        KeyFamily::Private => parameter("encryption_algorithm"),
    }
}

/// A new key of a kind that cannot have the usage.
fn usage_unfit(spec: KeySpec, usage: KeyUsage) -> Told {
    match (spec.family(), usage) {
        (KeyFamily::Private, KeyUsage::EncryptDecrypt) => service(Code::CurveEncrypts),
        (KeyFamily::Symmetric, KeyUsage::SignVerify) => service(Code::SymmetricSigns),
        // Unverified: the remaining pairs.
        (
            KeyFamily::Mac,
            KeyUsage::EncryptDecrypt | KeyUsage::SignVerify | KeyUsage::KeyAgreement | KeyUsage::EncapsulateDecapsulate,
        ) => service(Code::Hmac),
        (
            KeyFamily::Symmetric | KeyFamily::Private,
            KeyUsage::GenerateVerifyMac | KeyUsage::KeyAgreement | KeyUsage::EncapsulateDecapsulate,
        )
        | (KeyFamily::Symmetric, KeyUsage::EncryptDecrypt)
        | (KeyFamily::Private, KeyUsage::SignVerify)
        | (KeyFamily::Mac, KeyUsage::GenerateVerifyMac) => parameter("key_usage"),
    }
}

fn service(code: Code) -> Told {
    Told {
        layer: Layer::Service,
        status: code.status(),
        code: code.text().to_owned(),
        message: code.message().to_owned(),
        title: "",
        cause: None,
    }
}

/// Unverified: that the member's name is part of the text is known, how it stands there is not.
fn parameter(member: &str) -> Told {
    Told { message: format!("Invalid parameter: {member}."), ..service(Code::InvalidParameter) }
}

fn no_route() -> Told {
    gateway(404, "APIGW.0101", "The API does not exist or has not been published in the environment".to_owned())
}

fn gateway(status: u16, code: &str, message: String) -> Told {
    Told { layer: Layer::Gateway, status, code: code.to_owned(), message, title: "", cause: None }
}

fn iam(status: u16, message: &str, title: &'static str) -> Told {
    Told { layer: Layer::Iam, status, code: status.to_string(), message: message.to_owned(), title, cause: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialect::constraint::{Member, check};
    use import_engine::KeyId;
    use serde_json::{Value, json};

    use crate::shapes::{KEY_ID, PENDING_DAYS, SEQUENCE, WORD};

    const KEY: &str = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";

    fn code(error: Error) -> String {
        tell(error.into()).code
    }

    fn state(operation: KeyOperation, state: KeyState) -> &'static str {
        wrong_state(operation, state).text()
    }

    #[test]
    fn calls_and_states() {
        use KeyOperation as Op;
        use KeyState::{Disabled, Enabled, PendingDeletion, PendingImport};
        let table = [
            (Op::Enable, [(Enabled, "KMS.1201"), (PendingDeletion, "KMS.0210"), (PendingImport, "KMS.1201")]),
            (Op::Disable, [(Disabled, "KMS.1301"), (PendingDeletion, "KMS.0210"), (PendingImport, "KMS.1301")]),
            (Op::CancelDeletion, [(Enabled, "KMS.1501"), (Disabled, "KMS.1501"), (PendingImport, "KMS.1501")]),
            (Op::GetImportParameters, [(Enabled, "KMS.0310"), (Disabled, "KMS.0310"), (PendingDeletion, "KMS.0210")]),
            (Op::ImportMaterial, [(Enabled, "KMS.0310"), (Disabled, "KMS.0310"), (PendingDeletion, "KMS.0210")]),
        ];
        for (operation, row) in table {
            for (cell, expected) in row {
                assert_eq!(state(operation, cell), expected, "{operation} while {cell}");
            }
        }
        assert_eq!(state(Op::ScheduleDeletion, PendingDeletion), "KMS.1402");
        assert_eq!(state(Op::DeleteMaterial, PendingDeletion), "KMS.2701");
        assert_eq!(state(Op::DeleteMaterial, PendingImport), "KMS.2701");
        assert_eq!(state(Op::GetPublicKey, PendingDeletion), "KMS.0210");
        assert_eq!(state(Op::GetPublicKey, PendingImport), "KMS.1301");
        for use_of_key in
            [Op::Encrypt, Op::Decrypt, Op::GenerateDataKey, Op::Sign, Op::Verify, Op::GenerateMac, Op::VerifyMac]
        {
            assert_eq!(state(use_of_key, Disabled), "KMS.0209");
            assert_eq!(state(use_of_key, PendingDeletion), "KMS.0210");
            assert_eq!(state(use_of_key, PendingImport), "KMS.1301");
        }
    }

    #[test]
    fn keys_for_something_else() {
        use KeyOperation as Op;
        let usage = |spec, usage, operation| code(Error::WrongUsage { key: KeyId::from(KEY), spec, usage, operation });
        let signs = KeyUsage::SignVerify;
        assert_eq!(usage(KeySpec::Rsa2048, signs, Op::Encrypt), "KMS.0335");
        assert_eq!(usage(KeySpec::Sm2, signs, Op::Decrypt), "KMS.0335");
        assert_eq!(usage(KeySpec::EcP256, signs, Op::Encrypt), "KMS.1114");
        assert_eq!(usage(KeySpec::EcP256, signs, Op::GenerateDataKey), "KMS.0325");
        assert_eq!(usage(KeySpec::Rsa2048, KeyUsage::EncryptDecrypt, Op::Sign), "KMS.0334");
        let agrees = KeyUsage::KeyAgreement;
        assert_eq!(usage(KeySpec::Sm2, agrees, Op::Encrypt), "KMS.0325");
        assert_eq!(usage(KeySpec::EcP256, agrees, Op::Encrypt), "KMS.1114");
        assert_eq!(usage(KeySpec::EcP256, agrees, Op::Sign), "KMS.0325");
        assert_eq!(usage(KeySpec::EcP256, signs, Op::DeriveSharedSecret), "KMS.0335");
        assert_eq!(usage(KeySpec::Sm2, KeyUsage::EncryptDecrypt, Op::DeriveSharedSecret), "KMS.0334");
        assert_eq!(usage(KeySpec::Aes256, KeyUsage::EncryptDecrypt, Op::DeriveSharedSecret), "KMS.0331");
        assert_eq!(usage(KeySpec::Aes256, KeyUsage::EncryptDecrypt, Op::Sign), "KMS.0331");
        assert_eq!(usage(KeySpec::Aes256, KeyUsage::EncryptDecrypt, Op::GenerateMac), "KMS.0331");
        assert_eq!(usage(KeySpec::Hmac256, KeyUsage::GenerateVerifyMac, Op::Encrypt), "KMS.0341");
        let unfit = |spec, usage| code(Error::UsageUnfit { spec, usage });
        assert_eq!(unfit(KeySpec::EcP384, KeyUsage::EncryptDecrypt), "KMS.1114");
        assert_eq!(unfit(KeySpec::Aes256, KeyUsage::SignVerify), "KMS.1115");
        let algorithm = |spec, algorithm: EncryptionAlgorithm| {
            code(Error::AlgorithmUnfit { key: KeyId::from(KEY), spec, algorithm: algorithm.word() })
        };
        assert_eq!(algorithm(KeySpec::Aes256, EncryptionAlgorithm::RsaOaepSha256), "KMS.2105");
        assert_eq!(algorithm(KeySpec::Rsa2048, EncryptionAlgorithm::Symmetric), "KMS.2106");
        assert_eq!(
            code(Error::AlgorithmUnfit { key: KeyId::from(KEY), spec: KeySpec::EcP256, algorithm: "ECDSA_SHA_384" }),
            "KMS.0332"
        );
    }

    #[test]
    fn a_fault_tells_nothing_but_in_the_log() {
        let told = tell(Error::internal("the disk is full").into());
        assert_eq!((told.status, told.code.as_str()), (500, "KMS.0101"));
        assert!(!told.message.contains("disk"));
        assert_eq!(told.cause.as_deref(), Some("the disk is full"));
    }

    const TABLE: &[Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::required("pending_days", &PENDING_DAYS),
        Member::optional("wrapping_algorithm", &WORD),
        Member::optional("sequence", &SEQUENCE),
    ];

    fn table(value: &Value) -> (String, String) {
        let told = tell(Failure::Unfit(check(TABLE, value)).into());
        (told.code, told.message)
    }

    #[test]
    fn what_a_table_finds() {
        for (value, expected) in [
            (json!({}), "KMS.0204"),
            (json!({"key_id": 5}), "KMS.0204"),
            (json!([]), "KMS.0214"),
            (json!({"key_id": 5, "pending_days": "7"}), "KMS.0214"),
            (json!({"key_id": "x", "pending_days": "7"}), "KMS.0205"),
            (json!({"key_id": "x", "pending_days": "7", "sequence": "y"}), "KMS.0205"),
            (json!({"key_id": KEY, "pending_days": "7", "sequence": "y"}), "KMS.0206"),
            (json!({"key_id": KEY, "pending_days": "6"}), "KMS.1401"),
            (json!({"key_id": KEY, "pending_days": "soon"}), "KMS.1401"),
            (json!({"key_id": KEY, "pending_days": 7.5}), "KMS.1401"),
        ] {
            assert_eq!(table(&value).0, expected, "{value}");
        }
        let long = json!({"key_id": KEY, "pending_days": 7, "wrapping_algorithm": "x".repeat(65)});
        assert_eq!(table(&long), ("KMS.0308".to_owned(), "Invalid parameter: wrapping_algorithm.".to_owned()));
    }
}
