//! Grants of keys.

use async_trait::async_trait;
use import_engine::store::{Grant, GrantPlace, Grants, StoreError};
use import_engine::{KeyId, Scope};

use crate::backend::Backend;
use crate::keys::count_change;
use crate::rows::{self, CountRow, GrantRow, KeyCountRow};
use crate::sql::{SqlStore, sql};

/// Grants that a condition selects.
macro_rules! select_grants {
    ($which:literal) => {
        concat!(
            "SELECT vendor, account, region, key_id, id, name, grantee, retiring, issuer, terms, created_at \
             FROM grants WHERE ",
            $which
        )
    };
}

#[async_trait]
impl<DB: Backend> Grants for SqlStore<DB> {
    async fn grant(&self, scope: &Scope, key: &KeyId, id: &str) -> Result<Option<Grant>, StoreError> {
        let select = select_grants!("vendor = $1 AND account = $2 AND region = $3 AND key_id = $4 AND id = $5");
        let found: Vec<GrantRow> = self.read(sql(select).scope(scope).text(&key.0).text(id)).await?;
        Ok(found.into_iter().next().map(rows::grant))
    }

    async fn grant_of_any_key(&self, scope: &Scope, id: &str) -> Result<Option<Grant>, StoreError> {
        let select = select_grants!("vendor = $1 AND account = $2 AND region = $3 AND id = $4");
        let found: Vec<GrantRow> = self.read(sql(select).scope(scope).text(id)).await?;
        Ok(found.into_iter().next().map(rows::grant))
    }

    async fn grants_after(
        &self,
        scope: &Scope,
        key: &KeyId,
        grantee: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Grant>, StoreError> {
        let all = select_grants!(
            "vendor = $1 AND account = $2 AND region = $3 AND key_id = $4 AND id > $5 ORDER BY id LIMIT $6"
        );
        let of_one = select_grants!(
            "vendor = $1 AND account = $2 AND region = $3 AND key_id = $4 AND id > $5 AND grantee = $7 \
             ORDER BY id LIMIT $6"
        );
        let select = if grantee.is_some() { of_one } else { all };
        let after = after.unwrap_or_default();
        let statement = sql(select).scope(scope).text(&key.0).text(after).bind(i64::from(limit));
        let statement = match grantee {
            Some(grantee) => statement.text(grantee),
            None => statement,
        };
        let found: Vec<GrantRow> = self.read(statement).await?;
        Ok(found.into_iter().map(rows::grant).collect())
    }

    async fn grants_named(&self, scope: &Scope, key: &KeyId, name: &str) -> Result<Vec<Grant>, StoreError> {
        // The second condition on the name is what lets the index be used.
        let select = select_grants!(
            "vendor = $1 AND account = $2 AND region = $3 AND key_id = $4 AND name = $5 AND name <> '' ORDER BY id"
        );
        let found: Vec<GrantRow> = self.read(sql(select).scope(scope).text(&key.0).text(name)).await?;
        Ok(found.into_iter().map(rows::grant).collect())
    }

    async fn retirable_grants_after(
        &self,
        vendor: &str,
        region: &str,
        retiring: &str,
        after: Option<&GrantPlace>,
        limit: u32,
    ) -> Result<Vec<Grant>, StoreError> {
        let select = select_grants!(
            "vendor = $1 AND region = $2 AND retiring = $3 AND (account, key_id, id) > ($4, $5, $6) \
             ORDER BY account, key_id, id LIMIT $7"
        );
        let (account, key, id) =
            after.map_or(("", "", ""), |place| (place.account.as_str(), place.key.as_str(), place.id.as_str()));
        let statement = sql(select).text(vendor).text(region).text(retiring).text(account).text(key).text(id);
        let found: Vec<GrantRow> = self.read(statement.bind(i64::from(limit))).await?;
        Ok(found.into_iter().map(rows::grant).collect())
    }

    async fn count_grants(&self, scope: &Scope, key: &KeyId) -> Result<u64, StoreError> {
        let select = "SELECT COUNT(*) AS count FROM grants \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND key_id = $4";
        let found: Vec<CountRow> = self.read(sql(select).scope(scope).text(&key.0)).await?;
        Ok(rows::count(found.first()))
    }

    async fn grant_counts(&self, scope: &Scope) -> Result<Vec<(KeyId, u64)>, StoreError> {
        let select = "SELECT key_id, COUNT(*) AS count FROM grants \
             WHERE vendor = $1 AND account = $2 AND region = $3 GROUP BY key_id ORDER BY key_id";
        let found: Vec<KeyCountRow> = self.read(sql(select).scope(scope)).await?;
        Ok(found.into_iter().map(rows::key_count).collect())
    }

    async fn insert_grant(&self, grant: &Grant, revision: i64) -> Result<(), StoreError> {
        let insert = "INSERT INTO grants (vendor, account, region, key_id, id, name, grantee, retiring, issuer, \
                 terms, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
        self.write(|| async {
            let mut tx = self.begin().await?;
            count_change::<DB>(&mut tx, &grant.scope, &grant.key, revision).await?;
            let inserted = sql::<DB>(insert)
                .scope(&grant.scope)
                .text(&grant.key.0)
                .text(&grant.id)
                .text(&grant.name)
                .text(&grant.grantee)
                .text_or_null(grant.retiring.as_deref())
                .text(&grant.issuer)
                .text(&grant.terms)
                .bind(grant.created_at.0)
                .run(&mut tx)
                .await?;
            if inserted == 0 {
                return Err(StoreError::AlreadyExists.into());
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn remove_grant(&self, scope: &Scope, key: &KeyId, id: &str) -> Result<bool, StoreError> {
        let delete =
            "DELETE FROM grants WHERE vendor = $1 AND account = $2 AND region = $3 AND key_id = $4 AND id = $5";
        Ok(self.write_one(|| sql::<DB>(delete).scope(scope).text(&key.0).text(id)).await? > 0)
    }
}
