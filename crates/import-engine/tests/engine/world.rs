//! An engine to test with: a lenient vendor and a choosy one, a clock that is moved by hand.

use std::path::PathBuf;
use std::sync::Arc;

use import_engine::{
    BindingRules, Chance, Engine, Error, Expected, Expiry, ImportMaterial, ImportParameters, Imported, Key, KeyId,
    KeyIdForm, KeyOperation, KeySpec, KeyState, KeyUsage, LatestExpiry, LossWhileDisabled, ManualClock, Material,
    NewKey, Offer, Options, Origin, Policies, Policy, PrivateKeyForm, PssSalt, ReplicaRules, RotationRules, Scope,
    SystemChance, Tenant, Timestamp, Wrapped, WrappingAlgorithm, WrappingKeySpec,
};
use openssl::encrypt::Encrypter;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Padding;
use store::{OpenOptions, open};
use tempfile::TempDir;

pub const START: Timestamp = Timestamp::from_seconds(1_700_000_000);
pub const BUDGET: u32 = 5;

const LIVE: &[KeyState] = &[KeyState::Enabled, KeyState::Disabled, KeyState::PendingImport];
const USABLE: &[KeyState] = &[KeyState::Enabled];
const ALL: &[KeyState] = KeyState::ALL;

const fn policy(newest_parameters_only: bool) -> Policy {
    Policy {
        key_id_form: KeyIdForm::RandomUuid,
        multi_region_key_id_form: KeyIdForm::Prefixed("multi-"),
        token_lifetime_seconds: 86_400,
        token_length: 96,
        newest_parameters_only,
        offers: &[
            Offer {
                algorithm: WrappingAlgorithm::RsaOaepSha256,
                wrapping_keys: &[WrappingKeySpec::Rsa2048],
                key_specs: &[KeySpec::Aes256, KeySpec::Hmac256, KeySpec::EcP256],
            },
            Offer {
                algorithm: WrappingAlgorithm::RsaPkcs1,
                wrapping_keys: &[WrappingKeySpec::Rsa2048],
                key_specs: &[KeySpec::Aes256],
            },
        ],
        material_lengths: &[(KeySpec::Aes256, 32..=32), (KeySpec::Hmac256, 32..=128)],
        latest_expiry: LatestExpiry::After(365 * 86_400),
        private_keys_expire: true,
        private_keys_deletable: true,
        private_key_form: PrivateKeyForm::OneField,
        loss_while_disabled: LossWhileDisabled::PendingImport,
        deletion_window_days: 7..=30,
        rotation: RotationRules {
            key_specs: &[KeySpec::Aes256],
            imports: true,
            period_days: 90..=2560,
            provider_period_days: None,
            on_demand_limit: 3,
            quiet_seconds: 1200,
            ..RotationRules::NONE
        },
        labels_per_key: 3,
        grants_per_key: 3,
        keys_per_scope: Some(40),
        data_key_pairs_in_key_stores: false,
        pss_salt: PssSalt::AsDigest,
        usage_before_state: false,
        provider_keys: &[KeyOperation::Encrypt, KeyOperation::Decrypt],
        replicas: ReplicaRules::SEPARATE,
        bindings: BindingRules::NONE,
        states: &[
            (KeyOperation::Enable, LIVE),
            (KeyOperation::Disable, LIVE),
            (KeyOperation::ScheduleDeletion, LIVE),
            (KeyOperation::CancelDeletion, &[KeyState::PendingDeletion, KeyState::PendingReplicaDeletion]),
            (KeyOperation::Edit, LIVE),
            (KeyOperation::Label, LIVE),
            (KeyOperation::Grant, USABLE),
            (KeyOperation::GetImportParameters, LIVE),
            (KeyOperation::ImportMaterial, LIVE),
            (KeyOperation::DeleteMaterial, ALL),
            (KeyOperation::SetRotation, USABLE),
            (KeyOperation::StopRotation, USABLE),
            (KeyOperation::ShowRotation, ALL),
            (KeyOperation::Rotate, USABLE),
            (KeyOperation::Encrypt, USABLE),
            (KeyOperation::Decrypt, USABLE),
            (KeyOperation::GenerateDataKey, USABLE),
            (KeyOperation::Sign, USABLE),
            (KeyOperation::Verify, USABLE),
            (KeyOperation::GetPublicKey, USABLE),
            (KeyOperation::GenerateMac, USABLE),
            (KeyOperation::VerifyMac, USABLE),
            (KeyOperation::DeriveSharedSecret, USABLE),
            (KeyOperation::Replicate, USABLE),
            (KeyOperation::MovePrimary, &[KeyState::Enabled, KeyState::Updating]),
            (KeyOperation::Encapsulate, USABLE),
            (KeyOperation::Decapsulate, USABLE),
        ],
    }
}

static LENIENT: Policy = policy(false);
static CHOOSY: Policy = policy(true);

/// Lets any key have copies, which have the primary's material.
static SHARING: Policy = Policy { replicas: ReplicaRules { any_key: true, share_imports: true }, ..policy(false) };

const RSA: &[WrappingKeySpec] = &[WrappingKeySpec::Rsa2048, WrappingKeySpec::Rsa3072, WrappingKeySpec::Rsa4096];

/// Takes material of any length, so that published vectors can be imported.
static OPEN_HANDED: Policy = Policy {
    offers: &[
        Offer { algorithm: WrappingAlgorithm::RsaOaepSha1, wrapping_keys: RSA, key_specs: &[KeySpec::Hmac256] },
        Offer { algorithm: WrappingAlgorithm::RsaOaepSha256, wrapping_keys: RSA, key_specs: &[KeySpec::Hmac256] },
        Offer { algorithm: WrappingAlgorithm::RsaPkcs1, wrapping_keys: RSA, key_specs: &[KeySpec::Hmac256] },
        Offer { algorithm: WrappingAlgorithm::RsaAesKeyWrapSha256, wrapping_keys: RSA, key_specs: &[KeySpec::Hmac256] },
    ],
    material_lengths: &[(KeySpec::Hmac256, 1..=1024)],
    keys_per_scope: None,
    ..policy(false)
};

/// One database, one clock; as many engines over them as a test wants.
pub struct World {
    pub engine: Arc<Engine>,
    pub clock: Arc<ManualClock>,
    pub file: PathBuf,
    pub master: Material,
    _directory: TempDir,
}

impl World {
    pub async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("keys.sqlite");
        let clock = Arc::new(ManualClock::at(START));
        let mut master = Material::zeroed(32);
        SystemChance.fill_secret(master.expose_mut()).unwrap();
        let engine = engine(&file, clock.clone(), master.clone()).await;
        tokio::spawn(engine.key_pairs().clone().fill(true));
        Self { engine, clock, file, master, _directory: directory }
    }

    /// A second engine on the same database, as another replica would be.
    pub async fn another(&self) -> Arc<Engine> {
        engine(&self.file, self.clock.clone(), self.master.clone()).await
    }

    pub async fn key(&self, scope: &Scope, spec: KeySpec, usage: KeyUsage) -> KeyId {
        self.engine.create_key(scope, new_key(spec, usage, Origin::Imported)).await.unwrap().id
    }

    pub async fn aes_key(&self, scope: &Scope) -> KeyId {
        self.key(scope, KeySpec::Aes256, KeyUsage::EncryptDecrypt).await
    }

    pub async fn parameters(&self, scope: &Scope, key: &KeyId) -> ImportParameters {
        let algorithm = WrappingAlgorithm::RsaOaepSha256;
        self.engine.get_import_parameters(scope, key, algorithm, WrappingKeySpec::Rsa2048).await.unwrap()
    }

    /// Parameters, wrapping and import in one go.
    pub async fn import(&self, scope: &Scope, key: &KeyId, plain: &[u8], expiry: Expiry) -> Result<Imported, Error> {
        let parameters = self.parameters(scope, key).await;
        let import = import(&parameters, plain, expiry);
        self.engine.import_material(scope, key, import).await
    }

    pub async fn describe(&self, scope: &Scope, key: &KeyId) -> Key {
        self.engine.describe_key(scope, key).await.unwrap()
    }

    pub fn in_seconds(&self, seconds: i64) -> Expiry {
        Expiry::At(import_engine::Clock::now(self.clock.as_ref()).plus_seconds(seconds))
    }
}

async fn engine(file: &std::path::Path, clock: Arc<ManualClock>, master: Material) -> Arc<Engine> {
    let url = format!("sqlite:{}", file.display());
    let database = open(&OpenOptions { url, max_connections: 4, migrate: true }).await.unwrap();
    let options = Options {
        failure_budget: BUDGET,
        domain_clocks: true,
        pool_depths: Vec::new(),
        parallelism: 2,
        loaded_keys: 16,
        access_keys_per_principal: 3,
    };
    let policies = Policies::default()
        .with("lenient", |_| &LENIENT)
        .with("choosy", |_| &CHOOSY)
        .with("sharing", |_| &SHARING)
        .with("open-handed", |_| &OPEN_HANDED);
    let store = database.store();
    let engine = Arc::new(Engine::new(store, clock, Arc::new(SystemChance), master, policies, options).unwrap());
    engine.prove_master_key().await.unwrap();
    engine
}

pub fn scope(account: &str) -> Scope {
    Scope::new(Tenant::new("lenient", account), "here")
}

pub fn new_key(spec: KeySpec, usage: KeyUsage, origin: Origin) -> NewKey {
    NewKey {
        most: None,
        spec,
        usage,
        origin,
        description: String::new(),
        name: None,
        attributes: String::new(),
        residence: None,
        multi_region: false,
    }
}

pub fn import(parameters: &ImportParameters, plain: &[u8], expiry: Expiry) -> ImportMaterial {
    let blob = oaep_sha256(&parameters.public_key, plain);
    ImportMaterial {
        token: parameters.token.clone(),
        wrapped: Wrapped { blob, private_key: None },
        expiry,
        expected: Expected::Anything,
        description: None,
    }
}

pub fn oaep_sha256(spki: &[u8], plain: &[u8]) -> Vec<u8> {
    let key = PKey::public_key_from_der(spki).unwrap();
    let mut encrypter = Encrypter::new(&key).unwrap();
    encrypter.set_rsa_padding(Padding::PKCS1_OAEP).unwrap();
    encrypter.set_rsa_oaep_md(MessageDigest::sha256()).unwrap();
    encrypter.set_rsa_mgf1_md(MessageDigest::sha256()).unwrap();
    let mut blob = vec![0; encrypter.encrypt_len(plain).unwrap()];
    let length = encrypter.encrypt(plain, &mut blob).unwrap();
    blob.truncate(length);
    blob
}
