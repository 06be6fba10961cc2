//! Who acts for tenants, and their access keys.

use async_trait::async_trait;
use import_engine::store::{Principal, Principals, Sealed, StoreError, StoredAccessKey};
use import_engine::{Tenant, Timestamp};

use crate::backend::Backend;
use crate::rows::{self, AccessKeyRow, CountRow, PrincipalRow};
use crate::sql::{Failure, SqlStore, one_row, sql};

/// Principals, picked by some condition.
macro_rules! select_principals {
    ($which:literal) => {
        concat!("SELECT vendor, account, name, revision, created_at, attributes FROM principals WHERE ", $which)
    };
}

/// Access keys beside the principals whose they are, picked by some condition.
macro_rules! select_access_keys {
    ($which:literal) => {
        concat!(
            "SELECT k.id, k.secret, k.token, k.created_at AS key_created_at, k.expires_at, \
                 k.attributes AS key_attributes, p.vendor, p.account, p.name, p.revision, p.created_at, p.attributes \
             FROM access_keys AS k JOIN principals AS p \
                 ON p.vendor = k.vendor AND p.account = k.account AND p.name = k.principal \
             WHERE ",
            $which
        )
    };
}

#[async_trait]
impl<DB: Backend> Principals for SqlStore<DB> {
    async fn principal(&self, tenant: &Tenant, name: &str) -> Result<Option<Principal>, StoreError> {
        let select = select_principals!("vendor = $1 AND account = $2 AND name = $3");
        let found: Vec<PrincipalRow> = self.read(sql(select).tenant(tenant).text(name)).await?;
        Ok(found.into_iter().next().map(rows::principal))
    }

    async fn principals(&self, tenant: &Tenant) -> Result<Vec<Principal>, StoreError> {
        let select = select_principals!("vendor = $1 AND account = $2 ORDER BY name");
        let found: Vec<PrincipalRow> = self.read(sql(select).tenant(tenant)).await?;
        Ok(found.into_iter().map(rows::principal).collect())
    }

    async fn insert_principal(&self, principal: &Principal) -> Result<(), StoreError> {
        let insert = "INSERT INTO principals (vendor, account, name, revision, created_at, attributes) \
             VALUES ($1, $2, $3, 1, $4, $5) ON CONFLICT DO NOTHING";
        self.write(|| async {
            let mut tx = self.begin().await?;
            let statement = sql::<DB>(insert).tenant(&principal.tenant).text(&principal.name);
            let statement = statement.bind(principal.created_at.0).text(&principal.attributes);
            if statement.run(&mut tx).await? == 0 {
                return Err(StoreError::AlreadyExists.into());
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn commit_principal(&self, principal: &Principal) -> Result<(), StoreError> {
        let update = "UPDATE principals SET revision = revision + 1, attributes = $5 \
             WHERE vendor = $1 AND account = $2 AND name = $3 AND revision = $4";
        self.write(|| async {
            let mut tx = self.begin().await?;
            let statement = sql::<DB>(update).tenant(&principal.tenant).text(&principal.name);
            let statement = statement.bind(principal.revision).text(&principal.attributes);
            if statement.run(&mut tx).await? == 0 {
                return Err(StoreError::Stale.into());
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn remove_principal(&self, tenant: &Tenant, name: &str) -> Result<bool, StoreError> {
        let delete = "DELETE FROM principals WHERE vendor = $1 AND account = $2 AND name = $3";
        Ok(self.write_one(|| sql::<DB>(delete).tenant(tenant).text(name)).await? > 0)
    }

    async fn insert_access_key(&self, key: &StoredAccessKey) -> Result<(), StoreError> {
        self.write(|| async {
            let mut tx = self.begin().await?;
            put::<DB>(&mut tx, key, false).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn replace_access_key(&self, key: &StoredAccessKey) -> Result<(), StoreError> {
        self.write(|| async {
            let mut tx = self.begin().await?;
            put::<DB>(&mut tx, key, true).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn count_access_keys(&self, tenant: &Tenant, principal: &str) -> Result<u64, StoreError> {
        let select = "SELECT COUNT(*) AS count FROM access_keys WHERE vendor = $1 AND account = $2 AND principal = $3";
        let found: Vec<CountRow> = self.read(sql(select).tenant(tenant).text(principal)).await?;
        Ok(rows::count(found.first()))
    }

    async fn access_key(&self, vendor: &str, id: &str) -> Result<Option<(StoredAccessKey, Principal)>, StoreError> {
        let select = select_access_keys!("k.vendor = $1 AND k.id = $2");
        let found: Vec<AccessKeyRow> = self.read(sql(select).text(vendor).text(id)).await?;
        Ok(found.into_iter().next().map(rows::access_key))
    }

    async fn access_keys(&self, tenant: &Tenant, principal: &str) -> Result<Vec<StoredAccessKey>, StoreError> {
        let select = select_access_keys!("k.vendor = $1 AND k.account = $2 AND k.principal = $3 ORDER BY k.id");
        let found: Vec<AccessKeyRow> = self.read(sql(select).tenant(tenant).text(principal)).await?;
        Ok(found.into_iter().map(|row| rows::access_key(row).0).collect())
    }

    async fn remove_access_key(&self, tenant: &Tenant, principal: &str, id: &str) -> Result<bool, StoreError> {
        let delete = "DELETE FROM access_keys WHERE vendor = $1 AND account = $2 AND principal = $3 AND id = $4";
        Ok(self.write_one(|| sql::<DB>(delete).tenant(tenant).text(principal).text(id)).await? > 0)
    }

    async fn remove_expired_access_keys(&self, tenant: &Tenant, now: Timestamp) -> Result<u64, StoreError> {
        let delete = "DELETE FROM access_keys WHERE vendor = $1 AND account = $2 AND expires_at <= $3";
        self.write_one(|| sql::<DB>(delete).tenant(tenant).bind(now.0)).await
    }
}

/// Stores an access key, perhaps in place of one of the same id and principal.
async fn put<DB: Backend>(
    connection: &mut DB::Connection,
    key: &StoredAccessKey,
    replaces: bool,
) -> Result<(), Failure> {
    // Holds the principal until the end, so that it cannot be removed in between.
    let hold = "UPDATE principals SET revision = revision WHERE vendor = $1 AND account = $2 AND name = $3";
    let delete = "DELETE FROM access_keys WHERE vendor = $1 AND account = $2 AND principal = $3 AND id = $4";
    let insert = "INSERT INTO access_keys \
             (vendor, account, id, principal, secret, token, created_at, expires_at, attributes) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    one_row(sql::<DB>(hold).tenant(&key.tenant).text(&key.principal).run(connection).await)?;
    if replaces {
        sql::<DB>(delete).tenant(&key.tenant).text(&key.principal).text(&key.id).run(connection).await?;
    }
    let token = key.token.as_ref().map(|Sealed(bytes)| bytes.as_slice());
    let statement = sql::<DB>(insert).tenant(&key.tenant).text(&key.id).text(&key.principal);
    let statement = statement.bind(key.secret.0.as_slice()).bind(token);
    let statement = statement.bind(key.created_at.0).bind(key.expires_at.map(|end| end.0));
    if statement.text(&key.attributes).run(connection).await? == 0 {
        return Err(StoreError::AlreadyExists.into());
    }
    Ok(())
}
