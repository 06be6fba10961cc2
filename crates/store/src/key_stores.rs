//! Key stores of tenants' own, and which keys live in them.

use async_trait::async_trait;
use import_engine::store::{KeyStores, Sealed, StoreError};
use import_engine::{Key, KeyStore, Residence, Scope};

use crate::backend::Backend;
use crate::rows::{self, CountRow, KeyStoreRow, SealedRow};
use crate::sql::{Failure, SqlStore, one_row, sql};

/// Key stores, never with their secrets.
macro_rules! select_stores {
    ($which:literal) => {
        concat!(
            "SELECT vendor, account, region, id, revision, name, kind, claim, attributes, state, settles_at, fault, \
                 created_at FROM key_stores WHERE vendor = $1 AND account = $2 AND region = $3",
            $which
        )
    };
}

#[async_trait]
impl<DB: Backend> KeyStores for SqlStore<DB> {
    async fn insert_key_store(&self, store: &KeyStore, secret: &Sealed) -> Result<(), StoreError> {
        let insert = "INSERT INTO key_stores (vendor, account, region, id, revision, name, kind, claim, attributes, \
                 state, settles_at, fault, created_at, sealed) \
             VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
        self.write(|| async {
            let mut tx = self.begin().await?;
            let inserted = sql::<DB>(insert)
                .scope(&store.scope)
                .text(&store.id)
                .text(&store.name)
                .bind(store.kind.word())
                .text(&store.claim)
                .text(&store.attributes)
                .bind(store.connection.state.word())
                .bind(store.connection.settles_at.0)
                .text_or_null(store.connection.fault.as_deref())
                .bind(store.created_at.0)
                .bind(secret.0.as_slice())
                .run(&mut tx)
                .await?;
            if inserted == 0 {
                return Err(StoreError::AlreadyExists.into());
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn key_store(&self, scope: &Scope, id: &str) -> Result<Option<KeyStore>, StoreError> {
        let found: Vec<KeyStoreRow> = self.read(sql(select_stores!(" AND id = $4")).scope(scope).text(id)).await?;
        found.into_iter().next().map(rows::key_store).transpose()
    }

    async fn key_stores(&self, scope: &Scope) -> Result<Vec<KeyStore>, StoreError> {
        let found: Vec<KeyStoreRow> = self.read(sql(select_stores!(" ORDER BY id")).scope(scope)).await?;
        found.into_iter().map(rows::key_store).collect()
    }

    async fn key_store_secret(&self, scope: &Scope, id: &str) -> Result<Option<Sealed>, StoreError> {
        let select = "SELECT sealed FROM key_stores WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $4";
        let found: Vec<SealedRow> = self.read(sql(select).scope(scope).text(id)).await?;
        Ok(found.into_iter().next().and_then(|row| row.sealed).map(Sealed))
    }

    async fn commit_key_store(&self, store: &KeyStore, secret: Option<&Sealed>) -> Result<(), StoreError> {
        let update = "UPDATE key_stores SET revision = revision + 1, name = $6, claim = $7, attributes = $8, \
                 state = $9, settles_at = $10, fault = $11, sealed = COALESCE($12, sealed) \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $4 AND revision = $5";
        self.write(|| async {
            let mut tx = self.begin().await?;
            let updated = sql::<DB>(update)
                .scope(&store.scope)
                .text(&store.id)
                .bind(store.revision)
                .text(&store.name)
                .text(&store.claim)
                .text(&store.attributes)
                .bind(store.connection.state.word())
                .bind(store.connection.settles_at.0)
                .text_or_null(store.connection.fault.as_deref())
                .bind(secret.map(|secret| secret.0.as_slice()))
                .run(&mut tx)
                .await;
            // The primary key is not set here: what exists already is the name or the claim.
            one_row(updated)?;
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn count_residents(&self, scope: &Scope, id: &str) -> Result<u64, StoreError> {
        let select = "SELECT COUNT(*) AS count FROM residences \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND store = $4";
        let found: Vec<CountRow> = self.read(sql(select).scope(scope).text(id)).await?;
        Ok(rows::count(found.first()))
    }

    async fn remove_key_store(&self, store: &KeyStore) -> Result<(), StoreError> {
        let delete = "DELETE FROM key_stores \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $4 AND revision = $5";
        self.write(|| async {
            let mut tx = self.begin().await?;
            let removed = sql::<DB>(delete).scope(&store.scope).text(&store.id).bind(store.revision).run(&mut tx).await;
            // A key that lives there does not let it go.
            one_row(removed)?;
            Ok(tx.commit().await?)
        })
        .await
    }
}

/// Says where a new key lives. Its store may be gone by now.
pub(crate) async fn house<DB: Backend>(
    connection: &mut DB::Connection,
    key: &Key,
    residence: &Residence,
) -> Result<(), Failure> {
    let insert = "INSERT INTO residences (vendor, account, region, key_id, store, outside_key) \
         SELECT vendor, account, region, $4, id, $6 FROM key_stores \
         WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $5 \
         ON CONFLICT DO NOTHING";
    let inserted = sql::<DB>(insert)
        .scope(&key.scope)
        .text(&key.id.0)
        .text(&residence.store)
        .text_or_null(residence.outside_key.as_deref())
        .run(connection)
        .await;
    match inserted {
        Ok(0) => Err(StoreError::AlreadyExists.into()),
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Err(StoreError::AlreadyExists.into()),
        Err(error) => Err(error.into()),
    }
}
