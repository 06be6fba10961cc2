//! Bringing material: the use case that polykms is for.

use crate::arrival::Expected;
use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Expiry, Key, KeyOperation, MaterialId};
use crate::material::Material;
use crate::policy::{LatestExpiry, Policy};
use crate::primitives::{identity, public_key};
use crate::sealing::{Purpose, place};
use crate::spec::KeySpec;
use crate::store::{ChangedKey, SealedMaterial, StoreError, StoredParameters};
use crate::tenant::{KeyId, Scope};
use crate::token::Token;
use crate::wrapping::{Wrapped, unwrap};

/// How often a commit that lost a race is tried again.
const ATTEMPTS: u32 = 40;

/// What the caller brings.
#[derive(Clone)]
pub struct ImportMaterial {
    /// The token of the parameters that the material was wrapped under.
    pub token: Vec<u8>,
    /// The wrapped material.
    pub wrapped: Wrapped,
    /// How long it shall stay.
    pub expiry: Expiry,
    /// What the caller says about the material.
    pub expected: Expected,
    /// Free text about the material; `None` leaves what was said before.
    pub description: Option<String>,
}

/// What an import did.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The key as it is now.
    pub key: Key,
    /// The name of the material that came.
    pub material: MaterialId,
}

/// Material that was unwrapped and found fit.
struct Fit {
    material: Material,
    id: MaterialId,
    public_key: Option<Vec<u8>>,
}

impl Engine {
    /// Unwraps material and gives it to its key. Whatever is refused, nothing was changed, except
    /// that a bad blob counts against the budget of its parameters.
    ///
    /// # Errors
    /// In this order: [`Error::KeyNotFound`], [`Error::ProviderKey`], [`Error::OriginUnfit`], [`Error::WrongState`]; of the
    /// token [`Error::TokenUnknown`], [`Error::TokenForOtherKey`], [`Error::TokenExpired`],
    /// [`Error::TokenSuperseded`]; [`Error::ExpiryNotInFuture`], [`Error::ExpiryTooFar`];
    /// [`Error::UnwrapFailed`] and the refusals of [`unwrap`]; [`Error::MaterialDiffers`],
    /// [`Error::MaterialPending`].
    pub async fn import_material(&self, scope: &Scope, id: &KeyId, import: ImportMaterial) -> Result<Imported, Error> {
        let policy = self.policy(scope)?;
        let now = self.now(&scope.tenant).await?;
        let key = self.load(scope, id, now, policy).await?;
        key.require_for_owner(KeyOperation::ImportMaterial, policy)?;
        key.require_imported()?;
        key.require_own_material(policy)?;
        key.require(KeyOperation::ImportMaterial, policy)?;
        // New material comes to the primary, and from there to be known to the replicas.
        if key.is_replica() && import.expected == Expected::New {
            return Err(Error::NotPrimary(key.id));
        }
        let token = Token::open(&self.sealing, scope, &import.token)?;
        if !token.is_for(id) {
            return Err(Error::TokenForOtherKey);
        }
        if token.valid_to <= now {
            return Err(Error::TokenExpired);
        }
        let expiry = wanted_expiry(import.expiry, key.spec, now, policy)?;
        let fit = self.unwrap_under(scope, &key, &token, import.wrapped, policy).await?;
        let bytes = self.sealing.seal(Purpose::Material, &place(scope, id, &fit.id.0), fit.material.expose())?;
        let sealed = [SealedMaterial { id: fit.id.clone(), sealed: bytes }];
        for attempt in 0..ATTEMPTS {
            let now = self.now(&scope.tenant).await?;
            let key = self.load(scope, id, now, policy).await?;
            self.live_parameters(scope, &token).await?;
            let key = self.with_material_of_primary(key, &fit.id, now).await?;
            let mut after =
                key.accept(fit.id.clone(), fit.public_key.clone(), expiry, &import.expected, now, policy)?;
            if let Some(description) = &import.description {
                after = after.describe_material(&fit.id, description);
            }
            let copies = self.copies_with_material(&after, &sealed, now, policy).await?;
            match self.store.commit_import(&after, &sealed, &copies, &token.parameters).await {
                Ok(()) => {
                    after.revision += 1;
                    return Ok(Imported { key: after, material: fit.id });
                }
                Err(StoreError::Stale) => self.back_off(attempt).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Busy)
    }

    /// The copies of a key that was given material, with the same material, where they have it from
    /// their primary.
    async fn copies_with_material(
        &self,
        primary: &Key,
        bytes: &[SealedMaterial],
        now: Timestamp,
        policy: &Policy,
    ) -> Result<Vec<ChangedKey>, Error> {
        if !policy.replicas.share_imports || !primary.is_primary() {
            return Ok(Vec::new());
        }
        let mut copies = Vec::new();
        for member in self.load_members(&primary.scope, &primary.id, now).await? {
            if member.scope != primary.scope {
                let materials = self.resealed(primary, bytes, &member.scope)?;
                copies.push(ChangedKey { key: member.with_material_of(primary, policy), materials });
            }
        }
        Ok(copies)
    }

    /// The token's parameters, if they are still good.
    async fn live_parameters(&self, scope: &Scope, token: &Token) -> Result<StoredParameters, Error> {
        let parameters = self.store.parameters(scope, &token.parameters).await?.ok_or(Error::TokenUnknown)?;
        if parameters.superseded {
            return Err(Error::TokenSuperseded);
        }
        Ok(parameters)
    }

    /// Opens the blob with the token's private key and holds the material against the key's kind.
    ///
    /// The place in the slow lane is held from reading the private key to counting the failure, so
    /// that no more blobs than there are places can be tried beyond the budget.
    async fn unwrap_under(
        &self,
        scope: &Scope,
        key: &Key,
        token: &Token,
        wrapped: Wrapped,
        policy: &'static Policy,
    ) -> Result<Fit, Error> {
        let place_in_lane = self.slow_place().await?;
        let parameters = self.live_parameters(scope, token).await?;
        // Destroyed after too many bad blobs: from then on the token means nothing.
        let sealed = parameters.private_key.as_ref().ok_or(Error::TokenUnknown)?;
        let wrapping_key = self
            .sealing
            .open(Purpose::Parameters, &place(scope, &key.id, &parameters.id), &sealed.0)
            .map_err(Error::internal)?;
        let spec = key.spec;
        let algorithm = parameters.algorithm;
        let work = move || {
            let lengths = policy.material_length(spec);
            let material = unwrap(algorithm, &wrapping_key, spec, policy.private_key_form, lengths, &wrapped)?;
            let identity = identity(spec, &material)?;
            let public_key = public_key(spec, &material)?;
            Ok((material, identity, public_key))
        };
        let outcome = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
        if matches!(outcome, Err(Error::UnwrapFailed | Error::TemporaryKeyUnfit | Error::PrivateKeyUnfit)) {
            self.store.charge_failure(scope, &parameters.id).await?;
        }
        drop(place_in_lane);
        let (material, identity, public_key) = outcome?;
        let id = self.sealing.fingerprint(key.home(), &key.id, &identity)?;
        Ok(Fit { material, id, public_key })
    }
}

fn wanted_expiry(expiry: Expiry, spec: KeySpec, now: Timestamp, policy: &Policy) -> Result<Expiry, Error> {
    if spec.is_asymmetric() && !policy.private_keys_expire {
        return Ok(Expiry::Never);
    }
    let Expiry::At(end) = expiry else { return Ok(Expiry::Never) };
    if end <= now {
        return Err(Error::ExpiryNotInFuture);
    }
    let too_far = match policy.latest_expiry {
        LatestExpiry::After(seconds) => end > now.plus_seconds(seconds),
        LatestExpiry::At(latest) => end > latest,
        LatestExpiry::Unbounded => false,
    };
    if too_far { Err(Error::ExpiryTooFar) } else { Ok(expiry) }
}
