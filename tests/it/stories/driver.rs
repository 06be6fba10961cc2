//! What a story needs of a vendor: the steps of a key's life in words that all three have.

use crate::clients::{Caller, Outcome, Refused, Vendor};
use crate::stories::aws::Aws;
use crate::stories::huawei::Huawei;
use crate::stories::tencent::Tencent;
use testkit::TestServer;

/// What a key is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// 256-bit symmetric.
    Symmetric,
    /// P-256, signs.
    EcP256,
    /// RSA-2048, encrypts.
    Rsa,
    /// RSA-2048, signs.
    RsaSigning,
    /// HMAC with SHA-256.
    Hmac,
    /// P-256, agrees on secrets.
    Agreement,
    /// ML-KEM of the vendor's choice, encapsulates.
    Encapsulation,
    /// ML-DSA of the vendor's choice, signs.
    PostQuantumSigning,
}

/// Where a key's material comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    Service,
    External,
}

/// The states that all vendors have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    PendingImport,
    Enabled,
    Disabled,
    PendingDeletion,
}

/// What an import is made with.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// The token as the vendor wrote it.
    pub token: String,
    /// The wrapping key's `SubjectPublicKeyInfo`.
    pub public_key: Vec<u8>,
}

/// Wrapped material.
#[derive(Clone, Debug)]
pub struct Blob {
    pub material: Vec<u8>,
    /// A private key's own field, where the vendor has one.
    pub private_key: Option<Vec<u8>>,
}

/// Why something is refused, in words that all vendors have a code for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// Use of a key that waits for material.
    NoMaterial,
    /// Other material than the first.
    OtherMaterial,
    /// Use of a disabled key.
    Disabled,
    /// Use of a key that is about to be deleted.
    PendingDeletion,
    /// No such key.
    Gone,
    /// A ciphertext that names a key that the caller has not.
    ForeignCiphertext,
    /// A credential that the vendor does not know.
    UnknownCredential,
    /// A blob that does not unwrap.
    BadBlob,
    /// A token that is over.
    TokenOver,
}

/// One vendor's way of doing it.
pub trait Driver {
    /// Whose keys.
    fn caller(&self) -> &Caller;
    /// Makes a key; answers its id.
    fn create(&self, kind: Kind, origin: Origin) -> String;
    /// A wrapping key and a token, for RSA-OAEP with SHA-256.
    fn parameters(&self, key: &str) -> Outcome<Parameters>;
    /// Brings material that never expires, or that does, at a time in seconds since 1970.
    fn import(&self, key: &str, token: &str, blob: &Blob, expiry: Option<i64>) -> Outcome<()>;
    fn delete_material(&self, key: &str) -> Outcome<()>;
    fn state(&self, key: &str) -> Outcome<State>;
    fn disable(&self, key: &str) -> Outcome<()>;
    fn enable(&self, key: &str) -> Outcome<()>;
    /// Has a key deleted in seven days.
    fn schedule_deletion(&self, key: &str) -> Outcome<()>;
    fn cancel_deletion(&self, key: &str) -> Outcome<()>;
    /// Encrypts text; answers the ciphertext as the vendor wrote it.
    fn encrypt(&self, key: &str, plaintext: &str) -> Outcome<String>;
    fn decrypt(&self, ciphertext: &str) -> Outcome<String>;
    /// A new data key and its ciphertext, both as the vendor wrote them.
    fn data_key(&self, key: &str) -> Outcome<(String, String)>;
    /// The data key in a ciphertext, as the vendor wrote it.
    fn open_data_key(&self, key: &str, ciphertext: &str) -> Outcome<String>;
    /// The ids of all keys that a list shows.
    fn list(&self) -> Vec<String>;
    /// The `SubjectPublicKeyInfo` of an asymmetric key.
    fn public_key(&self, key: &str) -> Vec<u8>;
    /// An ECDSA signature with SHA-256 of a message.
    fn sign(&self, key: &str, message: &[u8]) -> Vec<u8>;
    /// Whether a signature is the key's.
    fn verify(&self, key: &str, message: &[u8], signature: &[u8]) -> bool;
    /// The HMAC with SHA-256 of a message.
    fn mac(&self, key: &str, message: &[u8]) -> Vec<u8>;
    /// The vendor's code.
    fn code(&self, why: Why) -> &'static str;
}

/// The driver of a vendor for the tenant `test-NAME`.
pub fn driver(server: &TestServer, vendor: Vendor, name: &str) -> Box<dyn Driver> {
    driver_of(Caller::new(server, vendor, name))
}

/// The driver of a caller.
pub fn driver_of(caller: Caller) -> Box<dyn Driver> {
    match caller.vendor {
        Vendor::Aws => Box::new(Aws::new(caller)),
        Vendor::Huawei => Box::new(Huawei::new(caller)),
        Vendor::Tencent => Box::new(Tencent::new(caller)),
    }
}

/// Holds an outcome against the refusal that is due.
#[track_caller]
pub fn assert_refused<T: std::fmt::Debug>(driver: &dyn Driver, outcome: Outcome<T>, why: Why) {
    match outcome {
        Err(Refused { code, .. }) => assert_eq!(code, driver.code(why), "{why:?}"),
        Ok(answer) => panic!("{why:?} is no obstacle: {answer:?}"),
    }
}
