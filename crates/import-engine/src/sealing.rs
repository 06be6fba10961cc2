//! How secrets lie in the store: AES-256-GCM under keys derived per tenant from the master key,
//! bound to tenant, key and row.
//!
//! ```text
//! master key ─HKDF─┬─ "material"    + tenant ─ seals key material
//!                  ├─ "parameters"  + tenant ─ seals the private wrapping keys of import parameters
//!                  ├─ "token"       + tenant ─ seals import tokens
//!                  ├─ "fingerprint" + tenant ─ HMAC key of material identifiers
//!                  ├─ "key store"   + tenant ─ seals what key stores are asked with
//!                  ├─ "access key"  + tenant ─ seals secrets and tokens of access keys
//!                  ├─ "record"      + tenant ─ seals the secrets of records
//!                  ├─ "handout"     + vendor ─ seals what dialects hand out and get back: session tokens …
//!                  ├─ "pool"                 ─ seals ready-made wrapping keys, which have no tenant yet
//!                  └─ "check"                ─ what a wrong master key is recognised by
//! ```

use std::sync::Arc;

use crate::chance::Chance;
use crate::error::Error;
use crate::key::MaterialId;
use crate::material::Material;
use crate::primitives::{aes256_gcm_open, aes256_gcm_seal, hkdf_sha256, hmac_sha256};
use crate::store::Sealed;
use crate::tenant::{KeyId, Scope, Tenant};

/// The length of a master key in bytes.
pub const MASTER_KEY_LENGTH: usize = 32;

const NONCE_LENGTH: usize = 12;

/// What a sealed thing is, which decides the key it is sealed under.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// The bytes of a key's material.
    Material,
    /// The private wrapping key of a set of import parameters.
    Parameters,
    /// An import token.
    Token,
    /// A ready-made wrapping key.
    Pool,
    /// What a key store is asked with.
    KeyStore,
    /// Something a dialect hands to its callers and gets back.
    Handout,
    /// The secret or the token of an access key.
    AccessKey,
    /// A secret of a record.
    Record,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Material => "material",
            Self::Parameters => "parameters",
            Self::Token => "token",
            Self::Pool => "pool",
            Self::KeyStore => "key store",
            Self::Handout => "handout",
            Self::AccessKey => "access key",
            Self::Record => "record",
        }
    }
}

/// Seals and opens what the store keeps.
pub struct Sealing {
    master: Material,
    chance: Arc<dyn Chance>,
}

impl Sealing {
    /// Works under a master key of [`MASTER_KEY_LENGTH`] bytes.
    ///
    /// # Errors
    /// [`Error::Internal`] for any other length.
    pub fn new(master: Material, chance: Arc<dyn Chance>) -> Result<Self, Error> {
        if master.len() == MASTER_KEY_LENGTH {
            Ok(Self { master, chance })
        } else {
            Err(Error::internal(format!("a master key has {MASTER_KEY_LENGTH} bytes, not {}", master.len())))
        }
    }

    /// A value that only this master key yields, and that tells nothing about it. Stored beside the
    /// data, it lets a server with another master key refuse to start.
    pub fn check_value(&self) -> Result<Vec<u8>, Error> {
        let key = hkdf_sha256(self.master.expose(), b"", &bind(&["polykms v1", "check"]), 32)?;
        Ok(hmac_sha256(key.expose(), &[b"polykms master key"])?.to_vec())
    }

    /// Seals a secret to its place.
    pub(crate) fn seal(&self, purpose: Purpose, place: &[&str], secret: &[u8]) -> Result<Sealed, Error> {
        let mut nonce = [0u8; NONCE_LENGTH];
        self.chance.fill(&mut nonce)?;
        let body = aes256_gcm_seal(&self.key(purpose, place)?, &nonce, &bind(place), secret)?;
        let mut sealed = nonce.to_vec();
        sealed.extend_from_slice(&body);
        Ok(Sealed(sealed))
    }

    /// Opens what was sealed to this place.
    ///
    /// # Errors
    /// [`Error::CiphertextInvalid`] if it is damaged, of another place, or of another master key.
    pub(crate) fn open(&self, purpose: Purpose, place: &[&str], sealed: &[u8]) -> Result<Material, Error> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LENGTH).ok_or(Error::CiphertextInvalid)?;
        let nonce = nonce.try_into().map_err(|_| Error::CiphertextInvalid)?;
        aes256_gcm_open(&self.key(purpose, place)?, nonce, &bind(place), body)
    }

    /// The identifier of a material under a key: a fingerprint that cannot be tested against
    /// guesses without the master key. `identity` is what makes two materials the same. The region
    /// does not take part, so that a key which lives in several regions has one identifier for one
    /// material.
    pub(crate) fn fingerprint(&self, tenant: &Tenant, key: &KeyId, identity: &Material) -> Result<MaterialId, Error> {
        let info = bind(&["polykms v1", "fingerprint", &tenant.vendor, &tenant.account]);
        let hmac_key = hkdf_sha256(self.master.expose(), b"", &info, 32)?;
        let digest = hmac_sha256(hmac_key.expose(), &[&bind(&[key.as_str()]), identity.expose()])?;
        Ok(MaterialId(hex::encode(digest)))
    }

    /// The key for a purpose. The first two words of a place are the tenant's.
    fn key(&self, purpose: Purpose, place: &[&str]) -> Result<Material, Error> {
        let mut info = vec!["polykms v1", purpose.word()];
        info.extend(place.iter().take(2));
        hkdf_sha256(self.master.expose(), b"", &bind(&info), 32)
    }
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealing([redacted])")
    }
}

/// The place of a row that belongs to a key.
pub(crate) fn place<'a>(scope: &'a Scope, key: &'a KeyId, row: &'a str) -> [&'a str; 5] {
    [&scope.tenant.vendor, &scope.tenant.account, &scope.region, key.as_str(), row]
}

/// Joins words so that no two lists of words give the same bytes: each is led by its length.
pub(crate) fn bind(words: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in words {
        bytes.extend_from_slice(&u64::try_from(word.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend_from_slice(word.as_bytes());
    }
    bytes
}
