//! Whose key it is and where it lives: vendor, account, region.

use std::fmt;

/// One account, project or user number at one vendor.
///
/// The vendor is an opaque word to the engine: it only picks the [`Policy`](crate::Policy) and
/// keeps tenants apart.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Tenant {
    /// The word under which the vendor's policy is registered.
    pub vendor: String,
    /// The vendor's own name of the account.
    pub account: String,
}

impl Tenant {
    /// A tenant by its two words.
    pub fn new(vendor: impl Into<String>, account: impl Into<String>) -> Self {
        Self { vendor: vendor.into(), account: account.into() }
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.vendor, self.account)
    }
}

/// A tenant in one region. A key belongs to exactly one scope and is invisible from every other.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Scope {
    /// Whose keys.
    pub tenant: Tenant,
    /// The vendor's name of the region, such as `us-east-1`.
    pub region: String,
}

impl Scope {
    /// The tenant's part in one region.
    pub fn new(tenant: Tenant, region: impl Into<String>) -> Self {
        Self { tenant, region: region.into() }
    }
}

/// The vendor's identifier of a key, unique within its scope.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct KeyId(pub String);

impl KeyId {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for KeyId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for KeyId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
