//! A tenant's domain clock.

use crate::clock::{DomainClock, Timestamp};
use crate::engine::Engine;
use crate::error::Error;
use crate::tenant::Tenant;

impl Engine {
    /// Whether tenants have domain clocks here at all.
    pub fn has_domain_clocks(&self) -> bool {
        self.options.domain_clocks
    }

    /// The tenant's clock.
    pub async fn domain_clock(&self, tenant: &Tenant) -> Result<DomainClock, Error> {
        Ok(self.store.domain_clock(tenant).await?)
    }

    /// Sets the tenant's clock; answers what it shows now. Everything that falls due by then
    /// happens at once, in the order in which it falls due.
    pub async fn set_domain_clock(&self, tenant: &Tenant, clock: DomainClock) -> Result<Timestamp, Error> {
        self.store.set_domain_clock(tenant, clock).await?;
        let now = self.now(tenant).await?;
        self.sweep_tenant(tenant, now).await?;
        Ok(now)
    }
}
