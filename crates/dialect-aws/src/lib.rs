//! AWS KMS as its own SDKs expect it: AWS JSON 1.1 over `POST /`, Signature Version 4, and the
//! service's exceptions.
//!
//! A newcomer starts at [`Aws`], whose `serve` is a request's whole way: `auth` proves the caller,
//! `operations` holds one file per wire operation and the table that is both dispatch and support
//! matrix, `errors` puts every refusal into the service's words, and `policy` tells the engine
//! what this vendor allows. `names` and `identifiers` translate words, ARNs and key ids.

mod accounts;
mod administration;
mod asking;
mod attributes;
mod auth;
mod authorization;
mod caller;
mod ciphertext;
mod circumstances;
mod decision;
mod dialect;
mod directory;
mod errors;
mod grants;
mod iam;
mod identifiers;
mod key_metadata;
mod key_policy;
mod key_stores;
mod managed_keys;
mod marker;
mod multi_region;
mod names;
mod operations;
mod policy;
mod quotas;
mod settings;
mod shapes;
mod sigv4;
mod violations;

pub use accounts::{public_account, resolve_account};
pub use administration::configured_principal;
pub use dialect::Aws;
pub use key_stores::Proxies;
pub use operations::{supported, tables};
pub use policy::policy;
pub use quotas::Rates;
pub use settings::{ClusterSettings, KeyStoreSettings, Settings};

/// The word under which this vendor's tenants, credentials and policy are registered.
pub const VENDOR: &str = "aws";
