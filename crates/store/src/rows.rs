//! Rows and the engine's types. What cannot be understood is [`StoreError::Corrupt`], never a
//! guess: a key whose record was misread could hand out what it must not.

use import_engine::store::{
    Grant, KeyUse, Label, Principal, Record, Sealed, StoreError, StoredAccessKey, StoredKeyPair, StoredParameters,
};
use import_engine::{
    Connection, ConnectionState, Deletion, DomainClock, Expiry, Key, KeyId, KeyManager, KeySpec, KeyState, KeyStore,
    KeyStoreKind, KeyUsage, MaterialId, MaterialRecord, MaterialRole, MultiRegion, Origin, Residence, Rotated,
    RotationKind, RotationSchedule, Scope, Settling, Tenant, Timestamp, Waiting, WrappingAlgorithm, WrappingKeySpec,
};
use sqlx::FromRow;

use crate::text::original;

/// A key beside one of its materials, or beside nothing.
#[derive(FromRow)]
pub(crate) struct KeyRow {
    vendor: String,
    account: String,
    region: String,
    id: String,
    revision: i64,
    spec: String,
    usage: String,
    origin: String,
    state: String,
    created_at: i64,
    deletion_at: Option<i64>,
    deletion_window_days: Option<i64>,
    description: String,
    name: Option<String>,
    attributes: String,
    manager: String,
    primary_account: Option<String>,
    primary_region: Option<String>,
    home_account: Option<String>,
    settles_into: Option<String>,
    settles_at: Option<i64>,
    waiting_window_days: Option<i64>,
    waiting_until: Option<i64>,
    // Of the key store. All null if the key lives in none of its tenant's.
    store: Option<String>,
    outside_key: Option<String>,
    store_attributes: Option<String>,
    store_state: Option<String>,
    store_settles_at: Option<i64>,
    store_fault: Option<String>,
    rotation_period_days: Option<i64>,
    rotation_at: Option<i64>,
    // Of the material. All null if the key has none.
    material_id: Option<String>,
    generation: Option<i64>,
    role: Option<String>,
    imported_at: Option<i64>,
    expires_at: Option<i64>,
    rotated_at: Option<i64>,
    rotation_kind: Option<String>,
    material_description: Option<String>,
    public_key: Option<Vec<u8>>,
    present: bool,
}

#[derive(FromRow)]
pub(crate) struct ParametersRow {
    id: String,
    vendor: String,
    account: String,
    region: String,
    key_id: String,
    algorithm: String,
    wrapping_key: String,
    private_key: Option<Vec<u8>>,
    created_at: i64,
    valid_to: i64,
    superseded: bool,
}

#[derive(FromRow)]
pub(crate) struct KeyPairRow {
    id: String,
    spec: String,
    public_key: Vec<u8>,
    private_key: Vec<u8>,
}

#[derive(FromRow)]
pub(crate) struct KeyStoreRow {
    vendor: String,
    account: String,
    region: String,
    id: String,
    revision: i64,
    name: String,
    kind: String,
    claim: String,
    attributes: String,
    state: String,
    settles_at: i64,
    fault: Option<String>,
    created_at: i64,
}

#[derive(FromRow)]
pub(crate) struct LabelRow {
    vendor: String,
    account: String,
    region: String,
    name: String,
    key_id: String,
    created_at: i64,
    updated_at: i64,
}

#[derive(FromRow)]
pub(crate) struct GrantRow {
    vendor: String,
    account: String,
    region: String,
    key_id: String,
    id: String,
    name: String,
    grantee: String,
    retiring: Option<String>,
    issuer: String,
    terms: String,
    created_at: i64,
}

#[derive(FromRow)]
pub(crate) struct KeyUseRow {
    vendor: String,
    account: String,
    region: String,
    key_id: String,
    operation: String,
    used_at: i64,
    noted_at: i64,
    request: String,
    event: String,
}

#[derive(FromRow)]
pub(crate) struct PrincipalRow {
    vendor: String,
    account: String,
    name: String,
    revision: i64,
    created_at: i64,
    attributes: String,
}

/// An access key beside the principal whose it is.
#[derive(FromRow)]
pub(crate) struct AccessKeyRow {
    id: String,
    secret: Vec<u8>,
    token: Option<Vec<u8>>,
    key_created_at: i64,
    expires_at: Option<i64>,
    key_attributes: String,
    #[sqlx(flatten)]
    principal: PrincipalRow,
}

#[derive(FromRow)]
pub(crate) struct RecordRow {
    vendor: String,
    account: String,
    region: String,
    kind: String,
    id: String,
    revision: i64,
    name: Option<String>,
    key_id: Option<String>,
    attributes: String,
    created_at: i64,
    due_at: Option<i64>,
}

#[derive(FromRow)]
pub(crate) struct ClockRow {
    clock_kind: String,
    clock_value: i64,
}

#[derive(FromRow)]
pub(crate) struct TenantRow {
    vendor: String,
    account: String,
}

#[derive(FromRow)]
pub(crate) struct SealedRow {
    pub(crate) sealed: Option<Vec<u8>>,
}

#[derive(FromRow)]
pub(crate) struct PresentRow {
    pub(crate) present: bool,
}

#[derive(FromRow)]
pub(crate) struct ValueRow {
    pub(crate) value: Vec<u8>,
}

#[derive(FromRow)]
pub(crate) struct IdRow {
    pub(crate) id: String,
}

#[derive(FromRow)]
pub(crate) struct CountRow {
    pub(crate) count: i64,
}

/// A key and how many of something it has.
#[derive(FromRow)]
pub(crate) struct KeyCountRow {
    key_id: String,
    count: i64,
}

#[derive(FromRow)]
pub(crate) struct LeftRow {
    pub(crate) failures_left: i64,
}

/// The words that a clock's kind has in its row.
mod clock_kind {
    pub(super) const REAL: &str = "real";
    pub(super) const OFFSET: &str = "offset";
    pub(super) const FROZEN: &str = "frozen";
}

/// Kind and value of a clock, as its row has them.
pub(crate) fn clock_columns(clock: DomainClock) -> (&'static str, i64) {
    match clock {
        DomainClock::Real => (clock_kind::REAL, 0),
        DomainClock::Offset(micros) => (clock_kind::OFFSET, micros),
        DomainClock::Frozen(at) => (clock_kind::FROZEN, at.0),
    }
}

/// A tenant's clock from its row.
pub(crate) fn clock(row: &ClockRow, tenant: &Tenant) -> Result<DomainClock, StoreError> {
    match row.clock_kind.as_str() {
        clock_kind::REAL => Ok(DomainClock::Real),
        clock_kind::OFFSET => Ok(DomainClock::Offset(row.clock_value)),
        clock_kind::FROZEN => Ok(DomainClock::Frozen(Timestamp(row.clock_value))),
        _ => Err(StoreError::Corrupt { table: "tenants", column: "clock_kind", key: tenant.to_string() }),
    }
}

/// A tenant from its row.
pub(crate) fn tenant(row: TenantRow) -> Tenant {
    Tenant::new(original(row.vendor), original(row.account))
}

/// Keys from the rows of a join with their materials. The rows of a key must follow each other.
pub(crate) fn keys(rows: Vec<KeyRow>) -> Result<Vec<Key>, StoreError> {
    let mut keys: Vec<Key> = Vec::new();
    for row in rows {
        let material = material(&row)?;
        let key = key(row)?;
        match keys.last_mut().filter(|last| last.id == key.id && last.scope == key.scope) {
            Some(last) => last.materials.extend(material),
            None => keys.push(Key { materials: material.into_iter().collect(), ..key }),
        }
    }
    Ok(keys)
}

/// What identifies a key's row, for messages.
pub(crate) fn key_name(scope: &Scope, id: &KeyId) -> String {
    format!("{}/{}/{id}", scope.tenant, scope.region)
}

/// The record of a key, without its materials.
fn key(row: KeyRow) -> Result<Key, StoreError> {
    let scope = Scope::new(Tenant::new(original(row.vendor), original(row.account)), original(row.region));
    let id = KeyId(original(row.id));
    let corrupt = |column| StoreError::Corrupt { table: "keys", column, key: key_name(&scope, &id) };
    let deletion = match (row.deletion_at, row.deletion_window_days) {
        (None, None) => None,
        (Some(at), Some(days)) => {
            let window_days = u32::try_from(days).map_err(|_| corrupt("deletion_window_days"))?;
            Some(Deletion { at: Timestamp(at), window_days })
        }
        _ => return Err(corrupt("deletion_at")),
    };
    let state = KeyState::from_word(&row.state).ok_or_else(|| corrupt("state"))?;
    let residence = match (row.store, row.store_attributes, row.store_state, row.store_settles_at) {
        (Some(store), Some(store_attributes), Some(word), Some(settles_at)) => Some(Residence {
            store: original(store),
            outside_key: row.outside_key.map(original),
            store_attributes: original(store_attributes),
            connection: Connection {
                state: ConnectionState::from_word(&word).ok_or_else(|| corrupt("store_state"))?,
                settles_at: Timestamp(settles_at),
                fault: row.store_fault.map(original),
            },
            resumes: state,
        }),
        _ => None,
    };
    let settling = match (&row.settles_into, row.settles_at) {
        (None, None) => None,
        (Some(word), Some(at)) => {
            let into = KeyState::from_word(word).ok_or_else(|| corrupt("settles_into"))?;
            Some(Settling { into, at: Timestamp(at) })
        }
        _ => return Err(corrupt("settles_at")),
    };
    let waiting = match row.waiting_window_days {
        None => None,
        Some(days) => {
            let window_days = u32::try_from(days).map_err(|_| corrupt("waiting_window_days"))?;
            Some(Waiting { window_days, until: row.waiting_until.map(Timestamp) })
        }
    };
    let multi_region = match (row.primary_account, row.primary_region, row.home_account) {
        (None, None, None) => None,
        (Some(account), Some(region), Some(home)) => {
            let tenant = |account| Tenant::new(scope.tenant.vendor.as_str(), original(account));
            Some(MultiRegion {
                primary: Scope::new(tenant(account), original(region)),
                home: tenant(home),
                settling,
                waiting,
            })
        }
        _ => return Err(corrupt("primary_region")),
    };
    let rotation = match (row.rotation_at, row.rotation_period_days) {
        (None, None) => None,
        (Some(at), Some(days)) => {
            let period_days = u32::try_from(days).map_err(|_| corrupt("rotation_period_days"))?;
            Some(RotationSchedule { period_days, next_at: Timestamp(at) })
        }
        _ => return Err(corrupt("rotation_at")),
    };
    Ok(Key {
        spec: KeySpec::from_word(&row.spec).ok_or_else(|| corrupt("spec"))?,
        usage: KeyUsage::from_word(&row.usage).ok_or_else(|| corrupt("usage"))?,
        origin: Origin::from_word(&row.origin).ok_or_else(|| corrupt("origin"))?,
        state,
        created_at: Timestamp(row.created_at),
        deletion,
        description: original(row.description),
        name: row.name.map(original),
        attributes: original(row.attributes),
        residence,
        manager: KeyManager::from_word(&row.manager).ok_or_else(|| corrupt("manager"))?,
        multi_region,
        rotation,
        materials: Vec::new(),
        revision: row.revision,
        scope,
        id,
    })
}

/// The material beside a key, if there is one.
fn material(row: &KeyRow) -> Result<Option<MaterialRecord>, StoreError> {
    let Some(id) = &row.material_id else { return Ok(None) };
    let corrupt = |column| StoreError::Corrupt {
        table: "materials",
        column,
        key: format!("{}/{}/{}/{}/{id}", row.vendor, row.account, row.region, row.id),
    };
    let role = row.role.as_deref().and_then(MaterialRole::from_word);
    let rotated = match (row.rotated_at, row.rotation_kind.as_deref()) {
        (None, None) => None,
        (Some(at), Some(kind)) => {
            let kind = RotationKind::from_word(kind).ok_or_else(|| corrupt("rotation_kind"))?;
            Some(Rotated { at: Timestamp(at), kind })
        }
        _ => return Err(corrupt("rotated_at")),
    };
    Ok(Some(MaterialRecord {
        id: MaterialId(id.clone()),
        role: role.ok_or_else(|| corrupt("role"))?,
        present: row.present,
        imported_at: Timestamp(row.imported_at.ok_or_else(|| corrupt("imported_at"))?),
        expiry: row.expires_at.map_or(Expiry::Never, |at| Expiry::At(Timestamp(at))),
        description: row.material_description.clone().map(original).ok_or_else(|| corrupt("description"))?,
        public_key: row.public_key.clone(),
        generation: row.generation.ok_or_else(|| corrupt("generation"))?,
        rotated,
    }))
}

/// Import parameters from their row.
pub(crate) fn parameters(row: ParametersRow) -> Result<StoredParameters, StoreError> {
    let corrupt = |column| StoreError::Corrupt { table: "import_parameters", column, key: row.id.clone() };
    let algorithm = WrappingAlgorithm::from_word(&row.algorithm).ok_or_else(|| corrupt("algorithm"))?;
    let wrapping_key = WrappingKeySpec::from_word(&row.wrapping_key).ok_or_else(|| corrupt("wrapping_key"))?;
    Ok(StoredParameters {
        id: row.id,
        scope: Scope::new(Tenant::new(original(row.vendor), original(row.account)), original(row.region)),
        key: KeyId(original(row.key_id)),
        algorithm,
        wrapping_key,
        private_key: row.private_key.map(Sealed),
        created_at: Timestamp(row.created_at),
        valid_to: Timestamp(row.valid_to),
        superseded: row.superseded,
    })
}

/// A key store from its row.
pub(crate) fn key_store(row: KeyStoreRow) -> Result<KeyStore, StoreError> {
    let scope = Scope::new(Tenant::new(original(row.vendor), original(row.account)), original(row.region));
    let id = original(row.id);
    let corrupt = |column| StoreError::Corrupt {
        table: "key_stores",
        column,
        key: format!("{}/{}/{id}", scope.tenant, scope.region),
    };
    Ok(KeyStore {
        name: original(row.name),
        kind: KeyStoreKind::from_word(&row.kind).ok_or_else(|| corrupt("kind"))?,
        claim: original(row.claim),
        attributes: original(row.attributes),
        connection: Connection {
            state: ConnectionState::from_word(&row.state).ok_or_else(|| corrupt("state"))?,
            settles_at: Timestamp(row.settles_at),
            fault: row.fault.map(original),
        },
        created_at: Timestamp(row.created_at),
        revision: row.revision,
        scope,
        id,
    })
}

/// A label from its row.
pub(crate) fn label(row: LabelRow) -> Label {
    Label {
        scope: Scope::new(Tenant::new(original(row.vendor), original(row.account)), original(row.region)),
        name: original(row.name),
        key: KeyId(original(row.key_id)),
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
    }
}

/// A key and how many of something it has, from their row.
pub(crate) fn key_count(row: KeyCountRow) -> (KeyId, u64) {
    (KeyId(original(row.key_id)), u64::try_from(row.count).unwrap_or(0))
}

/// A grant from its row.
pub(crate) fn grant(row: GrantRow) -> Grant {
    Grant {
        scope: Scope::new(Tenant::new(original(row.vendor), original(row.account)), original(row.region)),
        key: KeyId(original(row.key_id)),
        id: original(row.id),
        name: original(row.name),
        grantee: original(row.grantee),
        retiring: row.retiring.map(original),
        issuer: original(row.issuer),
        terms: original(row.terms),
        created_at: Timestamp(row.created_at),
    }
}

/// The last use of a key from its row.
pub(crate) fn key_use(row: KeyUseRow) -> KeyUse {
    KeyUse {
        scope: Scope::new(Tenant::new(original(row.vendor), original(row.account)), original(row.region)),
        key: KeyId(original(row.key_id)),
        operation: original(row.operation),
        used_at: Timestamp(row.used_at),
        noted_at: Timestamp(row.noted_at),
        request: original(row.request),
        event: original(row.event),
    }
}

/// A principal from its row.
pub(crate) fn principal(row: PrincipalRow) -> Principal {
    Principal {
        tenant: Tenant::new(original(row.vendor), original(row.account)),
        name: original(row.name),
        created_at: Timestamp(row.created_at),
        attributes: original(row.attributes),
        revision: row.revision,
    }
}

/// An access key and the principal whose it is, from their row.
pub(crate) fn access_key(row: AccessKeyRow) -> (StoredAccessKey, Principal) {
    let principal = principal(row.principal);
    let key = StoredAccessKey {
        id: original(row.id),
        tenant: principal.tenant.clone(),
        principal: principal.name.clone(),
        secret: Sealed(row.secret),
        token: row.token.map(Sealed),
        created_at: Timestamp(row.key_created_at),
        expires_at: row.expires_at.map(Timestamp),
        attributes: original(row.key_attributes),
    };
    (key, principal)
}

/// A record from its row.
pub(crate) fn record(row: RecordRow) -> Record {
    Record {
        scope: Scope::new(Tenant::new(original(row.vendor), original(row.account)), original(row.region)),
        kind: original(row.kind),
        id: original(row.id),
        name: row.name.map(original),
        key: row.key_id.map(|id| KeyId(original(id))),
        attributes: original(row.attributes),
        created_at: Timestamp(row.created_at),
        due_at: row.due_at.map(Timestamp),
        revision: row.revision,
    }
}

/// A key pair of the pool from its row.
pub(crate) fn key_pair(row: KeyPairRow) -> Result<StoredKeyPair, StoreError> {
    let Some(spec) = WrappingKeySpec::from_word(&row.spec) else {
        return Err(StoreError::Corrupt { table: "wrapping_keys", column: "spec", key: row.id });
    };
    Ok(StoredKeyPair { id: row.id, spec, public_key: row.public_key, private_key: Sealed(row.private_key) })
}

/// A number of rows.
pub(crate) fn count(row: Option<&CountRow>) -> u64 {
    row.and_then(|row| u64::try_from(row.count).ok()).unwrap_or(0)
}
