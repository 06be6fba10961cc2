//! What must hold before the engine serves.

use crate::chance::Chance;
use crate::engine::Engine;
use crate::error::Error;
use crate::material::constant_time_eq;
use crate::primitives::self_test;

/// The name of the note that holds the master key's check value.
const CHECK: &str = "master key check";

/// Why an engine must not serve.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The cryptographic library does not do what it should.
    #[error("the cryptographic self-test failed; is OPENSSL_CONF set to something that restricts OpenSSL?")]
    SelfTest(#[source] Error),
    /// The data was sealed under another master key.
    #[error(
        "the master key is not the one that this database was sealed under; give the right one or another database"
    )]
    WrongMasterKey,
    /// The store did not answer.
    #[error("the database cannot be used")]
    Store(#[source] Error),
}

/// Proves that cryptography works. To be called first of all: nothing else can be trusted before.
///
/// # Errors
/// [`StartError::SelfTest`].
pub fn prove_cryptography(chance: &dyn Chance) -> Result<(), StartError> {
    self_test(chance).map_err(StartError::SelfTest)
}

impl Engine {
    /// Proves that the master key is the one the data was sealed under. On an empty store the
    /// master key becomes that one.
    ///
    /// # Errors
    /// See [`StartError`]; with any of them the server must not serve.
    pub async fn prove_master_key(&self) -> Result<(), StartError> {
        let mine = self.sealing.check_value().map_err(StartError::SelfTest)?;
        let stored = self.store.note(CHECK, &mine).await.map_err(|error| StartError::Store(error.into()))?;
        if constant_time_eq(&mine, &stored) { Ok(()) } else { Err(StartError::WrongMasterKey) }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.store.ping().await?)
    }
}
