//! Proof of who is calling.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use import_engine::Tenant;

/// A caller whose signature or token was verified.
///
/// Made only by the one authentication function of a dialect (`auth.rs`; the tidy test holds that).
/// Handlers get a [`Call`](crate::Call), which cannot be made without one.
#[derive(Clone)]
pub struct Verified {
    tenant: Tenant,
    region: String,
    principal: String,
    /// See [`Verified::identity`].
    identity: Option<Arc<dyn Any + Send + Sync>>,
}

impl Verified {
    /// States that the caller has proven to be `principal` of `tenant`, calling in `region`. To be
    /// called where the proof was checked and nowhere else.
    pub fn attest(tenant: Tenant, region: impl Into<String>, principal: impl Into<String>) -> Self {
        Self { tenant, region: region.into(), principal: principal.into(), identity: None }
    }

    /// The same caller, with what the dialect knows of them.
    #[must_use]
    pub fn with_identity<I: Any + Send + Sync>(mut self, identity: Arc<I>) -> Self {
        self.identity = Some(identity);
        self
    }

    /// What the dialect knows of the caller, if it said so in this type.
    pub fn identity<I: Any + Send + Sync>(&self) -> Option<&I> {
        self.identity.as_deref().and_then(|identity| identity.downcast_ref())
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

/// Callers are the same if their words are; what a dialect knows of them follows from those.
impl PartialEq for Verified {
    fn eq(&self, other: &Self) -> bool {
        (&self.tenant, &self.region, &self.principal) == (&other.tenant, &other.region, &other.principal)
    }
}

impl Eq for Verified {}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({} of {} in {})", self.principal, self.tenant, self.region)
    }
}
