//! Tidying up: wipes what has expired, removes what was to be deleted, rotates what is due.
//!
//! No answer depends on it, because every read computes what holds at its instant.

use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::Error;
use crate::operations::rotate::Stale;
use crate::store::StoreError;
use crate::tenant::Tenant;

/// How many keys are looked at in one go.
const BATCH: u32 = 100;
/// How long an access key that is past its end is still known, so that its user is told the reason.
const REMEMBERED_SECONDS: i64 = 7 * 86_400;

impl Engine {
    /// Sweeps every tenant at the instant its clock shows; answers how many keys were changed.
    pub async fn sweep(&self) -> Result<u64, Error> {
        let mut changed = 0;
        for tenant in self.store.tenants().await? {
            let now = self.now(&tenant).await?;
            changed += self.sweep_tenant(&tenant, now).await?;
        }
        Ok(changed)
    }

    /// Sweeps one tenant, what fell due first at first; answers how many keys were changed.
    pub async fn sweep_tenant(&self, tenant: &Tenant, now: Timestamp) -> Result<u64, Error> {
        let mut changed = 0;
        loop {
            let due = self.store.keys_due(tenant, now, BATCH).await?;
            if due.is_empty() {
                break;
            }
            for key in due {
                self.forget(&key);
                let policy = self.policy(&key.scope)?;
                let outcome = match key.clone().at(now, policy) {
                    Some(settled) => match self.after_due_rotations(&settled, now).await? {
                        Some((rotated, bytes)) => match self.commit_rotation(&rotated, &bytes, now).await? {
                            Ok(()) => Ok(()),
                            Err(Stale) => Err(StoreError::Stale),
                        },
                        None => self.store.commit_key(&settled, &[]).await,
                    },
                    None => self.store.remove_key(&key).await,
                };
                match outcome {
                    // Somebody else changed it meanwhile: the next look decides.
                    Ok(()) | Err(StoreError::Stale) => changed += 1,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        self.store.remove_expired_parameters(tenant, now).await?;
        self.store.remove_due_records(tenant, now).await?;
        self.store.remove_expired_access_keys(tenant, now.plus_seconds(-REMEMBERED_SECONDS)).await?;
        Ok(changed)
    }
}
