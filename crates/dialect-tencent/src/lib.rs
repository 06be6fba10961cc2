//! Tencent Cloud KMS, API 3.0, version 2019-01-18, as its clients see it.
//!
//! A request comes in one of several forms (JSON under a TC3 signature, flattened names in a query
//! or a form body under TC3 or one of the older parameter signatures). [`Tencent`] reads the common
//! parameters (`arrival.rs`), proves the caller (`auth.rs`), makes one JSON value of the action's
//! parameters (`parameters.rs`), finds the action in the table (`operations/mod.rs`), looks whether the
//! caller may do it (`permission.rs`) and wraps what it says into `{"Response":{…}}`. Whatever is refused gets its code and text in `errors.rs`; the
//! HTTP status is 200 in any case, because the vendor's SDKs look at the code for no other.

mod accounts;
mod administration;
mod arrival;
mod attributes;
mod auth;
mod authorization;
mod ciphertext;
mod context;
mod data_keys;
mod dialect;
mod directory;
mod encapsulated_ciphertext;
mod errors;
mod form;
mod frame;
mod guest_key;
mod identity;
mod key_metadata;
mod names;
mod operations;
mod parameters;
mod permission;
mod policy;
mod quotas;
mod record_kinds;
mod regions;
mod resource;
mod seen_signatures;
mod service;
mod settings;
mod shapes;
mod staff;
mod tags;
mod usages;
mod white_box;

pub use accounts::resolve_account;
pub use dialect::Tencent;
pub use operations::{supported, tables};
pub use policy::policy;
pub use regions::Edition;
pub use service::ServiceState;
pub use settings::{HsmCluster, Settings};
pub use staff::configured_principal;

/// The vendor's word: the first half of its tenants' names.
pub const VENDOR: &str = "tencent";

/// The only version of the API.
pub(crate) const API_VERSION: &str = "2019-01-18";
