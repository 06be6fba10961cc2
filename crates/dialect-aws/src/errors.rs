//! Every refusal in the service's words: code, status, message. The only place where an exception
//! name or an HTTP status is written.

use dialect::Failure;
use import_engine::{Error, KeyId, KeyOperation, KeySpec, KeyState, Scope};
use serde_json::Value;

use crate::auth::{ScopeFault, Unproven};
use crate::authorization::Denied;
use crate::identifiers::{Target, alias_arn, key_arn, partition};
use crate::names;
use crate::sigv4::Unreadable;
use crate::violations::{counted, missing, violations};

#[path = "errors_key_stores.rs"]
mod key_stores;

pub(crate) use key_stores::{StoreRefusal, connection_error_code};

/// Why a request is refused.
#[derive(Debug, PartialEq)]
pub(crate) enum Refusal {
    /// Something that all dialects know.
    Failure(Failure),
    /// The caller is not who they say.
    Unproven(Unproven),
    /// Not the service's path.
    NoSuchPath,
    /// Not the service's method.
    NoSuchMethod,
    /// An identifier that is none of a key.
    MalformedKeyId(String),
    /// An ARN that is none of a key or alias.
    MalformedArn(String),
    /// The ARN of another region, which is given.
    ArnOfOtherRegion(String),
    /// An alias that is the service's own.
    ReservedAlias,
    /// No such key; its ARN.
    NoSuchKey(String),
    /// Something about a custom key store.
    KeyStore(StoreRefusal),
    /// The caller may not.
    Denied(Box<Denied>),
    /// The ciphertext names a key that is not here.
    ForeignCiphertext,
    /// The ciphertext names another key than the request.
    IncorrectKey,
    /// An attestation document that is none, or that nobody trusted has signed.
    Attestation,
    /// No such grant token.
    InvalidGrantToken,
    /// No identifier of a grant.
    InvalidGrantId,
    /// No principal, or none that can be party to a grant; as it was sent.
    InvalidPrincipal(String),
    /// Too many requests.
    Throttled,
    /// Everything is in order, and nothing was to be done.
    DryRun,
    /// A marker that no page ended with.
    InvalidMarker,
    /// A signature that does not verify.
    InvalidSignature,
    /// A MAC that does not verify.
    InvalidMac,
    /// The members of a request do not fit each other, or not the key; the sentence.
    Validation(String),
    /// A required member is missing where the table cannot know; its name.
    Missing(&'static str),
    /// The key or a parameter is not for this operation, or not for this server; the sentence.
    Unsupported(String),
    /// An algorithm that no key of the kind can do.
    AlgorithmUnfit {
        /// The algorithm.
        algorithm: &'static str,
        /// The kind.
        spec: KeySpec,
    },
    /// More plaintext than the algorithm takes.
    PlaintextTooLong {
        /// The algorithm.
        algorithm: &'static str,
        /// The key's kind.
        spec: KeySpec,
        /// The most bytes that fit.
        maximum: usize,
    },
    /// A digest of the wrong length; the algorithm.
    DigestLength(&'static str),
    /// The operation is not for a key of this kind; the key's ARN and the kind.
    SpecUnfit {
        /// The key's ARN.
        arn: String,
        /// The kind.
        spec: KeySpec,
    },
    /// Tags that break a rule; the sentence.
    Tags(&'static str),
    /// A policy that is none.
    MalformedPolicy,
    /// A policy that names a principal who cannot be one.
    PolicyPrincipal,
    /// A policy under which the caller could not change it again.
    PolicyLockout,
    /// No policy of that name.
    NoSuchPolicy,
    /// A policy over the limit.
    PolicyTooLong,
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

/// What is known of the request, for messages that name it.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Context<'a> {
    /// Where the caller's keys live, once proven.
    pub scope: Option<&'a Scope>,
    /// The operation, once known.
    pub operation: Option<&'static str>,
    /// The request's body, for the values that a validation message shows.
    pub body: Option<&'a Value>,
    /// Keys of other accounts that the request has named.
    pub foreign: &'a [Target],
}

/// A refusal in the service's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The exception's name.
    pub code: &'static str,
    /// The sentence; some exceptions have none.
    pub message: Option<String>,
    /// How it looks on the wire.
    pub form: Form,
}

/// How a refusal looks on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// JSON with `message`.
    Json,
    /// JSON with `Message`.
    JsonCapital,
    /// An empty XML element, for those who speak no JSON.
    Xml,
}

fn with(code: &'static str, message: impl Into<String>) -> Answer {
    Answer { status: 400, code, message: Some(message.into()), form: Form::Json }
}

fn without_message(code: &'static str) -> Answer {
    Answer { status: 400, code, message: None, form: Form::Json }
}

fn validation(message: impl Into<String>) -> Answer {
    with("ValidationException", message)
}

fn not_found(message: impl Into<String>) -> Answer {
    with("NotFoundException", message)
}

fn unsupported(message: impl Into<String>) -> Answer {
    with("UnsupportedOperationException", message)
}

// Unverified: that AccessDeniedException has a capital `Message`.
fn access_denied(message: impl Into<String>) -> Answer {
    Answer { form: Form::JsonCapital, ..with("AccessDeniedException", message) }
}

/// Puts a refusal into the service's words.
pub(crate) fn answer(refusal: &Refusal, context: Context<'_>) -> Answer {
    match refusal {
        Refusal::Failure(failure) => failed(failure, context),
        Refusal::Unproven(unproven) => unproven_answer(unproven),
        // Unverified: AWS's front end answers what is not POST with 404 and this element.
        Refusal::NoSuchMethod => {
            Answer { status: 404, form: Form::Xml, ..without_message("UnknownOperationException") }
        }
        Refusal::NoSuchPath => Answer { status: 404, ..without_message("UnknownOperationException") },
        Refusal::MalformedKeyId(id) => not_found(format!("Invalid keyId '{id}'")),
        // Unverified: the text, and that operations whose model lacks the exception send it too.
        Refusal::MalformedArn(arn) => with("InvalidArnException", format!("Invalid arn {arn}")),
        Refusal::ArnOfOtherRegion(region) => not_found(format!("Invalid arn {region}")),
        // Unverified: the exception, which the model lacks, and that it has no message.
        Refusal::ReservedAlias => without_message("NotAuthorizedException"),
        Refusal::NoSuchKey(arn) => not_found(no_such_key(arn)),
        Refusal::KeyStore(refusal) => key_stores::refused(refusal),
        Refusal::Denied(denied) => access_denied(denied.message()),
        Refusal::ForeignCiphertext => access_denied(
            "The ciphertext refers to a customer master key that does not exist, does not exist in this region, \
             or you are not allowed to access.",
        ),
        Refusal::IncorrectKey => with(
            "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation.",
        ),
        // Unverified: exception and text, which are the same whatever is wrong with it.
        Refusal::Attestation => validation("The attestation document is not valid."),
        // Unverified: the text.
        Refusal::InvalidGrantToken => with("InvalidGrantTokenException", "The grant token is not valid."),
        // Unverified: the text.
        Refusal::InvalidGrantId => with("InvalidGrantIdException", "The grant ID is not valid."),
        Refusal::InvalidPrincipal(principal) => {
            with("InvalidArnException", format!("ARN does not refer to a valid principal: {principal}"))
        }
        Refusal::Throttled => throttled(),
        Refusal::DryRun => {
            with("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
        }
        // Unverified: the text.
        Refusal::InvalidMarker => with("InvalidMarkerException", "The marker is not valid."),
        Refusal::InvalidSignature => without_message("KMSInvalidSignatureException"),
        Refusal::InvalidMac => without_message("KMSInvalidMacException"),
        Refusal::Validation(message) => validation(message.as_str()),
        Refusal::Missing(member) => validation(counted(&[missing(member)])),
        Refusal::Unsupported(message) => unsupported(message.as_str()),
        Refusal::AlgorithmUnfit { algorithm, spec } => algorithm_unfit(algorithm, *spec),
        Refusal::PlaintextTooLong { algorithm, spec, maximum } => validation(format!(
            "Algorithm {algorithm} and key spec {} cannot encrypt data larger than {maximum} bytes.",
            names::key_spec_word(*spec)
        )),
        Refusal::DigestLength(algorithm) => validation(format!("Digest is invalid length for algorithm {algorithm}.")),
        // Unverified: the text, modelled on that for a wrong origin.
        Refusal::SpecUnfit { arn, spec } => unsupported(format!(
            "{arn} key spec is {} which is not valid for this operation.",
            names::key_spec_word(*spec)
        )),
        Refusal::Tags(message) => with("TagException", *message),
        // Unverified: the text.
        Refusal::MalformedPolicy => {
            with("MalformedPolicyDocumentException", "The new key policy is not syntactically correct.")
        }
        Refusal::PolicyPrincipal => {
            with("MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals.")
        }
        Refusal::PolicyLockout => with(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        ),
        // Unverified: the text.
        Refusal::NoSuchPolicy => not_found("No such policy exists"),
        // Unverified: the text.
        Refusal::PolicyTooLong => with("LimitExceededException", "The key policy is longer than 32768 bytes."),
    }
}

fn failed(failure: &Failure, context: Context<'_>) -> Answer {
    match failure {
        Failure::UnknownOperation(_) => without_message("UnknownOperationException"),
        // Unverified: AWS's own limit and answer.
        Failure::TooLarge => Answer { status: 413, ..without_message("RequestEntityTooLargeException") },
        Failure::Deadline => throttled(),
        Failure::BrokenRequest | Failure::Malformed(_) => without_message("SerializationException"),
        Failure::Unfit(report) if !report.mismatches.is_empty() => without_message("SerializationException"),
        Failure::Unfit(report) => validation(violations(report, context.body)),
        Failure::Engine(error) => refused(error, context),
    }
}

fn refused(error: &Error, context: Context<'_>) -> Answer {
    let arn = |id: &KeyId| {
        let foreign = context.foreign.iter().find(|target| target.id == *id).map(|target| &target.scope);
        foreign.or(context.scope).map(|scope| key_arn(scope, id)).unwrap_or_default()
    };
    let arn_in = |region: &String, id| {
        let there = context.scope.map(|scope| Scope::new(scope.tenant.clone(), region.as_str()));
        there.map(|scope| key_arn(&scope, id)).unwrap_or_default()
    };
    let alias = |name| context.scope.map(|scope| alias_arn(scope, name)).unwrap_or_default();
    match error {
        Error::KeyNotFound(id) => not_found(no_such_key(&arn(id))),
        // Unverified: the text.
        Error::NameTaken(name) => {
            with("AlreadyExistsException", format!("An alias with the name {} already exists", alias(name)))
        }
        // Unverified: the text.
        Error::LabelNotFound(name) => not_found(format!("Alias {} is not found.", alias(name))),
        // Unverified: the text.
        Error::TooManyLabels(key) => {
            with("LimitExceededException", format!("The limit of aliases has been reached for the key {}.", arn(key)))
        }
        // Unverified: the text.
        Error::TooManyKeys => with("LimitExceededException", "The limit of KMS keys has been reached in this Region."),
        // Unverified: the text.
        Error::TooManyGrants(key) => {
            with("LimitExceededException", format!("The limit of grants has been reached for the key {}.", arn(key)))
        }
        // Unverified: the exception, of the two that the operations have, and the text.
        Error::GrantNotFound(id) => not_found(format!("Grant ID {id} not found")),
        Error::WrongState { key, state, operation } => wrong_state(&arn(key), *state, *operation),
        Error::WrongUsage { key, usage, .. } => with(
            "InvalidKeyUsageException",
            format!(
                "{} key usage is {} which is not valid for {}.",
                arn(key),
                names::usage_word(*usage),
                context.operation.unwrap_or_default()
            ),
        ),
        Error::AlgorithmUnfit { spec, algorithm, .. } => algorithm_unfit(names::algorithm_word(algorithm), *spec),
        // Unverified: exception and text.
        Error::ProviderKey { key, .. } => access_denied(format!(
            "User: {} is not authorized to perform: kms:{} on resource: {}",
            principal(context),
            context.operation.unwrap_or_default(),
            arn(key)
        )),
        // Nobody binds keys here.
        Error::KeyBound { key, .. } => unsupported(format!("{} is in use.", arn(key))),
        Error::NotPrimary(key) => unsupported(format!("{} is not a multi-region primary key.", arn(key))),
        // Unverified: the exception, and this text and the next two.
        Error::AlreadyPrimary(key) => unsupported(format!("{} is already the multi-region primary key.", arn(key))),
        Error::MemberExists { key, region } => {
            with("AlreadyExistsException", format!("{} already exists.", arn_in(region, key)))
        }
        Error::NoReplica { key, region } => not_found(no_such_key(&arn_in(region, key))),
        Error::ReplicaState { key, region, state } => {
            wrong_state(&arn_in(region, key), *state, KeyOperation::MovePrimary)
        }
        Error::UsageUnfit { spec, usage } => validation(format!(
            "KeyUsage {} is not compatible with KeySpec {}",
            names::usage_word(*usage),
            names::key_spec_word(*spec)
        )),
        Error::OriginUnfit { key, origin } => unsupported(format!(
            "{} origin is {} which is not valid for this operation.",
            arn(key),
            names::origin_word(*origin)
        )),
        // Unverified: the text, and that it is said here and not at the import.
        Error::WrappingNotOffered => unsupported(
            "The wrapping algorithm and the wrapping key spec are not supported for the key material of this KMS key.",
        ),
        Error::TokenUnknown | Error::TokenForOtherKey | Error::TokenSuperseded => {
            without_message("InvalidImportTokenException")
        }
        Error::TokenExpired => without_message("ExpiredImportTokenException"),
        // Unverified: both texts.
        Error::ExpiryNotInFuture => validation("ValidTo must be in the future"),
        Error::ExpiryTooFar => validation("ValidTo must be at most 365 days in the future"),
        // One answer for every bad blob, its length included.
        Error::UnwrapFailed | Error::TemporaryKeyUnfit | Error::PrivateKeyMissing | Error::PrivateKeyUnfit => {
            without_message("InvalidCiphertextException")
        }
        Error::MaterialUnfit | Error::MaterialDiffers => without_message("IncorrectKeyMaterialException"),
        Error::MaterialPending { key, refused, pending } => with(
            "KMSInvalidStateException",
            format!(
                "New key material (id: {}) cannot be imported into KMS key {}, because another key material (id: {}) \
                 is pending rotation.",
                refused.0,
                arn(key),
                pending.0
            ),
        ),
        // Unverified: the text, and the exception; of those that the operation has it fits best.
        Error::MaterialNotFound(material) => not_found(format!("Key material '{}' does not exist", material.0)),
        // Recorded for RotateKeyOnDemand. Unverified: that the other operations have no message either.
        Error::NotRotatable { .. } => without_message("UnsupportedOperationException"),
        // The table of the operation has the same bounds, and says so first.
        Error::RotationPeriod => validation("RotationPeriodInDays must be between 90 and 2560"),
        Error::RotationLimit(key) => with(
            "LimitExceededException",
            format!(
                "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can \
                 be performed for this key: {}",
                arn(key)
            ),
        ),
        // Unverified: the text. Nobody minds here how long ago a key was rotated.
        Error::RotationNear(key) | Error::RotationRecent(key) => with(
            "ConflictException",
            format!(
                "An automatic rotation of the key {} is in progress or scheduled to begin within the next 20 minutes.",
                arn(key)
            ),
        ),
        // No operation of this service minds whether rotation is on.
        Error::RotationOff(key) | Error::RotationOn(key) | Error::NothingToRotateTo(key) => with(
            "KMSInvalidStateException",
            format!("No available key material pending rotation for the key: {}.", arn(key)),
        ),
        Error::MaterialNotDeletable => unsupported("The key material of this KMS key cannot be deleted."),
        Error::CiphertextInvalid => without_message("InvalidCiphertextException"),
        Error::PlaintextTooLong { maximum } => {
            validation(format!("The algorithm cannot encrypt data larger than {maximum} bytes."))
        }
        Error::DigestLength => validation("Digest is invalid length for the algorithm."),
        // Unverified: exception and text.
        Error::MessageFormUnfit => validation("The MessageType is not valid for the SigningAlgorithm."),
        // Recorded with an empty message. Unverified: that the member is left out.
        Error::PeerKeyUnfit => without_message("ValidationException"),
        Error::DeletionWindow => validation("PendingWindowInDays must be between 7 and 30"),
        Error::KeyStoreNotFound(id) => key_stores::not_found(id),
        Error::KeyStoreNameTaken(name) => key_stores::name_taken(name),
        Error::KeyStoreClaimTaken(claim) => key_stores::claim_taken(claim),
        Error::TooManyKeyStores => key_stores::too_many(),
        Error::KeyStoreState { store, state } => key_stores::wrong_state(store, *state),
        Error::KeyStoreHoldsKeys(id) => key_stores::holds_keys(id),
        Error::OutsideKeyTaken(id) => key_stores::outside_key_taken(id),
        Error::OutsideKeyUnfit(_) => key_stores::outside_key_unfit(),
        Error::Outside { fault, .. } => key_stores::outside(*fault, context.operation),
        Error::Busy => throttled(),
        // This dialect keeps no records.
        Error::RecordNotFound { .. } | Error::RecordTaken { .. } | Error::TooManyRecords(_) | Error::Internal(_) => {
            Answer {
                status: 500,
                ..with("KMSInternalException", "An internal exception occurred. The request can be retried.")
            }
        }
    }
}

fn throttled() -> Answer {
    with(
        "ThrottlingException",
        "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
    )
}

fn no_such_key(arn: &str) -> String {
    format!("Key '{arn}' does not exist")
}

fn algorithm_unfit(algorithm: &str, spec: KeySpec) -> Answer {
    with(
        "InvalidKeyUsageException",
        format!("Algorithm {algorithm} is incompatible with key spec {}.", names::key_spec_word(spec)),
    )
}

fn wrong_state(arn: &str, state: KeyState, operation: KeyOperation) -> Answer {
    let invalid = |rest: &str| with("KMSInvalidStateException", format!("{arn} {rest}."));
    match (operation, state) {
        (KeyOperation::CancelDeletion, _) => invalid("is not pending deletion"),
        (_, KeyState::Disabled) => with("DisabledException", format!("{arn} is disabled.")),
        (_, KeyState::PendingImport) => invalid("is pending import"),
        (_, KeyState::PendingDeletion) => invalid("is pending deletion"),
        (_, KeyState::PendingReplicaDeletion) => invalid("is pending replica deletion"),
        (_, KeyState::Creating) => invalid("is creating"),
        (_, KeyState::Updating) => invalid("is updating"),
        // A key that is enabled: its material went between two looks. There is no archive here.
        (_, KeyState::Unavailable | KeyState::Enabled | KeyState::Archived) => invalid("is unavailable"),
    }
}

fn principal(context: Context<'_>) -> String {
    context.scope.map_or_else(String::new, |scope| {
        format!("arn:{}:iam::{}:root", partition(&scope.region), scope.tenant.account)
    })
}

fn unproven_answer(unproven: &Unproven) -> Answer {
    let incomplete = |message: String| with("IncompleteSignatureException", message);
    let invalid = |message: String| with("InvalidSignatureException", message);
    match unproven {
        Unproven::Unreadable(unreadable) => unreadable_answer(unreadable),
        Unproven::TimeFormat(text) => incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601"
        )),
        Unproven::Expired { time, earliest, now, window_seconds } => invalid(format!(
            "Signature expired: {time} is now earlier than {earliest} ({now} - {} min.)",
            window_seconds / 60
        )),
        Unproven::NotYetCurrent { time, latest, now, window_seconds } => invalid(format!(
            "Signature not yet current: {time} is still later than {latest} ({now} + {} min.)",
            window_seconds / 60
        )),
        Unproven::HostNotSigned => {
            invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned())
        }
        Unproven::Algorithm(name) => {
            incomplete(format!("Unsupported AWS 'algorithm': '{name}' (only AWS4-HMAC-SHA256 for now). "))
        }
        Unproven::CredentialForm(text) => incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{text}'"
        )),
        Unproven::Scope(faults) => {
            let sentences: Vec<String> = faults.iter().map(scope_sentence).collect();
            invalid(sentences.join(" "))
        }
        Unproven::UnknownClient => {
            with("UnrecognizedClientException", "The security token included in the request is invalid.")
        }
        Unproven::ExpiredToken => {
            with("ExpiredTokenException", "The security token included in the request is expired")
        }
        // Unverified: the text, modelled on that for the host.
        Unproven::HeaderNotSigned(name) => {
            invalid(format!("'{name}' must be a 'SignedHeader' in the AWS Authorization."))
        }
        Unproven::Signature => invalid(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details."
                .to_owned(),
        ),
    }
}

fn scope_sentence(fault: &ScopeFault) -> String {
    match fault {
        ScopeFault::Region => "Credential should be scoped to a valid region.".to_owned(),
        ScopeFault::Service => "Credential should be scoped to correct service: 'kms'.".to_owned(),
        ScopeFault::Terminator(word) => {
            format!("Credential should be scoped with a valid terminator: 'aws4_request', not '{word}'.")
        }
        ScopeFault::Date { scope, request, time } => format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{scope}' != \
             '{request}', from '{time}'."
        ),
    }
}

fn unreadable_answer(unreadable: &Unreadable) -> Answer {
    let incomplete = |message: String| with("IncompleteSignatureException", message);
    match unreadable {
        Unreadable::Nothing => with("MissingAuthenticationTokenException", "Missing Authentication Token"),
        Unreadable::Both => with(
            "InvalidSignatureException",
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        ),
        // Unverified: the text.
        Unreadable::Repeated => {
            incomplete("Authorization header must be given once, and each of its parts.".to_owned())
        }
        Unreadable::NotAPair { part, header } => incomplete(format!(
            "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'."
        )),
        Unreadable::HeaderLacks { parts, time, header } => {
            let mut text = String::new();
            for part in parts {
                text.push_str(&format!("Authorization header requires '{part}' parameter. "));
            }
            if *time {
                text.push_str("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
            }
            incomplete(format!("{text}Authorization={header}"))
        }
        Unreadable::QueryLacks(names) => {
            let sentences: Vec<String> =
                names.iter().map(|name| format!("AWS query-string parameters must include '{name}'. ")).collect();
            incomplete(format!("{}Re-examine the query-string parameters.", sentences.concat()))
        }
        // Unverified: the text.
        Unreadable::Lifetime => {
            incomplete("X-Amz-Expires must be a number of seconds between 1 and 604800.".to_owned())
        }
    }
}

#[cfg(test)]
#[path = "errors_tests.rs"]
mod tests;
