//! Tenants, their clocks, and what the store knows about itself.

use async_trait::async_trait;
use import_engine::store::{StoreError, Tenants};
use import_engine::{DomainClock, Tenant};

use crate::backend::Backend;
use crate::rows::{self, ClockRow, CountRow, TenantRow, ValueRow};
use crate::sql::{SqlStore, sql};

#[async_trait]
impl<DB: Backend> Tenants for SqlStore<DB> {
    async fn domain_clock(&self, tenant: &Tenant) -> Result<DomainClock, StoreError> {
        let select = "SELECT clock_kind, clock_value FROM tenants WHERE vendor = $1 AND account = $2";
        let found: Vec<ClockRow> = self.read(sql(select).tenant(tenant)).await?;
        found.first().map_or(Ok(DomainClock::Real), |row| rows::clock(row, tenant))
    }

    async fn set_domain_clock(&self, tenant: &Tenant, clock: DomainClock) -> Result<(), StoreError> {
        let put = "INSERT INTO tenants (vendor, account, clock_kind, clock_value) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (vendor, account) DO UPDATE SET clock_kind = excluded.clock_kind, \
                 clock_value = excluded.clock_value";
        let (kind, value) = rows::clock_columns(clock);
        self.write_one(|| sql::<DB>(put).tenant(tenant).bind(kind).bind(value)).await?;
        Ok(())
    }

    async fn tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        let select = "SELECT vendor, account FROM keys UNION SELECT vendor, account FROM access_keys \
             UNION SELECT vendor, account FROM records \
             ORDER BY vendor, account";
        let found: Vec<TenantRow> = self.read(sql(select)).await?;
        Ok(found.into_iter().map(rows::tenant).collect())
    }

    async fn note(&self, name: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        let insert = "INSERT INTO notes (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let select = "SELECT value FROM notes WHERE name = $1";
        self.write(|| async {
            let mut tx = self.begin().await?;
            sql::<DB>(insert).text(name).bind(value).run(&mut tx).await?;
            // A statement of its own sees the row of whoever was quicker.
            let stored: Option<ValueRow> = sql::<DB>(select).text(name).row(&mut tx).await?;
            tx.commit().await?;
            let Some(ValueRow { value }) = stored else {
                return Err(StoreError::Corrupt { table: "notes", column: "name", key: name.to_owned() }.into());
            };
            Ok(value)
        })
        .await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let _: Vec<CountRow> = self.read(sql("SELECT COUNT(*) AS count FROM notes")).await?;
        Ok(())
    }
}
