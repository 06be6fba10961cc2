//! Keys, materials and parameters to store.

use import_engine::store::{Sealed, SealedMaterial, StoredKeyPair, StoredParameters};
use import_engine::{
    Deletion, Expiry, Key, KeyId, KeyManager, KeySpec, KeyState, KeyUsage, MaterialId, MaterialRecord, MaterialRole,
    MultiRegion, Origin, Rotated, RotationKind, RotationSchedule, Scope, Settling, Tenant, Timestamp, Waiting,
    WrappingAlgorithm, WrappingKeySpec,
};

pub const NOON: Timestamp = Timestamp::from_seconds(1_700_000_000);

pub fn tenant(account: &str) -> Tenant {
    Tenant::new("aws", account)
}

pub fn scope() -> Scope {
    Scope::new(tenant("111122223333"), "us-east-1")
}

/// A key that waits for its first material.
pub fn key(id: &str) -> Key {
    key_in(scope(), id)
}

pub fn key_in(scope: Scope, id: &str) -> Key {
    Key {
        scope,
        id: KeyId::from(id),
        spec: KeySpec::Aes256,
        usage: KeyUsage::EncryptDecrypt,
        origin: Origin::Imported,
        state: KeyState::PendingImport,
        created_at: NOON,
        deletion: None,
        description: String::new(),
        name: None,
        attributes: "{}".to_owned(),
        residence: None,
        manager: KeyManager::Owner,
        multi_region: None,
        rotation: None,
        materials: Vec::new(),
        revision: 1,
    }
}

/// A key with one material whose bytes are there.
pub fn enabled_key(id: &str) -> Key {
    Key { state: KeyState::Enabled, materials: vec![material("m1", 1)], ..key(id) }
}

/// A key with every field filled.
pub fn full_key(id: &str) -> Key {
    let second = MaterialRecord {
        present: false,
        expiry: Expiry::Never,
        role: MaterialRole::NonCurrent,
        rotated: Some(Rotated { at: NOON.plus_seconds(9), kind: RotationKind::OnDemand }),
        ..material("m0", 2)
    };
    Key {
        spec: KeySpec::EcP256,
        usage: KeyUsage::SignVerify,
        state: KeyState::PendingDeletion,
        deletion: Some(Deletion { at: NOON.plus_seconds(7 * 86_400), window_days: 7 }),
        description: "Schlüssel 密钥 'quoted' \0 \u{1a}".to_owned(),
        name: Some("alias/a".to_owned()),
        manager: KeyManager::Provider,
        multi_region: Some(MultiRegion {
            primary: Scope::new(tenant("5"), "eu-west-1"),
            home: tenant("6"),
            settling: Some(Settling { into: KeyState::Disabled, at: NOON.plus_seconds(3) }),
            waiting: Some(Waiting { window_days: 9, until: Some(NOON.plus_seconds(4)) }),
        }),
        attributes: r#"{"tags":{"a":"b"}}"#.to_owned(),
        rotation: Some(RotationSchedule { period_days: 365, next_at: NOON.plus_seconds(365 * 86_400) }),
        materials: vec![material("m1", 1), second],
        ..key(id)
    }
}

pub fn material(id: &str, generation: i64) -> MaterialRecord {
    MaterialRecord {
        id: MaterialId(id.to_owned()),
        role: MaterialRole::Current,
        present: true,
        imported_at: NOON,
        expiry: Expiry::At(NOON.plus_seconds(60)),
        description: "von \0 Hand".to_owned(),
        public_key: Some(vec![0x30, 0, 1]),
        generation,
        rotated: None,
    }
}

pub fn bytes(id: &str, sealed: &[u8]) -> SealedMaterial {
    SealedMaterial { id: MaterialId(id.to_owned()), sealed: Sealed(sealed.to_vec()) }
}

/// Parameters for a key of [`scope`].
pub fn parameters(id: &str, key: &str) -> StoredParameters {
    StoredParameters {
        id: id.to_owned(),
        scope: scope(),
        key: KeyId::from(key),
        algorithm: WrappingAlgorithm::RsaOaepSha256,
        wrapping_key: WrappingKeySpec::Rsa3072,
        private_key: Some(Sealed(vec![7, 0, 7])),
        created_at: NOON,
        valid_to: NOON.plus_seconds(86_400),
        superseded: false,
    }
}

pub fn key_pair(id: &str, spec: WrappingKeySpec) -> StoredKeyPair {
    StoredKeyPair { id: id.to_owned(), spec, public_key: vec![1, 2], private_key: Sealed(vec![3, 0, 4]) }
}
