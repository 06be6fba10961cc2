//! Destroying imported material.

use crate::engine::Engine;
use crate::error::Error;
use crate::key::{Key, KeyOperation, MaterialId};
use crate::multi_region::member;
use crate::policy::Policy;
use crate::tenant::{KeyId, Scope};

/// What is left, and what went.
#[derive(Clone, Debug)]
pub struct Deleted {
    /// The key as it is now.
    pub key: Key,
    /// The material that was meant; `None` if none was named and the key never had any.
    pub material: Option<MaterialId>,
}

impl Engine {
    /// Wipes one of a key's imported materials, the current one if none is named. A key that needs it
    /// can only be given the same material again. Where the vendor allows it without material,
    /// nothing happens.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::ProviderKey`], [`Error::OriginUnfit`], [`Error::WrongState`],
    /// [`Error::MaterialNotDeletable`], [`Error::MaterialNotFound`].
    pub async fn delete_material(
        &self,
        scope: &Scope,
        id: &KeyId,
        which: Option<&MaterialId>,
    ) -> Result<Deleted, Error> {
        let before = self.describe_key(scope, id).await?;
        let policy = self.policy(scope)?;
        before.require_for_owner(KeyOperation::DeleteMaterial, policy)?;
        before.require_imported()?;
        before.require_own_material(policy)?;
        // A key that can get copies at any time is looked at as one that may have some by now.
        let key = if before.is_primary() || policy.replicas.any_key {
            self.change_members(scope, id, |members, _, policy| {
                drop_from_primary(members, &scope.region, which, policy)
            })
            .await?
        } else {
            self.change(scope, id, |key, _, policy| key.drop_material(which, policy)).await?
        };
        let material = which.or(key.current_material().map(|material| &material.id)).cloned();
        if let Some(material) = &material {
            self.forget_material(&key, material);
        }
        Ok(Deleted { key, material })
    }
}

/// What only waited for a rotation goes from the key's copies in other regions too, and everything does
/// where they have their material from the primary.
fn drop_from_primary(
    members: &mut [Key],
    region: &str,
    which: Option<&MaterialId>,
    policy: &Policy,
) -> Result<(), Error> {
    let before = member(members, region)?.clone();
    let after = before.clone().drop_material(which, policy)?;
    for member in members {
        if member.scope == after.scope {
            *member = after.clone();
        } else if policy.replicas.share_imports {
            *member = member.clone().with_material_of(&after, policy);
        } else {
            let is_gone = |id: &MaterialId| before.material(id).is_some() && after.material(id).is_none();
            member.materials.retain(|material| !is_gone(&material.id));
        }
    }
    Ok(())
}
