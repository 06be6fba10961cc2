//! Message authentication codes.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::material::constant_time_eq;
use crate::operations::sign::{Checked, Signed};
use crate::spec::{KeyUsage, MacAlgorithm};
use crate::tenant::{KeyId, Scope};

impl Engine {
    /// Makes a MAC over a message.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::WrongState`], [`Error::WrongUsage`],
    /// [`Error::AlgorithmUnfit`].
    pub async fn generate_mac(
        &self,
        scope: &Scope,
        id: &KeyId,
        algorithm: MacAlgorithm,
        message: &[u8],
    ) -> Result<Signed, Error> {
        let (key, mac) = self.mac(scope, id, KeyOperation::GenerateMac, algorithm, message).await?;
        Ok(Signed { key, signature: mac })
    }

    /// Checks a MAC in constant time. A bad one is an answer, not an error.
    ///
    /// # Errors
    /// As [`Engine::generate_mac`].
    pub async fn verify_mac(
        &self,
        scope: &Scope,
        id: &KeyId,
        algorithm: MacAlgorithm,
        message: &[u8],
        mac: &[u8],
    ) -> Result<Checked, Error> {
        let (key, expected) = self.mac(scope, id, KeyOperation::VerifyMac, algorithm, message).await?;
        Ok(Checked { key, valid: constant_time_eq(&expected, mac) })
    }

    async fn mac(
        &self,
        scope: &Scope,
        id: &KeyId,
        operation: KeyOperation,
        algorithm: MacAlgorithm,
        message: &[u8],
    ) -> Result<(Key, Vec<u8>), Error> {
        let (key, _, loaded) = self.usable(scope, id, operation, KeyUsage::GenerateVerifyMac).await?;
        if !algorithm.fits(key.spec) {
            return Err(Error::AlgorithmUnfit { key: key.id.clone(), spec: key.spec, algorithm: algorithm.word() });
        }
        let mac = loaded.mac(algorithm, message)?;
        Ok((key, mac))
    }
}
