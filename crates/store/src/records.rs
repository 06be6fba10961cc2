//! What dialects keep besides keys.

use async_trait::async_trait;
use import_engine::store::{Record, Records, Sealed, SealedSecret, StoreError};
use import_engine::{KeyId, Scope, Tenant, Timestamp};

use crate::backend::Backend;
use crate::rows::{self, CountRow, RecordRow, SealedRow};
use crate::sql::{Failure, SqlStore, one_row, sql};

/// What is asked of records of a kind that are not due, and whose keys are not.
macro_rules! select_of_records {
    ($what:literal, $which:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM records AS r LEFT JOIN keys AS k \
                 ON k.vendor = r.vendor AND k.account = r.account AND k.region = r.region AND k.id = r.key_id \
             WHERE r.vendor = $1 AND r.account = $2 AND r.region = $3 AND r.kind = $4 \
                 AND (r.due_at IS NULL OR r.due_at > $5) \
                 AND (k.deletion_at IS NULL OR k.deletion_at > $5) \
                 AND (k.waiting_until IS NULL OR k.waiting_until + k.waiting_window_days * 86400000000 > $5)",
            $which
        )
    };
}

/// Those records themselves.
macro_rules! select_records {
    ($which:literal) => {
        select_of_records!(
            "r.vendor, r.account, r.region, r.kind, r.id, r.revision, r.name, r.key_id, r.attributes, \
             r.created_at, r.due_at",
            $which
        )
    };
}

#[async_trait]
impl<DB: Backend> Records for SqlStore<DB> {
    async fn insert_record(
        &self,
        record: &Record,
        secrets: &[SealedSecret],
        most: Option<usize>,
    ) -> Result<(), StoreError> {
        let insert = "INSERT INTO records (vendor, account, region, kind, id, revision, name, key_id, attributes, \
                 created_at, due_at) \
             VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
        let insert_secret = "INSERT INTO record_secrets (vendor, account, region, kind, record, name, sealed) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)";
        self.write(|| async {
            let mut tx = self.begin().await?;
            if let Some(most) = most {
                require_room::<DB>(&mut tx, record, most).await?;
            }
            let inserted = sql::<DB>(insert)
                .scope(&record.scope)
                .text(&record.kind)
                .text(&record.id)
                .text_or_null(record.name.as_deref())
                .text_or_null(record.key.as_ref().map(KeyId::as_str))
                .text(&record.attributes)
                .bind(record.created_at.0)
                .bind(record.due_at.map(|due| due.0))
                .run(&mut tx)
                .await;
            match inserted {
                Ok(0) => return Err(StoreError::AlreadyExists.into()),
                Ok(_) => {}
                // The key is gone.
                Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
                    return Err(StoreError::Stale.into());
                }
                Err(error) => return Err(error.into()),
            }
            for secret in secrets {
                let statement = sql::<DB>(insert_secret).scope(&record.scope).text(&record.kind).text(&record.id);
                statement.text(&secret.name).bind(secret.sealed.0.as_slice()).run(&mut tx).await?;
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn record(&self, scope: &Scope, kind: &str, id: &str, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let statement = sql(select_records!(" AND r.id = $6")).scope(scope).text(kind).bind(now.0).text(id);
        let found: Vec<RecordRow> = self.read(statement).await?;
        Ok(found.into_iter().next().map(rows::record))
    }

    async fn record_named(
        &self,
        scope: &Scope,
        kind: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        let statement = sql(select_records!(" AND r.name = $6")).scope(scope).text(kind).bind(now.0).text(name);
        let found: Vec<RecordRow> = self.read(statement).await?;
        Ok(found.into_iter().next().map(rows::record))
    }

    async fn records(
        &self,
        scope: &Scope,
        kind: &str,
        key: Option<&KeyId>,
        now: Timestamp,
    ) -> Result<Vec<Record>, StoreError> {
        let all = select_records!(" ORDER BY r.created_at DESC, r.id");
        let of_one = select_records!(" AND r.key_id = $6 ORDER BY r.created_at DESC, r.id");
        let select = if key.is_some() { of_one } else { all };
        let statement = sql(select).scope(scope).text(kind).bind(now.0);
        let statement = match key {
            Some(key) => statement.text(&key.0),
            None => statement,
        };
        let found: Vec<RecordRow> = self.read(statement).await?;
        Ok(found.into_iter().map(rows::record).collect())
    }

    async fn commit_records(&self, records: &[Record]) -> Result<(), StoreError> {
        let update = "UPDATE records SET revision = revision + 1, name = $7, attributes = $8, due_at = $9 \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND kind = $4 AND id = $5 AND revision = $6";
        self.write(|| async {
            let mut tx = self.begin().await?;
            for record in records {
                let updated = sql::<DB>(update)
                    .scope(&record.scope)
                    .text(&record.kind)
                    .text(&record.id)
                    .bind(record.revision)
                    .text_or_null(record.name.as_deref())
                    .text(&record.attributes)
                    .bind(record.due_at.map(|due| due.0))
                    .run(&mut tx)
                    .await;
                // The primary key is not set here: what exists already is the name.
                one_row(updated)?;
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn remove_record(&self, record: &Record) -> Result<(), StoreError> {
        let delete = "DELETE FROM records \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND kind = $4 AND id = $5 AND revision = $6";
        self.write(|| async {
            let mut tx = self.begin().await?;
            let statement = sql::<DB>(delete).scope(&record.scope).text(&record.kind).text(&record.id);
            one_row(statement.bind(record.revision).run(&mut tx).await)?;
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn record_secret(
        &self,
        scope: &Scope,
        kind: &str,
        id: &str,
        name: &str,
    ) -> Result<Option<Sealed>, StoreError> {
        let select = "SELECT sealed FROM record_secrets \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND kind = $4 AND record = $5 AND name = $6";
        let found: Vec<SealedRow> = self.read(sql(select).scope(scope).text(kind).text(id).text(name)).await?;
        Ok(found.into_iter().next().and_then(|row| row.sealed).map(Sealed))
    }

    async fn remove_due_records(&self, tenant: &Tenant, now: Timestamp) -> Result<u64, StoreError> {
        let delete = "DELETE FROM records WHERE vendor = $1 AND account = $2 AND due_at <= $3";
        self.write_one(|| sql::<DB>(delete).tenant(tenant).bind(now.0)).await
    }
}

/// Refuses a record if there are `most` of its kind that stay, and keeps everybody else who wants to know from
/// counting until this transaction ends.
async fn require_room<DB: Backend>(
    connection: &mut DB::Connection,
    record: &Record,
    most: usize,
) -> Result<(), Failure> {
    let Record { scope, kind, created_at, .. } = record;
    // Two places of one name would do no more than wait for each other.
    let place = ["records", &scope.tenant.vendor, &scope.tenant.account, &scope.region, kind].join("/");
    sql::<DB>(DB::LOCK).text(&place).run(connection).await?;
    let select = select_of_records!("COUNT(*) AS count", " AND r.due_at IS NULL");
    let statement = sql::<DB>(select).scope(scope).text(kind).bind(created_at.0);
    let counted: Option<CountRow> = statement.row(connection).await?;
    if rows::count(counted.as_ref()) < u64::try_from(most).unwrap_or(u64::MAX) {
        Ok(())
    } else {
        Err(StoreError::Full.into())
    }
}
