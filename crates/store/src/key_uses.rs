//! The last uses of keys.

use async_trait::async_trait;
use import_engine::store::{KeyUse, KeyUses, StoreError};
use import_engine::{KeyId, Scope};

use crate::backend::Backend;
use crate::rows::{self, KeyUseRow};
use crate::sql::{SqlStore, sql};

#[async_trait]
impl<DB: Backend> KeyUses for SqlStore<DB> {
    async fn put_key_uses(&self, uses: &[KeyUse]) -> Result<(), StoreError> {
        // The key is looked up in the same statement, because it may have vanished meanwhile.
        let put = "INSERT INTO key_uses (vendor, account, region, key_id, operation, used_at, noted_at, request, event) \
             SELECT vendor, account, region, id, $5, $6, $7, $8, $9 FROM keys \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $4 \
             ON CONFLICT (vendor, account, region, key_id) DO UPDATE SET operation = excluded.operation, \
                 used_at = excluded.used_at, noted_at = excluded.noted_at, request = excluded.request, \
                 event = excluded.event \
             WHERE excluded.noted_at >= key_uses.noted_at";
        // In the same order everywhere, so that servers that write at once do not wait in a circle.
        let mut uses: Vec<&KeyUse> = uses.iter().collect();
        uses.sort_by(|one, other| (&one.scope, &one.key).cmp(&(&other.scope, &other.key)));
        let uses = &uses;
        self.write(|| async move {
            let mut tx = self.begin().await?;
            for key_use in uses {
                sql::<DB>(put)
                    .scope(&key_use.scope)
                    .text(&key_use.key.0)
                    .text(&key_use.operation)
                    .bind(key_use.used_at.0)
                    .bind(key_use.noted_at.0)
                    .text(&key_use.request)
                    .text(&key_use.event)
                    .run(&mut tx)
                    .await?;
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn key_use(&self, scope: &Scope, key: &KeyId) -> Result<Option<KeyUse>, StoreError> {
        let select = "SELECT vendor, account, region, key_id, operation, used_at, noted_at, request, event \
             FROM key_uses WHERE vendor = $1 AND account = $2 AND region = $3 AND key_id = $4";
        let found: Vec<KeyUseRow> = self.read(sql(select).scope(scope).text(&key.0)).await?;
        Ok(found.into_iter().next().map(rows::key_use))
    }
}
