//! Import parameters and the pool of wrapping keys.

use async_trait::async_trait;
use import_engine::store::{ChangedKey, Imports, Sealed, SealedMaterial, StoreError, StoredKeyPair, StoredParameters};
use import_engine::{Key, Scope, Tenant, Timestamp, WrappingKeySpec};

use crate::backend::Backend;
use crate::keys;
use crate::rows::{self, CountRow, KeyPairRow, LeftRow, ParametersRow};
use crate::sql::{SqlStore, sql};

#[async_trait]
impl<DB: Backend> Imports for SqlStore<DB> {
    async fn insert_parameters(
        &self,
        parameters: &StoredParameters,
        budget: u32,
        newest_only: bool,
    ) -> Result<(), StoreError> {
        // Changes nothing, but makes sure that the key is there and stays, and lets only one caller
        // at a time go on: two that did not see each other's sets would leave both of them good.
        let lock = "UPDATE keys SET revision = revision \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $4";
        let supersede = "UPDATE import_parameters SET superseded = TRUE, private_key = NULL \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND key_id = $4 \
                 AND (private_key IS NOT NULL OR NOT superseded)";
        let insert = "INSERT INTO import_parameters (vendor, account, region, key_id, id, algorithm, wrapping_key, \
                 private_key, created_at, valid_to, superseded) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
        let insert_budget = "INSERT INTO import_failures (parameters_id, failures_left) VALUES ($1, $2)";
        self.write(|| async {
            let mut tx = self.begin().await?;
            if sql::<DB>(lock).scope(&parameters.scope).text(&parameters.key.0).run(&mut tx).await? == 0 {
                return Err(StoreError::Stale.into());
            }
            if newest_only {
                sql::<DB>(supersede).scope(&parameters.scope).text(&parameters.key.0).run(&mut tx).await?;
            }
            let inserted = sql::<DB>(insert)
                .scope(&parameters.scope)
                .text(&parameters.key.0)
                .text(&parameters.id)
                .bind(parameters.algorithm.word())
                .bind(parameters.wrapping_key.word())
                .bind(parameters.private_key.as_ref().map(|sealed| sealed.0.as_slice()))
                .bind(parameters.created_at.0)
                .bind(parameters.valid_to.0)
                .bind(parameters.superseded)
                .run(&mut tx)
                .await?;
            if inserted == 0 {
                return Err(StoreError::AlreadyExists.into());
            }
            sql::<DB>(insert_budget).text(&parameters.id).bind(i64::from(budget)).run(&mut tx).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn parameters(&self, scope: &Scope, id: &str) -> Result<Option<StoredParameters>, StoreError> {
        let select = "SELECT id, vendor, account, region, key_id, algorithm, wrapping_key, private_key, created_at, \
                 valid_to, superseded \
             FROM import_parameters WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $4";
        let found: Vec<ParametersRow> = self.read(sql(select).scope(scope).text(id)).await?;
        found.into_iter().next().map(rows::parameters).transpose()
    }

    async fn charge_failure(&self, scope: &Scope, id: &str) -> Result<(), StoreError> {
        let charge = "UPDATE import_failures SET failures_left = failures_left - 1 \
             WHERE failures_left > 0 AND parameters_id = ( \
                 SELECT id FROM import_parameters WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $4 \
             ) RETURNING failures_left";
        let wipe = "UPDATE import_parameters SET private_key = NULL \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $4 AND private_key IS NOT NULL";
        self.write(|| async {
            let mut tx = self.begin().await?;
            let left: Option<LeftRow> = sql::<DB>(charge).scope(scope).text(id).row(&mut tx).await?;
            // No row: the set is gone, or spent already. Either way there is nothing to count, and
            // a set that came with no budget at all is wiped too.
            if left.is_none_or(|row| row.failures_left == 0) {
                sql::<DB>(wipe).scope(scope).text(id).run(&mut tx).await?;
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn commit_import(
        &self,
        key: &Key,
        materials: &[SealedMaterial],
        copies: &[ChangedKey],
        parameters: &str,
    ) -> Result<(), StoreError> {
        // Changes nothing, but holds the set as it is until the key is stored.
        let hold = "UPDATE import_parameters SET superseded = superseded \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND key_id = $4 AND id = $5 \
                 AND private_key IS NOT NULL AND NOT superseded";
        self.write(|| async {
            let mut tx = self.begin().await?;
            keys::commit_all::<DB>(&mut tx, copies, Some((key, materials))).await?;
            let held = sql::<DB>(hold).scope(&key.scope).text(&key.id.0).text(parameters).run(&mut tx).await?;
            if held == 0 {
                return Err(StoreError::Stale.into());
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn remove_expired_parameters(&self, tenant: &Tenant, now: Timestamp) -> Result<u64, StoreError> {
        let delete = "DELETE FROM import_parameters WHERE vendor = $1 AND account = $2 AND valid_to <= $3";
        self.write_one(|| sql::<DB>(delete).tenant(tenant).bind(now.0)).await
    }

    async fn put_key_pair(&self, pair: &StoredKeyPair) -> Result<(), StoreError> {
        let insert = "INSERT INTO wrapping_keys (id, spec, public_key, private_key) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING";
        let Sealed(private_key) = &pair.private_key;
        self.write(|| async {
            let mut tx = self.begin().await?;
            let statement = sql::<DB>(insert).text(&pair.id).bind(pair.spec.word());
            if statement.bind(pair.public_key.as_slice()).bind(private_key.as_slice()).run(&mut tx).await? == 0 {
                return Err(StoreError::AlreadyExists.into());
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn take_key_pair(&self, spec: WrappingKeySpec) -> Result<Option<StoredKeyPair>, StoreError> {
        self.write(|| async {
            let mut tx = self.begin().await?;
            let taken: Option<KeyPairRow> = sql::<DB>(DB::TAKE_KEY_PAIR).bind(spec.word()).row(&mut tx).await?;
            tx.commit().await?;
            Ok(taken.map(rows::key_pair).transpose()?)
        })
        .await
    }

    async fn count_key_pairs(&self, spec: WrappingKeySpec) -> Result<u64, StoreError> {
        let select = "SELECT COUNT(*) AS count FROM wrapping_keys WHERE spec = $1";
        let found: Vec<CountRow> = self.read(sql(select).bind(spec.word())).await?;
        Ok(rows::count(found.first()))
    }
}
