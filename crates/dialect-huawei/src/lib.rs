//! Huawei Cloud KMS (the key management part of DEW), as its SDKs and hand-written clients know it.
//!
//! Start at [`operations`](crate::supported): its table names every call with method and path, and
//! each call is one file. [`Huawei`] finds the line, proves the caller (`auth.rs`: signatures of
//! two kinds and IAM tokens), folds path and query into the body, lets `authorization.rs` say whether
//! and where they may, and puts answers and refusals into the vendor's three envelopes
//! (`errors.rs`). The few IAM calls that clients make before their first KMS call are in `iam/`, the
//! version queries in `versions.rs`.

mod accounts;
mod administration;
mod aliases;
mod auth;
mod authorization;
mod ciphertext;
mod codes;
mod context;
mod default_keys;
mod dialect;
mod directory;
mod errors;
mod grants;
mod iam;
mod identity;
mod key_details;
mod keyspace;
mod keystores;
mod members;
mod names;
mod operations;
mod pass;
mod policy;
mod quotas;
mod recipient;
mod routes;
mod settings;
mod shapes;
mod signing;
mod staff;
mod tags;
mod texts;
mod versions;

pub use accounts::{default_project, public_account, resolve_account};
pub use dialect::Huawei;
pub use operations::{supported, supported_paths};
pub use policy::policy;
pub use settings::{DEFAULT_REGION, Settings};
pub use staff::configured_principal;

/// The vendor's word: of its tenants, its policy and its configured credentials.
pub const VENDOR: &str = "huawei";
