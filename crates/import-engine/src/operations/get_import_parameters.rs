//! Handing out what an import needs: a public wrapping key and a token.

use crate::chance::row_id;
use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation};
use crate::sealing::{Purpose, place};
use crate::spec::{WrappingAlgorithm, WrappingKeySpec};
use crate::store::{StoreError, StoredParameters};
use crate::tenant::{KeyId, Scope};
use crate::token::Token;

/// What the caller takes away.
#[derive(Clone, Debug)]
pub struct ImportParameters {
    /// The key they are for.
    pub key: Key,
    /// Opaque bytes to be sent back with the material.
    pub token: Vec<u8>,
    /// The public wrapping key, `SubjectPublicKeyInfo` in DER.
    pub public_key: Vec<u8>,
    /// From when on they are no longer good.
    pub valid_to: Timestamp,
}

impl Engine {
    /// A fresh wrapping key pair for one key; its private half stays here, sealed.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::ProviderKey`], [`Error::OriginUnfit`], [`Error::WrongState`],
    /// [`Error::WrappingNotOffered`], [`Error::Busy`] if no pair came in time.
    pub async fn get_import_parameters(
        &self,
        scope: &Scope,
        id: &KeyId,
        algorithm: WrappingAlgorithm,
        wrapping_key: WrappingKeySpec,
    ) -> Result<ImportParameters, Error> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        let key = self.load(scope, id, now, policy).await?;
        key.require_for_owner(KeyOperation::GetImportParameters, policy)?;
        key.require_imported()?;
        key.require_own_material(policy)?;
        key.require(KeyOperation::GetImportParameters, policy)?;
        if !policy.offers(algorithm, wrapping_key, key.spec) {
            return Err(Error::WrappingNotOffered);
        }
        let pair = self.key_pairs().take(wrapping_key).await?;
        let valid_to = now.plus_seconds(policy.token_lifetime_seconds).whole_milliseconds();
        let row = row_id(self.chance.as_ref())?;
        let token = Token::new(&row, id, valid_to).seal(&self.sealing, scope, policy.token_length)?;
        let private_key = self.sealing.seal(Purpose::Parameters, &place(scope, id, &row), pair.private_key.expose())?;
        let parameters = StoredParameters {
            id: row,
            scope: scope.clone(),
            key: id.clone(),
            algorithm,
            wrapping_key,
            private_key: Some(private_key),
            created_at: now,
            valid_to,
            superseded: false,
        };
        let budget = self.options.failure_budget;
        match self.store.insert_parameters(&parameters, budget, policy.newest_parameters_only).await {
            Ok(()) => {}
            // The key was removed while its pair was being fetched.
            Err(StoreError::Stale) => return Err(Error::KeyNotFound(id.clone())),
            Err(error) => return Err(error.into()),
        }
        Ok(ImportParameters { key, token, public_key: pair.public_key, valid_to })
    }
}
