//! Labels of keys.

use async_trait::async_trait;
use import_engine::store::{Label, Labels, StoreError};
use import_engine::{KeyId, Scope, Timestamp};

use crate::backend::Backend;
use crate::keys::count_change;
use crate::rows::{self, CountRow, LabelRow};
use crate::sql::{Failure, SqlStore, sql};

/// Labels above a name whose keys live on.
macro_rules! select_after {
    ($which:literal) => {
        concat!(
            "SELECT l.vendor, l.account, l.region, l.name, l.key_id, l.created_at, l.updated_at \
             FROM labels AS l JOIN keys AS k \
                 ON k.vendor = l.vendor AND k.account = l.account AND k.region = l.region AND k.id = l.key_id \
             WHERE l.vendor = $1 AND l.account = $2 AND l.region = $3 AND l.name > $4 \
                 AND (k.deletion_at IS NULL OR k.deletion_at > $5) \
                 AND (k.waiting_until IS NULL OR k.waiting_until + k.waiting_window_days * 86400000000 > $5)",
            $which,
            " ORDER BY l.name LIMIT $6"
        )
    };
}

#[async_trait]
impl<DB: Backend> Labels for SqlStore<DB> {
    async fn label(&self, scope: &Scope, name: &str) -> Result<Option<Label>, StoreError> {
        let select = "SELECT vendor, account, region, name, key_id, created_at, updated_at FROM labels \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND name = $4";
        let found: Vec<LabelRow> = self.read(sql(select).scope(scope).text(name)).await?;
        Ok(found.into_iter().next().map(rows::label))
    }

    async fn labels_after(
        &self,
        scope: &Scope,
        key: Option<&KeyId>,
        after: Option<&str>,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Label>, StoreError> {
        let select = if key.is_some() { select_after!(" AND l.key_id = $7") } else { select_after!("") };
        let statement = sql(select).scope(scope).text(after.unwrap_or_default()).bind(now.0).bind(i64::from(limit));
        let statement = match key {
            Some(id) => statement.text(&id.0),
            None => statement,
        };
        let found: Vec<LabelRow> = self.read(statement).await?;
        Ok(found.into_iter().map(rows::label).collect())
    }

    async fn count_labels(&self, scope: &Scope, key: &KeyId) -> Result<u64, StoreError> {
        let select = "SELECT COUNT(*) AS count FROM labels \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND key_id = $4";
        let found: Vec<CountRow> = self.read(sql(select).scope(scope).text(&key.0)).await?;
        Ok(rows::count(found.first()))
    }

    async fn insert_label(&self, label: &Label, revision: i64) -> Result<(), StoreError> {
        self.write(|| async {
            let mut tx = self.begin().await?;
            count_change::<DB>(&mut tx, &label.scope, &label.key, revision).await?;
            insert::<DB>(&mut tx, label).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn move_label(&self, label: &Label, from: &KeyId, revision: i64) -> Result<(), StoreError> {
        let update = "UPDATE labels SET key_id = $6, updated_at = $7 \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND name = $4 AND key_id = $5";
        self.write(|| async {
            let mut tx = self.begin().await?;
            count_change::<DB>(&mut tx, &label.scope, &label.key, revision).await?;
            let updated = sql::<DB>(update)
                .scope(&label.scope)
                .text(&label.name)
                .text(&from.0)
                .text(&label.key.0)
                .bind(label.updated_at.0)
                .run(&mut tx)
                .await?;
            if updated == 0 {
                return Err(StoreError::Stale.into());
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn remove_labels(
        &self,
        scope: &Scope,
        key: &KeyId,
        names: &[String],
        revision: i64,
    ) -> Result<Option<String>, StoreError> {
        let delete = "DELETE FROM labels \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND name = $4 AND key_id = $5";
        self.write(|| async {
            let mut tx = self.begin().await?;
            count_change::<DB>(&mut tx, scope, key, revision).await?;
            for name in names {
                let removed = sql::<DB>(delete).scope(scope).text(name).text(&key.0).run(&mut tx).await?;
                if removed == 0 {
                    // The transaction is dropped, and with it what it has removed so far.
                    return Ok(Some(name.clone()));
                }
            }
            tx.commit().await?;
            Ok(None)
        })
        .await
    }

    async fn remove_label(&self, scope: &Scope, name: &str) -> Result<bool, StoreError> {
        let delete = "DELETE FROM labels WHERE vendor = $1 AND account = $2 AND region = $3 AND name = $4";
        Ok(self.write_one(|| sql::<DB>(delete).scope(scope).text(name)).await? > 0)
    }
}

/// Stores a new label.
pub(crate) async fn insert<DB: Backend>(connection: &mut DB::Connection, label: &Label) -> Result<(), Failure> {
    let insert = "INSERT INTO labels (vendor, account, region, name, key_id, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let inserted = sql::<DB>(insert)
        .scope(&label.scope)
        .text(&label.name)
        .text(&label.key.0)
        .bind(label.created_at.0)
        .bind(label.updated_at.0)
        .run(connection)
        .await?;
    if inserted == 0 { Err(StoreError::AlreadyExists.into()) } else { Ok(()) }
}
