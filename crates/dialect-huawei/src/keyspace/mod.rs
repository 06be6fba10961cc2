//! The trusted keyspace: access points, policies that say which of them get a data key, and the
//! capsules in which data keys wait for them.
//!
//! The vendor has no call that makes a keyspace. It is a number in UUID form that access points and
//! policies have in common; here whoever names one has it.

pub(crate) mod access_point;
pub(crate) mod attestation;
pub(crate) mod capsule;
pub(crate) mod page;
pub(crate) mod policy;

/// The kind of an access point's record.
pub(crate) const ACCESS_POINT: &str = "access point";
/// The kind of a key policy's record.
pub(crate) const KEY_POLICY: &str = "key policy";

/// How many of each a project may have in a region. Unverified: the vendor tells no number.
pub(crate) const RECORDS_MAX: usize = 1000;

/// The name under which a record is unique in its keyspace.
// Unverified: that names are; the vendor's keys have unique ones.
pub(crate) fn unique_name(keyspace: &str, name: &str) -> String {
    format!("{keyspace}/{name}")
}

/// An identifier as it is kept. These calls take upper-case hex digits as well.
pub(crate) fn identifier(text: &str) -> String {
    text.to_ascii_lowercase()
}
