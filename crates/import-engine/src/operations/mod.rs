//! One use case per file, each an `impl Engine` with one public method.
//!
//! Which refusal wins when several apply is the order of lines in the use case.

pub(crate) mod agree;
mod bind;
pub(crate) mod clock;
pub(crate) mod counterpart;
pub(crate) mod create_key;
pub(crate) mod data_key_pair;
pub(crate) mod decrypt;
pub(crate) mod delete_material;
pub(crate) mod deletion;
pub(crate) mod edit;
pub(crate) mod encapsulate;
pub(crate) mod encrypt;
pub(crate) mod encrypt_cbc;
pub(crate) mod encrypt_encapsulated;
pub(crate) mod get_import_parameters;
pub(crate) mod grants;
pub(crate) mod handout;
pub(crate) mod import_material;
pub(crate) mod key_stores;
pub(crate) mod labels;
pub(crate) mod last_use;
pub(crate) mod mac;
mod outside;
pub(crate) mod principals;
pub(crate) mod public_key;
pub(crate) mod random;
pub(crate) mod read;
pub(crate) mod recipient;
pub(crate) mod records;
pub(crate) mod regions;
pub(crate) mod rotate;
pub(crate) mod sign;
pub(crate) mod start;
pub(crate) mod state;
pub(crate) mod sweep;
