//! Everything the engine can refuse, in the product's words.
//!
//! No prose, no status, no vendor's code: each dialect's `errors.rs` says what a variant is called
//! on its wire, in one exhaustive `match`. Adding a variant here stops every dialect from
//! compiling until it has said so.

use std::fmt;

use crate::key::{KeyOperation, KeyState, MaterialId};
use crate::key_store::ConnectionState;
use crate::outside::OutsideFault;
use crate::spec::{KeySpec, KeyUsage, Origin};
use crate::tenant::KeyId;

/// Why a use case did not happen. Nothing was changed when one of these comes back.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// No such key in this scope, or its deletion has fallen due.
    #[error("key {0} does not exist")]
    KeyNotFound(KeyId),
    /// The key's unique name is taken by another key of the scope.
    #[error("the name {0:?} is taken")]
    NameTaken(String),
    /// No such label in this scope, or its key's deletion has fallen due.
    #[error("label {0:?} does not exist")]
    LabelNotFound(String),
    /// The key has as many labels as this vendor allows.
    #[error("key {0} has no room for another label")]
    TooManyLabels(KeyId),
    /// The scope has as many keys as this vendor allows.
    #[error("no room for another key")]
    TooManyKeys,
    /// The key has as many grants as this vendor allows.
    #[error("key {0} has no room for another grant")]
    TooManyGrants(KeyId),
    /// The key has no such grant.
    #[error("grant {0:?} does not exist")]
    GrantNotFound(String),
    /// The key's state does not allow the operation.
    #[error("{operation} of key {key} while {state}")]
    WrongState {
        /// Which key.
        key: KeyId,
        /// The state it is in.
        state: KeyState,
        /// What was asked.
        operation: KeyOperation,
    },
    /// The key is for another purpose.
    #[error("{operation} of key {key} whose usage is {usage}")]
    WrongUsage {
        /// Which key.
        key: KeyId,
        /// Its kind.
        spec: KeySpec,
        /// What it is for.
        usage: KeyUsage,
        /// What was asked.
        operation: KeyOperation,
    },
    /// The algorithm does not go with the key's kind.
    #[error("{algorithm} with key {key} of kind {spec}")]
    AlgorithmUnfit {
        /// Which key.
        key: KeyId,
        /// Its kind.
        spec: KeySpec,
        /// The engine's word of the algorithm.
        algorithm: &'static str,
    },
    /// The key is managed by the provider of the service, who does not leave this to its owner.
    #[error("{operation} of the provider's key {key}")]
    ProviderKey {
        /// Which key.
        key: KeyId,
        /// What was asked.
        operation: KeyOperation,
    },
    /// Somebody besides the owner relies on the key.
    #[error("{operation} of key {key} that somebody relies on")]
    KeyBound {
        /// Which key.
        key: KeyId,
        /// What was asked.
        operation: KeyOperation,
    },
    /// The key is not one that copies in other regions are made of.
    #[error("key {0} is no primary")]
    NotPrimary(KeyId),
    /// The key is the primary already.
    #[error("key {0} is the primary already")]
    AlreadyPrimary(KeyId),
    /// There is a copy of the key in the region already.
    #[error("key {key} exists in {region}")]
    MemberExists {
        /// Which key.
        key: KeyId,
        /// The region.
        region: String,
    },
    /// There is no copy of the key in the region.
    #[error("key {key} does not exist in {region}")]
    NoReplica {
        /// Which key.
        key: KeyId,
        /// The region.
        region: String,
    },
    /// The state of the key's copy in another region does not allow that it becomes the primary.
    #[error("move of the primary to the copy of key {key} in {region} while {state}")]
    ReplicaState {
        /// Which key.
        key: KeyId,
        /// The copy's region.
        region: String,
        /// The state the copy is in.
        state: KeyState,
    },
    /// A usage that a key of this kind cannot have.
    #[error("usage {usage} with kind {spec}")]
    UsageUnfit {
        /// The kind.
        spec: KeySpec,
        /// The usage.
        usage: KeyUsage,
    },
    /// The operation needs a key of the other origin.
    #[error("key {key} has origin {origin}")]
    OriginUnfit {
        /// Which key.
        key: KeyId,
        /// The origin it has.
        origin: Origin,
    },
    /// This vendor does not offer this wrapping for this kind of key.
    #[error("wrapping not offered")]
    WrappingNotOffered,
    /// The import token is not one of ours, is damaged, or its private key is destroyed.
    #[error("import token unknown")]
    TokenUnknown,
    /// The import token was given out for another key.
    #[error("import token of another key")]
    TokenForOtherKey,
    /// The import token is past its end.
    #[error("import token expired")]
    TokenExpired,
    /// A newer set of parameters has made this token void.
    #[error("import token superseded")]
    TokenSuperseded,
    /// The material would expire before it arrives.
    #[error("expiry is not in the future")]
    ExpiryNotInFuture,
    /// The material would live longer than this vendor allows.
    #[error("expiry is too far ahead")]
    ExpiryTooFar,
    /// The wrapped blob does not open. One answer for every kind of damage.
    #[error("wrapped material does not open")]
    UnwrapFailed,
    /// The temporary key of the two-field form has an impossible length.
    #[error("temporary key unfit")]
    TemporaryKeyUnfit,
    /// The two-field form came without its second field.
    #[error("private key missing")]
    PrivateKeyMissing,
    /// The second field of the two-field form does not open or is no private key of the kind.
    #[error("private key unfit")]
    PrivateKeyUnfit,
    /// The material opened, but is not of the length, form or kind that the key needs.
    #[error("material unfit")]
    MaterialUnfit,
    /// Other material than the key was first given, or than the caller said it would be.
    #[error("material differs")]
    MaterialDiffers,
    /// New material, for a key of which other material waits for a rotation already.
    #[error("material {refused:?} for key {key}, of which {pending:?} waits for rotation")]
    MaterialPending {
        /// Which key.
        key: KeyId,
        /// The material that came.
        refused: MaterialId,
        /// The material that waits.
        pending: MaterialId,
    },
    /// The key has no material of this name.
    #[error("material {0:?} does not exist")]
    MaterialNotFound(MaterialId),
    /// Material of this kind of key is not deleted at this vendor.
    #[error("material cannot be deleted")]
    MaterialNotDeletable,
    /// Keys of this kind keep the material they have.
    #[error("key {key} of kind {spec} cannot be rotated")]
    NotRotatable {
        /// Which key.
        key: KeyId,
        /// Its kind.
        spec: KeySpec,
    },
    /// A rotation period outside the vendor's bounds.
    #[error("rotation period")]
    RotationPeriod,
    /// The key was rotated on demand as often as this vendor allows.
    #[error("key {0} cannot be rotated on demand again")]
    RotationLimit(KeyId),
    /// The key is about to be rotated anyway.
    #[error("an automatic rotation of key {0} is near")]
    RotationNear(KeyId),
    /// The key was rotated too short a time ago.
    #[error("key {0} was rotated a short time ago")]
    RotationRecent(KeyId),
    /// The key is not rotated automatically, which what was asked presupposes.
    #[error("rotation of key {0} is off")]
    RotationOff(KeyId),
    /// The key is rotated automatically already.
    #[error("rotation of key {0} is on already")]
    RotationOn(KeyId),
    /// No material was imported that the key could be rotated to.
    #[error("no material of key {0} waits for rotation")]
    NothingToRotateTo(KeyId),
    /// The ciphertext is damaged, was made under another context, or by another material.
    #[error("ciphertext invalid")]
    CiphertextInvalid,
    /// More plaintext than the algorithm takes; the most is given in bytes.
    #[error("plaintext longer than {maximum} bytes")]
    PlaintextTooLong {
        /// The most bytes that fit.
        maximum: usize,
    },
    /// The digest does not have the length of the algorithm's hash.
    #[error("digest length")]
    DigestLength,
    /// The message form does not go with the algorithm.
    #[error("message form unfit")]
    MessageFormUnfit,
    /// A peer's public key is none, or not one on the key's curve.
    #[error("peer key unfit")]
    PeerKeyUnfit,
    /// A deletion window outside the vendor's bounds.
    #[error("deletion window")]
    DeletionWindow,
    /// No such key store in this scope.
    #[error("key store {0:?} does not exist")]
    KeyStoreNotFound(String),
    /// The name belongs to another key store of the scope.
    #[error("the key store name {0:?} is taken")]
    KeyStoreNameTaken(String),
    /// What stands behind the key store stands behind another one of the scope.
    #[error("{0:?} is behind another key store")]
    KeyStoreClaimTaken(String),
    /// The scope has as many key stores as this vendor allows.
    #[error("no room for another key store")]
    TooManyKeyStores,
    /// The key store's connection does not allow the operation.
    #[error("key store {store:?} is {state}")]
    KeyStoreState {
        /// Which store.
        store: String,
        /// The state of its connection.
        state: ConnectionState,
    },
    /// The key store has keys.
    #[error("key store {0:?} holds keys")]
    KeyStoreHoldsKeys(String),
    /// The key that somebody else keeps belongs to another key of the store.
    #[error("the outside key {0:?} is taken")]
    OutsideKeyTaken(String),
    /// The key that somebody else keeps is not one that can be half of ours.
    #[error("the outside key {0:?} is unfit")]
    OutsideKeyUnfit(String),
    /// Whoever keeps the other half of the key did not do what was needed.
    #[error("outside half of key {key}: {fault}")]
    Outside {
        /// Which key.
        key: KeyId,
        /// Why.
        fault: OutsideFault,
    },
    /// No such record in this scope, or it is due to vanish.
    #[error("{kind} {id:?} does not exist")]
    RecordNotFound {
        /// What it would be, in the dialect's word.
        kind: String,
        /// Its identifier.
        id: String,
    },
    /// The identifier or the name belongs to another record of the kind.
    #[error("the {kind} name {name:?} is taken")]
    RecordTaken {
        /// What it would be, in the dialect's word.
        kind: String,
        /// The name, or the identifier.
        name: String,
    },
    /// The scope has as many records of the kind as the dialect allows.
    #[error("no room for another {0}")]
    TooManyRecords(String),
    /// Many callers changed the same key at once, or no wrapping key came in time. Try again.
    #[error("busy")]
    Busy,
    /// Something broke. The cause is for the log only.
    #[error("internal fault")]
    Internal(#[source] Fault),
}

impl Error {
    /// A fault from whatever caused it.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Fault(cause.into()))
    }
}

/// The private cause of [`Error::Internal`]. Equal to nothing, itself included.
#[derive(Debug)]
pub struct Fault(pub Box<dyn std::error::Error + Send + Sync>);

impl PartialEq for Fault {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}
