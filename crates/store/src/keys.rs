//! Key records and the bytes of their materials.

use async_trait::async_trait;
use import_engine::store::{ChangedKey, Keys, Label, Sealed, SealedMaterial, StoreError};
use import_engine::{Expiry, Key, KeyId, MaterialId, MaterialRecord, Scope, Tenant, Timestamp};

use crate::backend::Backend;
use crate::key_stores;
use crate::labels;
use crate::rows::{self, CountRow, IdRow, KeyRow, PresentRow, SealedRow, TenantRow};
use crate::sql::{Failure, SqlStore, Statement, sql};
use crate::text::keepable;

/// Keys beside their materials, never with the bytes. One statement, so that a record and its
/// materials are of the same moment.
macro_rules! select_keys {
    ($which:literal, $order:literal) => {
        concat!(
            "SELECT k.vendor, k.account, k.region, k.id, k.revision, k.spec, k.usage, k.origin, k.state, \
                 k.created_at, k.deletion_at, k.deletion_window_days, k.description, k.name, k.attributes, \
                 r.store, r.outside_key, s.attributes AS store_attributes, s.state AS store_state, \
                 s.settles_at AS store_settles_at, s.fault AS store_fault, \
                 k.manager, k.primary_account, k.primary_region, k.home_account, k.settles_into, k.settles_at, k.waiting_window_days, k.waiting_until, \
                 k.rotation_period_days, k.rotation_at, \
                 m.id AS material_id, m.generation, m.role, m.imported_at, m.expires_at, \
                 m.rotated_at, m.rotation_kind, \
                 m.description AS material_description, m.public_key, \
                 m.sealed IS NOT NULL AS present \
             FROM (SELECT * FROM keys WHERE ",
            $which,
            ") AS k LEFT JOIN residences AS r \
                 ON r.vendor = k.vendor AND r.account = k.account AND r.region = k.region AND r.key_id = k.id \
             LEFT JOIN key_stores AS s \
                 ON s.vendor = r.vendor AND s.account = r.account AND s.region = r.region AND s.id = r.store \
             LEFT JOIN materials AS m \
                 ON m.vendor = k.vendor AND m.account = k.account AND m.region = k.region AND m.key_id = k.id \
             ORDER BY ",
            $order,
            ", m.generation, m.id"
        )
    };
}

#[async_trait]
impl<DB: Backend> Keys for SqlStore<DB> {
    async fn insert_key(&self, key: &Key, materials: &[SealedMaterial]) -> Result<(), StoreError> {
        self.write(|| async {
            let mut tx = self.begin().await?;
            insert::<DB>(&mut tx, key, materials).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn insert_labelled_key(&self, key: &ChangedKey, label: &Label) -> Result<(), StoreError> {
        self.write(|| async {
            let mut tx = self.begin().await?;
            insert::<DB>(&mut tx, &key.key, &key.materials).await?;
            labels::insert::<DB>(&mut tx, label).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn key(&self, scope: &Scope, id: &KeyId) -> Result<Option<Key>, StoreError> {
        let select = select_keys!("vendor = $1 AND account = $2 AND region = $3 AND id = $4", "k.id");
        let found: Vec<KeyRow> = self.read(sql(select).scope(scope).text(&id.0)).await?;
        Ok(rows::keys(found)?.into_iter().next())
    }

    async fn keys_after(&self, scope: &Scope, after: Option<&KeyId>, limit: u32) -> Result<Vec<Key>, StoreError> {
        let select = select_keys!(
            "vendor = $1 AND account = $2 AND region = $3 AND id > $4 ORDER BY vendor, account, region, id LIMIT $5",
            "k.id"
        );
        let after = after.map_or("", KeyId::as_str);
        rows::keys(self.read(sql(select).scope(scope).text(after).bind(i64::from(limit))).await?)
    }

    async fn all_keys(&self, scope: &Scope) -> Result<Vec<Key>, StoreError> {
        let select = select_keys!("vendor = $1 AND account = $2 AND region = $3", "k.created_at DESC, k.id");
        rows::keys(self.read(sql(select).scope(scope)).await?)
    }

    async fn sealed_material(
        &self,
        scope: &Scope,
        key: &KeyId,
        material: &MaterialId,
    ) -> Result<Option<Sealed>, StoreError> {
        let select = "SELECT sealed FROM materials \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND key_id = $4 AND id = $5";
        let found: Vec<SealedRow> = self.read(sql(select).scope(scope).text(&key.0).text(&material.0)).await?;
        Ok(found.into_iter().next().and_then(|row| row.sealed).map(Sealed))
    }

    async fn commit_key(&self, key: &Key, materials: &[SealedMaterial]) -> Result<(), StoreError> {
        self.write(|| async {
            let mut tx = self.begin().await?;
            commit::<DB>(&mut tx, key, materials).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn tenants_with_key(&self, vendor: &str, region: &str, id: &KeyId) -> Result<Vec<Tenant>, StoreError> {
        let select = "SELECT vendor, account FROM keys WHERE vendor = $1 AND region = $2 AND id = $3 ORDER BY account";
        let found: Vec<TenantRow> = self.read(sql(select).text(vendor).text(region).text(&id.0)).await?;
        Ok(found.into_iter().map(rows::tenant).collect())
    }

    async fn key_named(&self, scope: &Scope, name: &str) -> Result<Option<Key>, StoreError> {
        let select = select_keys!("vendor = $1 AND account = $2 AND region = $3 AND name = $4", "k.id");
        let found: Vec<KeyRow> = self.read(sql(select).scope(scope).text(name)).await?;
        Ok(rows::keys(found)?.into_iter().next())
    }

    async fn count_keys(&self, scope: &Scope) -> Result<u64, StoreError> {
        let select = "SELECT COUNT(*) AS count FROM keys \
             WHERE vendor = $1 AND account = $2 AND region = $3 AND manager = 'owner'";
        let found: Vec<CountRow> = self.read(sql(select).scope(scope)).await?;
        Ok(rows::count(found.first()))
    }

    async fn members(&self, scope: &Scope, id: &KeyId) -> Result<Vec<Key>, StoreError> {
        // Those who had the key first are the same for all of its members, and for nobody else.
        let select = select_keys!(
            "vendor = $1 AND id = $4 AND ((account = $2 AND region = $3) OR home_account = ( \
                 SELECT own.home_account FROM keys AS own \
                 WHERE own.vendor = $1 AND own.account = $2 AND own.region = $3 AND own.id = $4))",
            "k.region, k.account"
        );
        rows::keys(self.read(sql(select).scope(scope).text(&id.0)).await?)
    }

    async fn commit_members(&self, changed: &[ChangedKey], new: Option<&ChangedKey>) -> Result<(), StoreError> {
        self.write(|| async move {
            let mut tx = self.begin().await?;
            commit_all::<DB>(&mut tx, changed, None).await?;
            if let Some(ChangedKey { key, materials }) = new {
                insert::<DB>(&mut tx, key, materials).await?;
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn remove_key(&self, key: &Key) -> Result<(), StoreError> {
        let delete =
            "DELETE FROM keys WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $4 AND revision = $5";
        self.write(|| async {
            let mut tx = self.begin().await?;
            if sql::<DB>(delete).scope(&key.scope).text(&key.id.0).bind(key.revision).run(&mut tx).await? == 0 {
                return Err(StoreError::Stale.into());
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn keys_due(&self, tenant: &Tenant, now: Timestamp, limit: u32) -> Result<Vec<Key>, StoreError> {
        let select = select_keys!(
            "vendor = $1 AND account = $2 AND due_at <= $3 ORDER BY due_at, region, id LIMIT $4",
            "k.due_at, k.region, k.id"
        );
        rows::keys(self.read(sql(select).tenant(tenant).bind(now.0).bind(i64::from(limit))).await?)
    }
}

/// Stores a new key.
async fn insert<DB: Backend>(
    connection: &mut DB::Connection,
    key: &Key,
    materials: &[SealedMaterial],
) -> Result<(), Failure> {
    let insert = "INSERT INTO keys (vendor, account, region, id, revision, spec, usage, origin, state, \
             created_at, deletion_at, deletion_window_days, description, name, attributes, due_at, manager, \
             primary_region, settles_into, settles_at, waiting_window_days, waiting_until, \
             rotation_period_days, rotation_at, primary_account, home_account) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
             $23, $24, $25, $26) \
         ON CONFLICT DO NOTHING";
    let statement = record(sql::<DB>(insert).scope(&key.scope).text(&key.id.0).bind(1i64), key);
    if statement.run(connection).await? == 0 {
        return Err(StoreError::AlreadyExists.into());
    }
    if let Some(residence) = &key.residence {
        key_stores::house::<DB>(connection, key, residence).await?;
    }
    put_materials::<DB>(connection, key, materials).await
}

/// Binds what can change about a key, in the order in which both statements name it.
fn record<DB: Backend>(statement: Statement<DB>, key: &Key) -> Statement<DB> {
    let regions = key.multi_region.as_ref();
    let settling = regions.and_then(|regions| regions.settling);
    let waiting = regions.and_then(|regions| regions.waiting);
    statement
        .bind(key.spec.word())
        .bind(key.usage.word())
        .bind(key.origin.word())
        .bind(key.lasting_state().word())
        .bind(key.created_at.0)
        .bind(key.deletion.map(|deletion| deletion.at.0))
        .bind(key.deletion.map(|deletion| i64::from(deletion.window_days)))
        .text(&key.description)
        .text_or_null(key.name.as_deref())
        .text(&key.attributes)
        .bind(key.due_at().map(|due| due.0))
        .bind(key.manager.word())
        .text_or_null(regions.map(|regions| regions.primary.region.as_str()))
        .bind(settling.map(|settling| settling.into.word()))
        .bind(settling.map(|settling| settling.at.0))
        .bind(waiting.map(|waiting| i64::from(waiting.window_days)))
        .bind(waiting.and_then(|waiting| waiting.until).map(|until| until.0))
        .bind(key.rotation.map(|schedule| i64::from(schedule.period_days)))
        .bind(key.rotation.map(|schedule| schedule.next_at.0))
        .text_or_null(regions.map(|regions| regions.primary.tenant.account.as_str()))
        .text_or_null(regions.map(|regions| regions.home.account.as_str()))
}

/// Stores several changed keys inside a transaction, and one more, each as [`commit`] does: always in the
/// same order, so that none who locks several waits for another in a circle.
pub(crate) async fn commit_all<DB: Backend>(
    connection: &mut DB::Connection,
    changed: &[ChangedKey],
    further: Option<(&Key, &[SealedMaterial])>,
) -> Result<(), Failure> {
    let mut ordered: Vec<(&Key, &[SealedMaterial])> =
        changed.iter().map(|changed| (&changed.key, changed.materials.as_slice())).chain(further).collect();
    ordered.sort_by(|(one, _), (other, _)| (&one.scope, &one.id).cmp(&(&other.scope, &other.id)));
    for (key, materials) in ordered {
        commit::<DB>(connection, key, materials).await?;
    }
    Ok(())
}

/// Stores a changed key inside a transaction that has not touched anything after the key yet: every
/// transaction locks the key's row first, so that none waits for another in a circle.
pub(crate) async fn commit<DB: Backend>(
    connection: &mut DB::Connection,
    key: &Key,
    materials: &[SealedMaterial],
) -> Result<(), Failure> {
    let update = "UPDATE keys SET revision = revision + 1, spec = $6, usage = $7, origin = $8, state = $9, \
             created_at = $10, deletion_at = $11, deletion_window_days = $12, description = $13, name = $14, \
             attributes = $15, due_at = $16, manager = $17, primary_region = $18, settles_into = $19, \
             settles_at = $20, waiting_window_days = $21, waiting_until = $22, rotation_period_days = $23, \
             rotation_at = $24, primary_account = $25, home_account = $26 \
         WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $4 AND revision = $5";
    let statement = sql::<DB>(update).scope(&key.scope).text(&key.id.0).bind(key.revision);
    let updated = record(statement, key).run(connection).await;
    match updated {
        Ok(0) => return Err(StoreError::Stale.into()),
        Ok(_) => {}
        // The primary key is not set here, so the name is all that can collide. There is no asking
        // beforehand: somebody could take the name between the question and the update.
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            return Err(StoreError::AlreadyExists.into());
        }
        Err(error) => return Err(error.into()),
    }
    remove_materials_not_listed::<DB>(connection, key).await?;
    put_materials::<DB>(connection, key, materials).await
}

/// Locks a key of which something shall hang or be taken off, as every transaction does first, and
/// counts a change of it.
pub(crate) async fn count_change<DB: Backend>(
    connection: &mut DB::Connection,
    scope: &Scope,
    key: &KeyId,
    revision: i64,
) -> Result<(), Failure> {
    let update = "UPDATE keys SET revision = revision + 1 \
         WHERE vendor = $1 AND account = $2 AND region = $3 AND id = $4 AND revision = $5";
    let updated = sql::<DB>(update).scope(scope).text(&key.0).bind(revision).run(connection).await?;
    if updated == 0 { Err(StoreError::Stale.into()) } else { Ok(()) }
}

async fn remove_materials_not_listed<DB: Backend>(connection: &mut DB::Connection, key: &Key) -> Result<(), Failure> {
    let select = "SELECT id FROM materials WHERE vendor = $1 AND account = $2 AND region = $3 AND key_id = $4";
    let delete = "DELETE FROM materials WHERE vendor = $1 AND account = $2 AND region = $3 AND key_id = $4 AND id = $5";
    let stored: Vec<IdRow> = sql::<DB>(select).scope(&key.scope).text(&key.id.0).rows(connection).await?;
    for IdRow { id } in stored {
        if !key.materials.iter().any(|material| keepable(&material.id.0) == id) {
            sql::<DB>(delete).scope(&key.scope).text(&key.id.0).bind(&*id).run(connection).await?;
        }
    }
    Ok(())
}

/// Writes the key's material records and their new bytes. Bytes of materials that are not present
/// are wiped; those of present ones without new bytes stay.
async fn put_materials<DB: Backend>(
    connection: &mut DB::Connection,
    key: &Key,
    materials: &[SealedMaterial],
) -> Result<(), Failure> {
    let put = "INSERT INTO materials (vendor, account, region, key_id, id, generation, role, imported_at, \
             expires_at, description, public_key, sealed, rotated_at, rotation_kind) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14, $15) \
         ON CONFLICT (vendor, account, region, key_id, id) DO UPDATE SET generation = excluded.generation, \
             role = excluded.role, imported_at = excluded.imported_at, expires_at = excluded.expires_at, \
             description = excluded.description, public_key = excluded.public_key, \
             rotated_at = excluded.rotated_at, rotation_kind = excluded.rotation_kind, \
             sealed = CASE WHEN $13 THEN COALESCE(excluded.sealed, materials.sealed) END \
         RETURNING sealed IS NOT NULL AS present";
    for record in &key.materials {
        let sealed = new_bytes(record, materials);
        let stored: Option<PresentRow> = sql::<DB>(put)
            .scope(&key.scope)
            .text(&key.id.0)
            .text(&record.id.0)
            .bind(record.generation)
            .bind(record.role.word())
            .bind(record.imported_at.0)
            .bind(expires_at(record.expiry))
            .text(&record.description)
            .bind(record.public_key.as_deref())
            .bind(sealed)
            .bind(record.present)
            .bind(record.rotated.map(|rotated| rotated.at.0))
            .bind(record.rotated.map(|rotated| rotated.kind.word()))
            .row(connection)
            .await?;
        // Presence is nothing but bytes being there. A record that says so without them would read
        // back as something else than was stored.
        if stored.is_none_or(|row| row.present != record.present) {
            let key = format!("{}/{}", rows::key_name(&key.scope, &key.id), record.id.0);
            return Err(StoreError::Corrupt { table: "materials", column: "sealed", key }.into());
        }
    }
    Ok(())
}

fn new_bytes<'a>(record: &MaterialRecord, materials: &'a [SealedMaterial]) -> Option<&'a [u8]> {
    let new = materials.iter().find(|material| record.present && material.id == record.id);
    new.map(|material| material.sealed.0.as_slice())
}

fn expires_at(expiry: Expiry) -> Option<i64> {
    match expiry {
        Expiry::Never => None,
        Expiry::At(end) => Some(end.0),
    }
}
