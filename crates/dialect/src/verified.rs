//! Proof of who is calling.

use import_engine::Tenant;

/// A caller whose signature or token was verified.
///
/// Made only by the one authentication function of a dialect (`auth.rs`; the tidy test holds that).
/// Handlers get a [`Call`](crate::Call), which cannot be made without one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    tenant: Tenant,
    region: String,
    principal: String,
}

impl Verified {
    /// States that the caller has proven to be `principal` of `tenant`, calling in `region`. To be
    /// called where the proof was checked and nowhere else.
    pub fn attest(tenant: Tenant, region: impl Into<String>, principal: impl Into<String>) -> Self {
        Self { tenant, region: region.into(), principal: principal.into() }
    }

    /// Whose keys the caller may see.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The region the call is for.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Who within the tenant: an access id or a user name.
    pub fn principal(&self) -> &str {
        &self.principal
    }
}
