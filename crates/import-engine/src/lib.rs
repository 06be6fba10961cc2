//! The rules of importing, keeping and using keys, free of any vendor, wire or database.
//!
//! [`Engine`] is the way in: one method per use case, each in a file of `operations/`. What a key
//! is and how it changes is in [`Key`], as pure functions; what vendors disagree on comes in as a
//! [`Policy`]; what must be kept goes through the traits of [`store`]; secrets are [`Material`]
//! in memory and [`Sealed`](store::Sealed) anywhere else.

pub mod primitives;
pub mod store;
pub mod wrapping;

mod arrival;
mod chance;
mod clock;
mod engine;
mod error;
mod key;
mod key_pairs;
mod key_store;
mod last_uses;
mod loaded_keys;
mod material;
mod multi_region;
mod operations;
mod outside;
mod policy;
mod rotation;
mod sealing;
mod spec;
mod tenant;
mod token;
mod words;

pub use arrival::Expected;
pub use chance::{Chance, KeyIdForm, SystemChance};
pub use clock::{Clock, DomainClock, ManualClock, SystemClock, Timestamp};
pub use engine::{Engine, Options};
pub use error::{Error, Fault};
pub use key::{Deletion, Expiry, Key, KeyManager, KeyOperation, KeyState, MaterialId, MaterialRecord, MaterialRole};
pub use key_pairs::{KeyPair, KeyPairs, PoolDepths};
pub use key_store::{Connection, ConnectionState, KeyStore, KeyStoreKind, Residence};
pub use material::{Material, constant_time_eq};
pub use multi_region::{MultiRegion, NewReplica, Settling, Waiting};
pub use operations::agree::SharedSecret;
pub use operations::create_key::{NewKey, NewResidence, usage_fits};
pub use operations::data_key_pair::DataKeyPair;
pub use operations::decrypt::Decrypted;
pub use operations::delete_material::Deleted;
pub use operations::edit::Facts;
pub use operations::encapsulate::Encapsulated;
pub use operations::encrypt::{Ciphertext, DataKey, Encrypted, EncryptionContext, SymmetricCiphertext};
pub use operations::encrypt_cbc::CbcCiphertext;
pub use operations::encrypt_encapsulated::EncapsulatedCiphertext;
pub use operations::get_import_parameters::ImportParameters;
pub use operations::grants::{GrantPage, NewGrant};
pub use operations::import_material::{ImportMaterial, Imported};
pub use operations::key_stores::{KeyStoreChange, NewKeyStore};
pub use operations::labels::LabelPage;
pub use operations::last_use::LastUse;
pub use operations::principals::{AccessKey, NewAccessKey};
pub use operations::public_key::PublicKey;
pub use operations::recipient::Attestation;
pub use operations::records::{NewRecord, RecordId};
pub use operations::sign::{Checked, Signed};
pub use operations::start::{StartError, prove_cryptography};
pub use outside::{OutsideCiphertext, OutsideFault, OutsideKey, OutsideKeys};
pub use policy::{
    BindingRules, LatestExpiry, LossWhileDisabled, Offer, Policies, Policy, PolicyByRegion, PrivateKeyForm, PssSalt,
    ReplicaRules, RotationRules,
};
pub use rotation::{Rotated, RotationKind, RotationSchedule};
pub use sealing::{MASTER_KEY_LENGTH, Sealing};
pub use spec::{
    EncryptionAlgorithm, KeyFamily, KeySpec, KeyUsage, MacAlgorithm, MessageForm, Origin, SigningAlgorithm,
    WrappingAlgorithm, WrappingKeySpec,
};
pub use tenant::{KeyId, Scope, Tenant};
pub use token::TOKEN_LENGTH_MIN;
pub use wrapping::Wrapped;
